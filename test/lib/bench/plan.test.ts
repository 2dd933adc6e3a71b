import { describe, expect, test } from '@jest/globals';
import { makeBenchPlan } from '../../../lib/bench/plan';
import { type BenchOptions, type BenchSuite, bench, tables } from '../../../lib/index';

type Wrong = [suite: string, options: unknown, code: string, option: string, says: string | RegExp];

const TYPE = 'ERR_INVALID_ARG_TYPE';
const RANGE = 'ERR_OUT_OF_RANGE';
const TOGETHER = 'ERR_INCOMPATIBLE_OPTIONS';

const wrong: Wrong[] = [
  ['lock', {}, RANGE, 'suite', 'did you mean `locks`?'],
  ['nonsense', {}, RANGE, 'suite', 'locks, rwlocks, minors, refcount, calls, explore'],
  ['locks', null, TYPE, 'options', 'an object'],
  ['locks', { thread: 1 }, TYPE, 'thread', 'did you mean `threads`?'],
  ['locks', { threads: 0 }, RANGE, 'threads', '1..256 (threads), got `0`'],
  ['locks', { threads: 257 }, RANGE, 'threads', '1..256 (threads), got `257`'],
  ['minors', { threads: 65 }, RANGE, 'threads', '1..64 (threads), got `65`'],
  ['locks', { threads: [1, '2'] }, TYPE, 'threads', 'numbers (threads), got `2`'],
  ['locks', { threads: [] }, RANGE, 'threads', 'one value or more'],
  ['locks', { holdNs: -5 }, RANGE, 'holdNs', '0..10000000 (nanoseconds), got `-5`'],
  ['locks', { outsideNs: 1.5 }, RANGE, 'outsideNs', '0..10000000 (nanoseconds), got `1.5`'],
  ['locks', { locks: 'tass' }, RANGE, 'locks', 'did you mean `tas`?'],
  [
    'locks',
    { locks: ['tas', 'semaphore'] },
    RANGE,
    'locks',
    /ttas, broken, tas, .*got `semaphore`/,
  ],
  ['locks', { locks: 7 }, TYPE, 'locks', 'names, got `7`'],
  ['locks', { windows: 0 }, RANGE, 'windows', '1..100000 (windows), got `0`'],
  ['locks', { windowUs: 99 }, RANGE, 'windowUs', '100..60000000 (microseconds), got `99`'],
  ['locks', { pinned: 1 }, TYPE, 'pinned', '`true` or `false`'],
  ['locks', { time: 'soon' }, RANGE, 'time', 'a duration'],
  ['locks', { timeMs: 1 }, TYPE, 'timeMs', 'options say `time`'],
  ['locks', { signal: {} }, TYPE, 'signal', 'an AbortSignal'],
  ['locks', { populations: 5 }, TOGETHER, 'populations', 'for minors, and not for `locks`'],
  ['refcount', { holdNs: 5 }, TOGETHER, 'holdNs', 'for locks, rwlocks, and not for `refcount`'],
  ['calls', { threads: 2 }, TOGETHER, 'threads', 'for locks, rwlocks, minors, refcount'],
  ['minors', { populations: 2 ** 22 }, RANGE, 'populations', '1..2097152 (ids)'],
  ['minors', { patches: '' }, RANGE, 'patches', '1..64 sets, joined by `;`, got ``'],
  ['minors', { patches: 'none;;all' }, RANGE, 'patches', '1..64 sets, joined by `;`'],
  ['minors', { patches: [] }, RANGE, 'patches', '1..64 sets, joined by `;`, got `0`'],
  ['minors', { patches: 'none;2.6.81' }, RANGE, 'patches', 'got `2.6.81`'],
  ['minors', { patches: [5] }, TYPE, 'patches', 'a text, or a list of texts'],
  ['minors', { patches: 'all', locks: 'mcs' }, TOGETHER, 'locks', 'sets of patches in their place'],
  ['minors', { patches: 'all', populations: 5 }, TOGETHER, 'populations', 'sets of patches'],
  ['refcount', { patches: 'all' }, TOGETHER, 'patches', 'for minors, and not for `refcount`'],
  ['explore', { scenarios: 'create-fnid' }, RANGE, 'scenarios', 'did you mean `create-find`?'],
  ['explore', { strategies: ['dpro'] }, RANGE, 'strategies', 'did you mean `dpor`?'],
  ['explore', { executions: 0 }, RANGE, 'executions', '1..1000000 (executions)'],
  ['explore', { races: 'yes' }, TYPE, 'races', '`true` or `false`'],
  ['explore', { races: true, strategies: 'stateful' }, TOGETHER, 'races', '`stateful`'],
];

describe('a wrong argument throws at once', () => {
  test.each(wrong)('bench(%j, %j)', (suite, options, code, option, says) => {
    const call = (): unknown => bench(suite as BenchSuite, options as BenchOptions);
    expect(call).toThrow(expect.objectContaining({ name: 'DmTortureError', code, option }));
    expect(call).toThrow(says);
  });

  test('no suite at all', () => {
    expect(() => bench(undefined as never)).toThrow(expect.objectContaining({ code: TYPE }));
  });
});

describe('a plan', () => {
  test('has the cells of the table where nothing is asked for', () => {
    const { report } = makeBenchPlan('locks');
    expect(report.cells).toEqual(tables.benchCells);
    expect(report.locks).not.toContain('broken');
    expect(report).toMatchObject({ windows: 40, windowUs: 3000, timeMs: 180_000, pinned: true });
  });

  test('takes one or several, each once', () => {
    const { report } = makeBenchPlan('locks', { threads: [2, 2, 3], holdNs: 7, locks: 'mcs' });
    expect(report.cells).toEqual([
      { threads: 2, holdNs: 7, outsideNs: 0 },
      { threads: 3, holdNs: 7, outsideNs: 0 },
    ]);
    expect(report.locks).toEqual(['mcs']);
  });

  test('shows what its suite has, and a seed if none was given', () => {
    const { report } = makeBenchPlan('calls');
    expect(Object.keys(report).sort()).toEqual(
      ['patches', 'seed', 'suite', 'timeMs', 'windowUs', 'windows'].sort(),
    );
    expect(Number.isSafeInteger(report.seed)).toBe(true);
  });
});
