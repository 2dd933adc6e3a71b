import { describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { EXIT, type ExitCode } from '../../../lib/cli/exit';
import { addGateOptions, Gate, implyOptions } from '../../../lib/cli/gate/gate';

type Flags = Parameters<Gate['open']>[0];

/** The exit code that reports come to, from that of their command, and what is said about it. */
function settled(code: ExitCode, flags: Flags, ...reports: object[]): [ExitCode, string[]] {
  const said: string[] = [];
  const gate = new Gate((sentence) => said.push(sentence));
  gate.open(flags);
  for (const report of reports) gate.see(report);
  return [gate.settle(code), said];
}

const clean = { faults: [], complete: true, exhaustive: true, limit: null, executions: 10 };
const cut = { ...clean, complete: false, exhaustive: false, limit: 'states' };
const stopped = { ...cut, limit: 'stopped' };
/** As a merge has it where a shard is missing. */
const lacking = { ...cut, limit: null, parts: [{ complete: true }] };
const faulty = { ...clean, faults: [{ kind: 'double-free' }] };
const racy = { ...clean, outcomes: [{ grade: 'acceptable' }, { grade: 'interesting' }] };
const sampled = { ...clean, exhaustive: false };
const LIMIT = { threshold: ['executions<10'] };

describe('the exit code of reports', () => {
  test.each<[string, ExitCode, Flags, object, ExitCode]>([
    ['nothing was found', EXIT.clean, {}, clean, EXIT.clean],
    ['a fault', EXIT.fault, {}, faulty, EXIT.fault],
    ['a search that a limit cut off', EXIT.clean, {}, cut, EXIT.missed],
    ['a shard that is missing', EXIT.clean, {}, lacking, EXIT.missed],
    ['one that was accepted', EXIT.clean, { allowIncomplete: true }, cut, EXIT.clean],
    ['one where no fault is a failure', EXIT.clean, { failOn: ['none'] }, cut, EXIT.missed],
    [
      'a search that another fault ended',
      EXIT.fault,
      { failOn: ['use-after-free'] },
      { ...faulty, exhaustive: false, plan: { allFaults: false } },
      EXIT.missed,
    ],
    [
      'a search that went on past another fault',
      EXIT.fault,
      { failOn: ['use-after-free'] },
      { ...faulty, plan: { allFaults: true } },
      EXIT.clean,
    ],
    [
      'a search that a fault ended, where none is a failure',
      EXIT.fault,
      { failOn: ['none'] },
      { ...faulty, exhaustive: false, plan: { allFaults: false } },
      EXIT.clean,
    ],
    ['one that was stopped', EXIT.interrupted, {}, stopped, EXIT.interrupted],
    ['one that was cut off, and has a fault', EXIT.fault, {}, { ...cut, ...faulty }, EXIT.fault],
    ['samples, as many as asked for', EXIT.clean, {}, sampled, EXIT.clean],
    ['samples, refused', EXIT.clean, { failOn: ['incomplete'] }, sampled, EXIT.missed],
    ['a missed threshold', EXIT.clean, LIMIT, clean, EXIT.missed],
    ['a missed threshold and a fault', EXIT.fault, LIMIT, faulty, EXIT.fault],
    ['a threshold that holds', EXIT.clean, { threshold: ['executions<=10'] }, clean, EXIT.clean],
    ['an interesting outcome, refused', EXIT.clean, { failOn: ['interesting'] }, racy, EXIT.missed],
    ['an interesting outcome', EXIT.clean, {}, racy, EXIT.clean],
    ['a kind that is a failure', EXIT.fault, { failOn: ['double-free'] }, faulty, EXIT.fault],
    ['a kind that is none', EXIT.fault, { failOn: ['use-after-free'] }, faulty, EXIT.clean],
    ['what was expected', EXIT.fault, { expect: ['double-free'] }, faulty, EXIT.clean],
    ['what was expected, cut off', EXIT.fault, { expect: ['double-free'] }, cut, EXIT.fault],
    [
      'an expected kind that is missing',
      EXIT.clean,
      { expect: ['double-free'] },
      clean,
      EXIT.fault,
    ],
    ['a failure of the tool', EXIT.failed, { expect: ['double-free'] }, faulty, EXIT.failed],
    ['an interrupted run', EXIT.interrupted, { expect: ['double-free'] }, faulty, EXIT.interrupted],
  ])('%s', (_, code, flags, report, wanted) => {
    // What is found of a report becomes a part of it.
    expect(settled(code, flags, { ...report })[0]).toBe(wanted);
  });

  test('kinds that were not expected are a failure, named', () => {
    const both = { ...clean, faults: [{ kind: 'double-free' }, { kind: 'minor-leak' }] };
    expect(settled(EXIT.fault, { expect: ['double-free'] }, both)).toEqual([
      EXIT.fault,
      ['expected double-free, and saw minor-leak as well'],
    ]);
    expect(both).toMatchObject({ expected: { missing: [], unexpected: ['minor-leak'] } });
  });

  test('of several reports the worst counts, in whichever order', () => {
    for (const reports of [
      [clean, cut],
      [cut, clean],
    ]) {
      const [code, said] = settled(EXIT.clean, {}, ...reports);
      expect(code).toBe(EXIT.missed);
      expect(said).toEqual([
        'the search is unfinished: the limit of states was reached; --allow-incomplete accepts that',
      ]);
    }
  });

  test('a threshold without a report is a failure of the tool', () => {
    expect(() => settled(EXIT.clean, LIMIT)).toThrow('no report to hold against --threshold');
  });
});

describe('what a search has to look for', () => {
  test.each<[string, Record<string, unknown>]>([
    ['', {}],
    ['--fail-on fault,double-free', {}],
    ['--fail-on none', {}],
    ['--fail-on double-free', { allFaults: true }],
    ['--fail-on interesting', { allFaults: true }],
    ['--fail-on none --threshold faults<2', { allFaults: true }],
    ['--expect double-free', { allFaults: true }],
    ['--fail-on data-race', { allFaults: true, races: true }],
  ])('with %s: %j', (typed, implied) => {
    const command = new Command('explore');
    addGateOptions(command);
    command.parse(typed === '' ? [] : typed.split(' '), { from: 'user' });
    implyOptions(command);
    const { allFaults, races } = command.opts();
    expect(JSON.parse(JSON.stringify({ allFaults, races }))).toEqual(implied);
  });
});
