import vm from 'node:vm';
import { expect, test } from '@jest/globals';
import {
  bench,
  DeviceMapper,
  DmTortureError,
  explore,
  exploreAll,
  Idr,
  matrix,
  mergeReports,
  NumberIdr,
  race,
  replay,
  stress,
} from '../../lib/index';
import { foreignParts } from './foreign';

// Jest gives each test file globals of its own, and native code knows those of the process alone.

test('objects of another realm are seen', () => {
  const foreign: unknown = vm.runInNewContext('({ list: [[1]] })');
  expect(foreignParts({ foreign })).toEqual([
    'value.foreign',
    'value.foreign.list',
    'value.foreign.list.0',
  ]);
});

const short = { scenario: 'remove-open', rounds: 2000, seed: 1 } as const;

const given: [string, () => Promise<unknown>][] = [
  ['a clean exploration', () => explore('create-find')],
  ['faults, with their traces', () => explore('remove-open', { patches: 'none', allFaults: true })],
  ['an exploration in parts', () => explore('create-find', { strategy: 'dpor', slices: 2 })],
  ['a sweep', () => exploreAll({ patches: 'series', executions: 50, strategy: 'random' })],
  ['a run on threads', () => stress({ ...short, patches: 'all,-05' }).result],
  ['an isolated run', () => stress({ ...short, isolate: true }).result],
  ['a merge', async () => mergeReports([await stress(short).result])],
  ['a matrix', () => matrix({ scenarios: ['create-find'], masks: [0, 255] })],
  ['a benchmark', () => bench('locks', { threads: 1, locks: 'ttas', windows: 1 }).result],
  ['benchmarked calls', () => bench('refcount', { threads: 1, windows: 1 }).result],
];

test.each(given)('%s is all of this realm', async (_, run) => {
  const report = await run();
  expect(foreignParts(report)).toEqual([]);
  expect(report).toStrictEqual({ ...(report as object) });
});

test('as are events, what a check is shown, and what a replay returns', async () => {
  const shown: unknown[] = [];
  const meeting = race('meeting', {
    cpu1: (d) => d.create(0),
    cpu2: (d) => d.create(0),
    check: (state) => void shown.push(state),
  });
  await explore(meeting);
  const { faults } = await explore('remove-open', { patches: 'none' });
  const run = stress({ scenario: 'remove-open', patches: 'none', duration: '2s' });
  for await (const fault of run) {
    shown.push(fault);
    break;
  }
  shown.push(await replay(faults[0] ?? {}));
  expect(shown.length).toBeGreaterThan(2);
  expect(foreignParts(shown)).toEqual([]);
});

test('and what direct calls return', () => {
  using dm = new DeviceMapper({ patches: '04' });
  expect(dm.faults).toStrictEqual([]);
  dm.create(0);
  expect(dm.faults.length).toBeGreaterThan(0);
  expect(foreignParts(dm.faults)).toEqual([]);
  using idr = new Idr<string>();
  idr.alloc('a', 0, 0);
  expect([...idr]).toStrictEqual([[0, 'a']]);
  using numbers = new NumberIdr();
  expect(numbers.findMany(Uint32Array.of(1))).toStrictEqual(Float64Array.of(0));
});

test('errors, and promises', async () => {
  const call = explore('nowhere' as string);
  expect(call).toBeInstanceOf(Promise);
  const error: unknown = await call.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DmTortureError);
  expect(error).toBeInstanceOf(Error);
});
