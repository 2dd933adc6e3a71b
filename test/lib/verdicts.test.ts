import { describe, expect, test } from '@jest/globals';
import { formatBound } from '../../lib/base/text';
import { pctBound } from '../../lib/explore/evidence';
import { explore } from '../../lib/explore/explore';
import { matrix } from '../../lib/explore/matrix';
import { exploreAll } from '../../lib/explore/sweep';
import { mergeReports, toHtml, toJunit, toMarkdown } from '../../lib/index';
import { matchers } from '../../lib/matchers/matchers';
import { race } from '../../lib/programs/program';
import { sectionOf } from '../../lib/render/sections';
import { checkDocument } from '../../lib/reports/documents';
import { cleanMasksOf } from '../../lib/reports/matrix-cells';
import { weighPatches } from '../../lib/reports/matrix-patches';
import { asDocument, stressDocument } from './documents';
import { elements, parseXml } from './junit';

const UNFINISHED = { verdict: 'unfinished', complete: false, exhaustive: false, faults: [] };
const CUT = { strategy: 'stateful', states: 20 } as const;

/** A test of a JUnit file: skipped with a message, failed, or passed. */
const cases = (xml: string): Map<string | undefined, string> =>
  new Map(
    elements(parseXml(xml), 'testcase').map(({ attributes, children }) => [
      attributes.name,
      children[0]?.attributes.message ?? 'passed',
    ]),
  );

describe('a search that a limit cut off is unfinished', () => {
  test.each([
    ['states', CUT],
    ['states', { states: 20 }],
    ['executions', { executions: 3 }],
    ['executions', { strategy: 'dpor', executions: 3 }],
    ['executions', { strategy: 'dfs', executions: 3 }],
    ['executions', { strategy: 'stateful', executions: 1 }],
    ['preemptions', { strategy: 'dfs', preemptions: 0 }],
    ['time', { strategy: 'dfs', time: 1 }],
  ] as const)('by %s: %j', async (limit, options) => {
    const report = await explore('remove-find-open', options);
    expect(report).toMatchObject({ ...UNFINISHED, limit });
  });

  test.each(['random', 'sticky', 'pct'] as const)(
    '%s that did what it was asked for is clean',
    async (strategy) => {
      const asked = { verdict: 'clean', complete: true, exhaustive: false, limit: null };
      expect(await explore('create-find', { strategy, executions: 50 })).toMatchObject(asked);
      expect(await explore('create-find', { strategy, time: 20 })).toMatchObject(asked);
    },
  );

  test('with a fault it is a fault, and still not complete', async () => {
    const report = await explore('remove-find-open', {
      patches: 'none',
      strategy: 'random',
      executions: 200,
      allFaults: true,
    });
    expect(report).toMatchObject({ verdict: 'fault', complete: true, limit: null });
    const cut = await explore('remove-find-open', {
      patches: 'none',
      executions: 200,
      allFaults: true,
    });
    expect(cut).toMatchObject({ verdict: 'fault', complete: false, limit: 'executions' });
  });

  test('one of several scenarios makes all of them unfinished', async () => {
    const { limit, ...report } = await exploreAll({ states: 200 });
    expect(report).toMatchObject(UNFINISHED);
    expect(limit).toBe('states');
  });

  test('nothing cuts off what had exactly enough', async () => {
    const all = await explore('create-find', { strategy: 'dpor' });
    const { executions } = all;
    expect(await explore('create-find', { strategy: 'dpor', executions })).toMatchObject({
      verdict: 'clean',
      exhaustive: true,
      limit: null,
    });
  });

  test('an option at its default stays the default search', async () => {
    const report = await explore('create-find', { depth: 3 });
    expect(report).toMatchObject({ strategy: 'portfolio', exhaustive: true, limit: null });
  });
});

