import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type ExploredFault, explore, replay, scenarios } from '../../../lib/index';

const { aboutNothing } = require('../children/forge.cjs') as {
  aboutNothing(ticket: string): string;
};
const dist = path.join(__dirname, '../../../dist/index.js');
const bad = (code: string): unknown => expect.objectContaining({ code, option: 'ticket' });

let found: ExploredFault[] = [];

beforeAll(async () => {
  const reports = await Promise.all(
    scenarios
      .filter(({ cpus }) => cpus.length < 4)
      .map(({ name }) => explore(name, { patches: 'none', allFaults: true })),
  );
  found = reports.flatMap(({ faults }) => faults);
});

describe('replay', () => {
  test('reproduces every fault that was found', async () => {
    expect(found.length).toBeGreaterThan(10);
    for (const { ticket, kind, site, preemptions, trace, preventedBy } of found) {
      const report = await replay(ticket);
      expect(report).toMatchObject({
        kind: 'replay',
        verdict: 'fault',
        reproduced: true,
        expected: kind,
        fault: { kind, site, preemptions, preventedBy },
        plan: { patches: { mask: 0 } },
        ticket,
      });
      expect(report.trace).toEqual(trace);
      expect(String(report.trace)).toBe(String(trace));
    }
  });

  test('gives the same in another process', () => {
    const code = `
      const { replay } = require(process.argv[1]);
      Promise.all(process.argv.slice(2).map((ticket) => replay(ticket))).then((reports) =>
        console.log(JSON.stringify(reports.map(({ trace }) => [trace, String(trace)]))));`;
    const tickets = found.map(({ ticket }) => ticket);
    const out = execFileSync(process.execPath, ['-e', code, dist, ...tickets], {
      encoding: 'utf8',
    });
    expect(JSON.parse(out)).toEqual(
      JSON.parse(JSON.stringify(found.map(({ trace }) => [trace, String(trace)]))),
    );
  });

  test('replays what fails before the threads start, and data races', async () => {
    for (const [name, options] of [
      ['remove-find', { patches: 'all,-03' }],
      ['create-find', { patches: 'all,-02', races: true, strategy: 'dpor', allFaults: true }],
    ] as const) {
      const { faults } = await explore(name, options);
      for (const { ticket, kind } of faults) {
        expect(await replay(ticket)).toMatchObject({ reproduced: true, fault: { kind } });
      }
    }
  });

  test('of a fault that came after another in its execution replays that very fault', async () => {
    let second = 0;
    for (const { name, cpus } of scenarios) {
      if (cpus.length > 2) continue;
      const options = { patches: 'none', allFaults: true, runOn: true };
      for (const { ticket, kind, site, message, steps, preemptions } of (
        await explore(name, options)
      ).faults) {
        const report = await replay(ticket);
        const fault = { kind, site, message, steps, preemptions };
        expect(report).toMatchObject({ reproduced: true, fault });
        const first = await replay(aboutNothing(ticket));
        second += first.fault?.kind === kind ? 0 : 1;
      }
    }
    expect(second).toBeGreaterThan(0);
  });

  test('names the scenario, or the programs', async () => {
    expect((await replay(found[0]?.ticket ?? '')).plan.scenario).toBe(scenarios[0]?.name);
    const text = 'cpu1: create 3 ; cpu2: get 3, put 3';
    const { faults } = await explore(text, { patches: 'all,-02' });
    const { plan } = await replay(faults[0]?.ticket ?? '');
    expect(plan.program).toBe(`${text} ; after: remove-all`);
    expect(plan.scenario).toBe(plan.program);
    expect(plan.patches.names).not.toContain('placeholder');
  });

  test('draws columns of the width that is asked for, and every step', async () => {
    const ticket = found[0]?.ticket ?? '';
    const [narrow, wide, all] = await Promise.all([
      replay(ticket, { width: 30 }),
      replay(ticket, { width: 90 }),
      replay(ticket, { width: 90, all: true }),
    ]);
    const widest = (text: string): number => Math.max(...text.split('\n').map((l) => l.length));
    expect(widest(String(narrow.trace))).toBeLessThan(75);
    expect(widest(String(wide.trace))).toBeGreaterThan(95);
    expect(String(wide.trace)).toContain('...');
    expect(String(all.trace)).not.toContain('...');
    expect(all.trace).toEqual(narrow.trace);
  });
});

describe('a ticket that is refused', () => {
  test.each(['', 'hello', 'dmt', 'dmt1', 'dmt1.', 'dmt2.', 'dmt2.!', 'xdmt2.AAAA', '\0dmt2.'])(
    '%j is none',
    async (ticket) => {
      await expect(replay(ticket)).rejects.toEqual(bad('ERR_BAD_TICKET'));
    },
  );

  test.each([
    ['dmt0.AAAA', /older/],
    ['dmt4.AAAA', /newer/],
  ])('%s is of another version', async (ticket, says) => {
    await expect(replay(ticket)).rejects.toEqual(bad('ERR_TICKET_VERSION'));
    await expect(replay(ticket)).rejects.toThrow(says);
  });

  test('any character that is changed, left out or put in is noticed', async () => {
    const ticket = found[0]?.ticket ?? '';
    for (let i = 5; i < ticket.length; i += 1) {
      const [before, after] = [ticket.slice(0, i), ticket.slice(i + 1)];
      const other = ticket[i] === 'A' ? 'B' : 'A';
      for (const damaged of [
        before + other + after,
        before + after,
        `${before}x${ticket[i]}${after}`,
      ]) {
        await expect(replay(damaged)).rejects.toEqual(bad('ERR_BAD_TICKET'));
      }
    }
  });

  test('white space around it is let pass', async () => {
    const ticket = found[0]?.ticket ?? '';
    expect(await replay(` ${ticket}\n`)).toMatchObject({ reproduced: true, ticket });
  });

  test.each([
    [[5], 'ERR_INVALID_ARG_TYPE'],
    [['dmt2.x', { width: '5' }], 'ERR_INVALID_ARG_TYPE'],
    [['dmt2.x', { width: 15 }], 'ERR_OUT_OF_RANGE'],
    [['dmt2.x', { width: 1000 }], 'ERR_OUT_OF_RANGE'],
    [['dmt2.x', { all: 1 }], 'ERR_INVALID_ARG_TYPE'],
    [['dmt2.x', { al: true }], 'ERR_INVALID_ARG_TYPE'],
  ])('%j rejects', async (args, code) => {
    await expect(replay(...(args as [string, object]))).rejects.toMatchObject({ code });
  });
});
