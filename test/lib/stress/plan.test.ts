import { describe, expect, test } from '@jest/globals';
import { race } from '../../../lib/programs/program';
import { planNumbers } from '../../../lib/run/params';
import { makePlan, parseMix } from '../../../lib/stress/plan';
import { patches } from '../../../lib/tables/patches';
import { tables } from '../../../lib/tables/tables';

const column = (name: string): number => tables.params.findIndex((row) => row.name === name);

describe('makePlan', () => {
  test('fills in what the table says', () => {
    const { report, input } = makePlan();
    expect(report).toMatchObject({
      patches: { mask: patches.parse('all').mask },
      scenario: 'storm',
      threads: 4,
      durationMs: 10_000,
      perturb: 'delay',
      stopOnFault: false,
      isolate: false,
    });
    expect(input.programs).toHaveLength(0);
    expect(input.mix).toHaveLength(0);
  });

  test('a seed is made up, and reported', () => {
    const seeds = [makePlan(), makePlan(), makePlan()].map(({ report }) => report.seed);
    expect(new Set(seeds).size).toBeGreaterThan(1);
    expect(makePlan({ seed: 7 }).report.seed).toBe(7);
  });

  test('numbers travel in the order of the table', () => {
    const numbers = planNumbers({ patches: 'none', seed: 9, perturb: 'yield', latency: false });
    expect(numbers).toHaveLength(tables.params.length);
    expect(numbers[column('patches')]).toBe(0);
    expect(numbers[column('seed')]).toBe(9);
    expect(numbers[column('perturb')]).toBe(1);
    expect(numbers[column('latency')]).toBe(0);
  });

  test('durations are texts or numbers', () => {
    expect(makePlan({ duration: '2m' }).report.durationMs).toBe(120_000);
    expect(makePlan({ duration: 20 }).report.durationMs).toBe(20);
  });

  test('a run that counts operations or rounds has no time limit', () => {
    expect(makePlan({ ops: 1000 }).report.durationMs).toBe(0);
    expect(makePlan({ scenario: 'create-find', rounds: 9 }).report.durationMs).toBe(0);
    expect(makePlan({ ops: 1000, duration: '1s' }).report.durationMs).toBe(1000);
  });

  test('a scenario has its own threads, and room for its minors', () => {
    const plan = makePlan({ scenario: 'remove-find-open' });
    expect(plan.report).toMatchObject({ scenario: 'remove-find-open', threads: 3, minors: 8 });
    expect(plan.report.program).toMatch(/^before: create 0 ; cpu1:/);
    expect(makePlan({ scenario: race('r', { cpu1: 'create 99' }) }).report.minors).toBe(100);
  });

  test('a mix has a weight for each operation, 0 for the unnamed', () => {
    const { input, report } = makePlan({ mix: { create: 3, open: 5 } });
    expect(input.mix).toHaveLength(tables.ops.length);
    expect([...input.mix].reduce((sum, weight) => sum + weight)).toBe(8);
    expect(report.mix).toEqual({ create: 3, open: 5 });
  });
});

describe('what makes no sense', () => {
  test.each([
    [
      { threads: 0 },
      'ERR_OUT_OF_RANGE',
      'threads',
      'Expected `threads` to be 1..64 (threads), got `0`',
    ],
    [{ threads: 1.5 }, 'ERR_OUT_OF_RANGE', 'threads', /got `1.5`/],
    [{ threads: Number.NaN }, 'ERR_OUT_OF_RANGE', 'threads', /got `NaN`/],
    [
      { threads: '4' },
      'ERR_INVALID_ARG_TYPE',
      'threads',
      'Expected `threads` to be a number (threads), got `4`',
    ],
    [{ minors: 2 ** 21 }, 'ERR_OUT_OF_RANGE', 'minors', /1\.\.1048576/],
    [
      { thraeds: 4 },
      'ERR_INVALID_ARG_TYPE',
      'thraeds',
      'Unknown option `thraeds`; did you mean `threads`?',
    ],
    [{ perturb: 'delya' }, 'ERR_OUT_OF_RANGE', 'perturb', /did you mean `delay`\?/],
    [{ perturb: 1 }, 'ERR_INVALID_ARG_TYPE', 'perturb', /`none`, `yield`, `delay`/],
    [{ stopOnFault: 1 }, 'ERR_INVALID_ARG_TYPE', 'stopOnFault', /`true` or `false`/],
    [{ patches: 'al' }, 'ERR_OUT_OF_RANGE', 'patches', /did you mean `all`\?/],
    [{ duration: '10q' }, 'ERR_OUT_OF_RANGE', 'duration', /500ms/],
    [{ durationMs: 1 }, 'ERR_INVALID_ARG_TYPE', 'durationMs', /options say `duration`/],
    [{ scenario: 'create-fnid' }, 'ERR_OUT_OF_RANGE', 'scenario', /did you mean `create-find`\?/],
    [{ scenario: 'nonsense' }, 'ERR_OUT_OF_RANGE', 'scenario', /storm, create-find/],
    [{ scenario: 3 }, 'ERR_INVALID_ARG_TYPE', 'scenario', /race\(\)/],
    [{ scenario: 'create-find', threads: 4 }, 'ERR_INCOMPATIBLE_OPTIONS', 'threads', /has 2/],
    [{ scenario: 'create-find', ops: 4 }, 'ERR_INCOMPATIBLE_OPTIONS', 'ops', /for a storm/],
    [{ scenario: 'create-find', mix: {} }, 'ERR_INCOMPATIBLE_OPTIONS', 'mix', /for a storm/],
    [{ rounds: 4 }, 'ERR_INCOMPATIBLE_OPTIONS', 'rounds', /for a scenario/],
    [{ mix: { opne: 1 } }, 'ERR_OUT_OF_RANGE', 'mix', /did you mean `open`\?/],
    [{ mix: { open: -1 } }, 'ERR_OUT_OF_RANGE', 'mix', /for `open`/],
    [{ mix: { open: 0 } }, 'ERR_OUT_OF_RANGE', 'mix', /above 0/],
    [{ mix: 3 }, 'ERR_INVALID_ARG_TYPE', 'mix', /an object/],
    [{ signal: {} }, 'ERR_INVALID_ARG_TYPE', 'signal', /AbortSignal/],
    [{ isolate: 'yes' }, 'ERR_INVALID_ARG_TYPE', 'isolate', /`true` or `false`/],
    [null, 'ERR_INVALID_ARG_TYPE', 'options', /an object/],
    [[], 'ERR_INVALID_ARG_TYPE', 'options', /an object/],
  ])('%j', (options, code, option, message) => {
    expect(() => makePlan(options as never)).toThrow(
      expect.objectContaining({ name: 'DmTortureError', code, option }),
    );
    expect(() => makePlan(options as never)).toThrow(message);
  });
});

describe('parseMix', () => {
  test('reads weights', () => {
    expect(parseMix('create=3, remove-all=1')).toEqual({ create: 3, 'remove-all': 1 });
  });
  test.each([[''], ['create'], ['create=x'], ['creat=1'], ['create=0'], ['create=-1']])(
    'refuses %j',
    (text) => {
      expect(() => parseMix(text)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
    },
  );
});