describe('what an unfinished search is reported as', () => {
  test('Markdown, page and matchers say why, and JUnit skips', async () => {
    const report = asDocument<'explore'>(await explore('remove-find-open', CUT));
    const { verdict, says } = await sectionOf(report);
    expect(verdict).toBe('unfinished');
    expect(says).toBe(
      'The search is unfinished: the limit of states was reached. No fault up to then.',
    );
    expect(await toMarkdown(report)).toContain('unfinished');
    expect(await toHtml(report)).toContain('the limit of states was reached');
    const told = cases(await toJunit(report));
    expect([...told.values()]).not.toContain('passed');
    for (const isNot of [false, true]) {
      const { pass, message } = matchers.toHaveNoFaults.call({ isNot }, report);
      expect(pass).toBe(isNot);
      expect(message()).toContain('the search is unfinished (the limit of states was reached)');
    }
  });

  test('JUnit skips what was not looked for', async () => {
    const told = async (options: object) =>
      cases(await toJunit(asDocument<'explore'>(await explore('remove-open', options))));
    const clean = await told({});
    expect(clean.get('data-race')).toBe('data races were not looked for');
    expect(clean.get('check-failed')).toBe('there is no check that could fail');
    expect(clean.get('use-after-free')).toBe('passed');
    expect((await told({ races: true })).get('data-race')).toBe('passed');
    const first = await told({ patches: 'all,-05' });
    expect(first.get('double-free')).toBe('the first fault ended the search');
    const all = await told({ patches: 'all,-05', allFaults: true });
    expect(all.get('double-free')).toBe('passed');
    const sampled = await told({ strategy: 'random', executions: 100 });
    expect(sampled.get('double-free')).toBe('passed');
    const stressed = cases(await toJunit(await stressDocument()));
    expect(stressed.get('data-race')).toBe('only the explorer looks for data races');
  });

  test('a merge without one of its shards is unfinished', async () => {
    const options = { strategy: 'dpor' } as const;
    const one = await explore('create-find', { ...options, shard: '1/2' });
    const other = await explore('create-find', { ...options, shard: '2/2' });
    expect(mergeReports([one, other])).toMatchObject({
      verdict: 'clean',
      complete: true,
      limit: null,
    });
    expect(mergeReports([one])).toMatchObject({ ...UNFINISHED, limit: null });
    const four = await Promise.all(
      ['1/4', '2/4', '4/4'].map((shard) => explore('create-find', { ...options, shard })),
    );
    expect(mergeReports(four)).toMatchObject({ ...UNFINISHED, limit: null });
    const cut = await explore('create-find', { ...options, executions: 2, shard: '2/2' });
    const half = await explore('create-find', { ...options, executions: 2, shard: '1/2' });
    expect(mergeReports([half, cut])).toMatchObject({ ...UNFINISHED, limit: 'executions' });
  });

  test('a document without limit, or with that of 0.1, is read', async () => {
    const { limit, ...old } = asDocument<'explore'>(await explore('create-find'));
    expect(limit).toBeNull();
    expect(checkDocument(old, 'old.json')).toMatchObject({ verdict: 'clean' });
    expect(checkDocument({ ...old, limit: 'none' }, 'old.json')).toMatchObject({ limit: 'none' });
  });

  test('kinds that were not expected do not count as success', async () => {
    const found = await explore('remove-open', { patches: 'all,-05', allFaults: true });
    expect(new Set(found.faults.map(({ kind }) => kind)).size).toBeGreaterThan(1);
    const [first] = found.faults;
    const expected = { kinds: [first?.kind], missing: [] };
    const report = asDocument<'explore'>({ ...found, expected });
    const { verdict, says } = await sectionOf(report);
    expect(verdict).toBe('fault');
    expect(says).toMatch(/^Expected \S+, and saw .* as well\.$/);
  });
});

describe('a matrix', () => {
  const cell = { mask: 0, scenario: 's', faults: [] };

  test('counts no subset as clean whose search was cut off', () => {
    expect(cleanMasksOf([0], 1, [{ ...cell, exhaustive: false }])).toEqual([]);
    expect(cleanMasksOf([0], 1, [{ ...cell, exhaustive: true }])).toEqual([0]);
  });

  test('says of no patch what a search that was cut off did not see', () => {
    const before = { ...cell, faults: ['use-after-free' as const], exhaustive: true };
    const after = { ...cell, mask: 1 };
    const fixes = (exhaustive: boolean) =>
      weighPatches([before, { ...after, exhaustive }])[0]?.fixes.map(({ kind }) => kind);
    expect(fixes(true)).toEqual(['use-after-free']);
    expect(fixes(false)).toEqual([]);
  });

  test('a merge with a cell that was cut off is unfinished', async () => {
    const report = asDocument<'matrix'>(await matrix({ scenarios: ['create-find'], masks: [255] }));
    const [only] = report.cells;
    const cut = { ...report, cells: [{ ...only, exhaustive: false, limit: 'states' }] };
    const other = { ...report, plan: { ...report.plan, shard: { index: 1, count: 2 } } };
    const shards = [other, { ...cut, plan: { ...cut.plan, shard: { index: 2, count: 2 } } }].map(
      (one, i) => ({ ...one, cells: i === 0 ? [] : one.cells }),
    );
    expect(mergeReports(shards as never[])).toMatchObject({
      verdict: 'unfinished',
      complete: false,
      cleanMasks: [],
    });
  });

  test('asks the check of a race', async () => {
    const checked = race('kept', {
      cpu1: (d) => d.create(0),
      cpu2: (d) => d.remove(0),
      check: ({ devices }) => devices.length === 1,
    });
    const report = await matrix({ scenarios: [checked, 'create-find'], masks: [253, 255] });
    expect(report).toMatchObject({ complete: true, limit: null, cleanMasks: [] });
    const kinds = report.cells.map(({ mask, scenario, faults }) => [mask, scenario, faults]);
    expect(kinds).toEqual([
      [253, 'kept', expect.arrayContaining(['check-failed'])],
      [253, 'create-find', ['use-uninitialized']],
      [255, 'kept', ['check-failed']],
      [255, 'create-find', []],
    ]);
    const fine = { ...checked, check: () => true };
    expect((await matrix({ scenarios: [fine], masks: [255] })).cleanMasks).toEqual([255]);
  });
});

