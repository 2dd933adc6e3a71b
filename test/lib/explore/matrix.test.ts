import { describe, expect, test } from '@jest/globals';
import { matrix, patches, scenarios } from '../../../lib/index';
import { weighPatches } from '../../../lib/reports/matrix-patches';

const code = (name: string): Error => expect.objectContaining({ code: name }) as unknown as Error;

describe('matrix', () => {
  test('all subsets of three scenarios are as their formulas say', async () => {
    const names = ['create-find', 'create-create', 'get-unload'];
    const seen: number[] = [];
    const report = await matrix({ scenarios: names, onProgress: ({ done }) => seen.push(done) });
    expect(report).toMatchObject({
      kind: 'matrix',
      verdict: 'clean',
      complete: true,
      disagreements: [],
      plan: { scenarios: names, patches: patches.parse('R2,R3').toJSON() },
    });
    expect(report.cells).toHaveLength(3 * 256);
    expect(report.cells.every(({ exhaustive }) => exhaustive)).toBe(true);
    expect(report.cleanMasks).toContain(255);
    expect(report.executions).toBeGreaterThan(report.cells.length);
    expect(seen.at(-1)).toBe(report.cells.length);
    const effects = Object.fromEntries(report.patches.map((patch) => [patch.no, patch]));
    expect(effects['02']).toMatchObject({
      of: 128,
      fixes: [{ kind: 'use-uninitialized' }],
      breaks: [
        { kind: 'minor-stolen', without: ['01'] },
        { kind: 'duplicate-minor', without: ['01'] },
      ],
    });
    expect(effects['04']?.breaks).toMatchObject([{ kind: 'sleep-in-atomic', without: ['03'] }]);
    expect(effects['05']?.contexts).toBe(0);
  });

  test('follow-ups are on unless patches says otherwise', async () => {
    const one = { scenarios: ['create-find'], masks: [255] };
    const whole = await matrix(one);
    expect(whole.cells).toEqual([
      {
        mask: 255,
        scenario: 'create-find',
        faults: [],
        exhaustive: true,
        executions: whole.executions,
        states: whole.states,
      },
    ]);
    expect(await matrix({ ...one, patches: 'series' })).toMatchObject({
      cells: [{ mask: 255, faults: ['reference-leak'] }],
      cleanMasks: [],
      verdict: 'clean',
    });
  });

  test('one patch left out of each scenario: the whole set alone is clean', async () => {
    const series = patches.parse('series');
    const masks = [series, ...[...series].map(({ no }) => series.without(no))];
    const names = scenarios.filter(({ cpus }) => cpus.length < 4).map(({ name }) => name);
    const report = await matrix({ scenarios: names, masks });
    expect(report).toMatchObject({ verdict: 'clean', cleanMasks: [255] });
  });

  test('a wrong formula is reported', async () => {
    const scenario = scenarios.find(({ name }) => name === 'create-get');
    if (!scenario) throw new Error('no such scenario');
    const wrong = { ...scenario, expects: { 'use-after-free': 'true' } };
    const report = await matrix({ scenarios: [wrong], masks: [253] });
    expect(report.verdict).toBe('fault');
    expect(report.disagreements).toEqual([
      { mask: 253, scenario: 'create-get', kind: 'use-uninitialized', reachable: true },
      { mask: 253, scenario: 'create-get', kind: 'use-after-free', reachable: false },
    ]);
  });

  test('under RC11 a race stands for what a scenario expects, and for nothing else', async () => {
    const names = ['remove-open', 'create-uevent'];
    const report = await matrix({ scenarios: names, memory: 'rc11' });
    expect(report).toMatchObject({ disagreements: [], verdict: 'clean' });
    expect(report.cells.some(({ faults }) => faults.includes('data-race'))).toBe(true);
    const scenario = scenarios.find(({ name }) => name === 'create-get');
    if (!scenario) throw new Error('no such scenario');
    const wrong = { ...scenario, expects: {} };
    expect((await matrix({ scenarios: [wrong], masks: [253], memory: 'rc11' })).verdict).toBe(
      'fault',
    );
  });

  test('under x86-TSO all is as under sequential consistency', async () => {
    const names = scenarios.filter(({ cpus }) => cpus.length === 2).map(({ name }) => name);
    const [strong, weak] = await Promise.all(
      (['sc', 'tso'] as const).map((memory) => matrix({ scenarios: names, memory })),
    );
    const faultsOf = (report: typeof strong): unknown =>
      report?.cells.map(({ mask, scenario, faults }) => ({ mask, scenario, faults }));
    expect(faultsOf(weak)).toEqual(faultsOf(strong));
    expect(weak?.disagreements).toEqual([]);
  });

  test('an abort gives what there is', async () => {
    const abort = new AbortController();
    const report = await matrix({ signal: abort.signal, onProgress: () => abort.abort() });
    expect(report).toMatchObject({ complete: false, verdict: 'unfinished' });
    expect(report.cells.length).toBeGreaterThan(0);
    expect(report.cells.length).toBeLessThan(256 * scenarios.length);
    await expect(matrix({ signal: abort.signal })).rejects.toBe(abort.signal.reason);
  });

  test.each([
    [{ scenarios: 'create-find' }, 'ERR_INVALID_ARG_TYPE'],
    [{ scenarios: [] }, 'ERR_OUT_OF_RANGE'],
    [{ scenarios: ['nowhere'] }, 'ERR_OUT_OF_RANGE'],
    [{ masks: 255 }, 'ERR_INVALID_ARG_TYPE'],
    [{ masks: [] }, 'ERR_OUT_OF_RANGE'],
    [{ masks: [256] }, 'ERR_OUT_OF_RANGE'],
    [{ masks: ['1'] }, 'ERR_OUT_OF_RANGE'],
    [{ patches: 'x' }, 'ERR_OUT_OF_RANGE'],
    [{ onProgress: 1 }, 'ERR_INVALID_ARG_TYPE'],
    [{ mask: [1] }, 'ERR_INVALID_ARG_TYPE'],
  ])('%j rejects', async (options, name) => {
    await expect(matrix(options as object)).rejects.toEqual(code(name));
  });

  test('nothing to interleave is an error', async () => {
    for (const scenario of ['cpu1: create 0', 'cpu1: create 0 ; cpu2:']) {
      await expect(matrix({ scenarios: [scenario] })).rejects.toEqual(code('ERR_OUT_OF_RANGE'));
    }
  });
});

test('what hides is told apart from what fixes', () => {
  const cell = (mask: number, ...faults: ('sleep-in-atomic' | 'use-uninitialized')[]) => ({
    mask,
    scenario: 's',
    faults,
    exhaustive: true,
  });
  const [, , , fourth] = weighPatches([
    cell(0, 'use-uninitialized'),
    cell(8, 'sleep-in-atomic'),
    cell(2),
    cell(10, 'sleep-in-atomic'),
  ]);
  expect(fourth).toMatchObject({
    no: '04',
    contexts: 2,
    of: 2,
    fixes: [],
    breaks: [{ kind: 'sleep-in-atomic', contexts: 2 }],
    hides: [{ kind: 'use-uninitialized', contexts: 1, without: expect.arrayContaining(['02']) }],
    shows: [],
  });
});