describe('bounds', () => {
  test.each([
    [3 / 1000, 1, '0.003'],
    [3 / 999, 1, '0.004'],
    [0.00301, 1, '0.004'],
    [0.9949, 2, '1.0'],
    [0.981, 2, '0.99'],
    [0.98, 2, '0.98'],
    [1.2e-10, 1, '2e-10'],
    [9.91e-5, 2, '0.00010'],
    [0, 2, '4.9e-324'],
  ])('%p with %p digits is %s, and never below it', (value, digits, text) => {
    expect(formatBound(value, digits)).toBe(text);
    expect(Number(formatBound(value, digits))).toBeGreaterThanOrEqual(value);
  });

  test('PCT misses a fault of depth d with (1 - 1/(n k^(d-1)))^executions', () => {
    const looked = { cpus: 2, stepsLongest: 10, executions: 101, longestAt: 1 };
    const bound = (depth: number) => Number(/p <= (\S+)/.exec(pctBound(looked, depth))?.[1]);
    for (const depth of [1, 2, 3]) {
      const missed = (1 - 1 / (2 * 10 ** (depth - 1))) ** 100;
      expect(bound(depth)).toBeGreaterThanOrEqual(missed * (1 - 1e-9));
      expect(bound(depth)).toBeLessThan(missed * 1.1);
    }
    // What ran before the longest execution was measured by another k.
    const late = pctBound({ ...looked, longestAt: 101 }, 2);
    expect(late).toContain('p <= 1.0');
  });

  test('no bound is claimed of rounds with injected delays', async () => {
    const { plan, ...report } = await stressDocument();
    const rounds = { ...report, rounds: 999, faults: [], verdict: 'clean' as const };
    const told = async (perturb: string) =>
      (
        await sectionOf(
          asDocument({ ...rounds, plan: { ...plan, scenario: 'create-find', perturb } }),
        )
      ).evidence.join('; ');
    expect(await told('none')).toContain('with 95 % confidence fewer than 0.004 of rounds');
    expect(await told('delay')).not.toContain('confidence');
  });
});

describe('one deadline for all phases', () => {
  const eight = (d: Parameters<Parameters<typeof race>[1]['cpu1'] & object>[0]) =>
    d.create(0).open(0).close().remove(0).create(1).open(1).close().remove(1);

  test.each([
    ['with races', { races: true, patches: 'all,-01' }, undefined],
    ['without patches', { patches: 'none' }, undefined],
    ['with a check', { patches: 'none' }, () => false],
  ])('%s', async (_, options, check) => {
    const four = race('four', {
      cpu1: eight,
      cpu2: eight,
      cpu3: eight,
      cpu4: eight,
      ...(check && { check }),
    });
    const began = performance.now();
    const report = await explore(four, { ...options, allFaults: true, time: 500 });
    // 200 ms are promised; other tests have the processor as well. The whole search is far longer.
    expect(performance.now() - began).toBeLessThan(500 + 10_000);
    expect(report).toMatchObject({ verdict: 'fault', complete: false, limit: 'time' });
    for (const fault of report.faults) expect(typeof fault.minimal).toBe('boolean');
    expect(report.faults.some(({ minimal }) => !minimal)).toBe(true);
    const kinds = report.faults.map(({ kind }) => kind);
    expect(kinds.includes('check-failed')).toBe(check !== undefined);
  });
});

describe('a search that runs on', () => {
  const options = { runOn: true, allFaults: true } as const;

  test('by dpor does not claim to have seen everything behind a fault', async () => {
    const report = await explore('create-find', {
      ...{ ...options, strategy: 'dpor' },
      patches: 'all,-02',
    });
    expect(report).toMatchObject({
      ...{ verdict: 'fault', exhaustive: false, complete: false, limit: 'run-on' },
    });
    const stateful = await explore('create-find', { ...options, patches: 'all,-02' });
    expect(stateful).toMatchObject({ verdict: 'fault', exhaustive: true, limit: null });
  });

  test('and meets no fault is as sure as one that does not', async () => {
    const report = await explore('create-find', { ...options, strategy: 'dpor' });
    expect(report).toMatchObject({ verdict: 'clean', exhaustive: true, limit: null });
  });
});
