import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { placeOf } from '../../../lib/render/plots/curves';
import { draw, panelsOf, type Sketch } from '../../../lib/render/plots/draw';
import { placeLabels } from '../../../lib/render/plots/labels';
import { latencySketches } from '../../../lib/render/plots/latency';
import { byMean, familiesOf } from '../../../lib/render/plots/locks';
import { decades, extent, logScale, quartiles } from '../../../lib/render/plots/marks';
import { benchPlots, benchSketches } from '../../../lib/render/plots/plots';
import { plotColors, type Spec } from '../../../lib/render/plots/theme';
import { percentileCurve, tellingCells } from '../../../lib/render/plots/waits';
import type { BenchDocument } from '../../../lib/reports/documents';
import type { LockRow } from '../../../lib/reports/documents/bench-rows';
import { benchDocument, SUITES, type Suite } from '../documents';

/** The data of a sketch, wherever in it they stand. */
function valuesOf(spec: Sketch['spec'] | Spec): Record<string, unknown>[] {
  if (Array.isArray(spec)) return spec.flatMap((panel) => valuesOf(panel.spec));
  const { data, layer = [] } = spec as { data?: { values?: [] }; layer?: Spec[] };
  return [...(data?.values ?? []), ...layer.flatMap(valuesOf)];
}

function sketch(document: BenchDocument, name: string): Sketch {
  const found = benchSketches(document).find((one) => one.name === name);
  if (!found) throw new Error(`no plot ${name}`);
  return found;
}

const locks = (rows = benchDocument('locks').rows): LockRow[] => rows as LockRow[];
const only = (wanted: (row: LockRow) => boolean): BenchDocument =>
  benchDocument('locks', { rows: locks().filter(wanted) });

const NAMES: Record<Suite, string[]> = {
  locks: [
    'throughput-vs-threads',
    'throughput',
    'throughput-vs-hold',
    'throughput-vs-outside',
    'wait-percentiles-2-threads',
    'wait-percentiles-4-threads',
    'fairness',
    'handoffs-4-threads',
    'run-lengths-2-threads',
    'run-lengths-4-threads',
  ],
  rwlocks: ['throughput-vs-readers', 'rwlocks-ratio'],
  minors: ['ns-vs-population', 'protocol'],
  refcount: ['refcount'],
  calls: ['calls'],
  explore: ['schedules'],
};

describe('drawing', () => {
  test('names that every object has are names like others', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const own = benchDocument('refcount').rows;
    const rows = own.map((row, i) => ({ ...row, variant: names[i % 3] }));
    const said: string[] = [];
    const hostile = benchDocument('refcount', { rows: rows as typeof own });
    const [plot] = await draw(benchSketches(hostile), (text) => said.push(text));
    expect(said).toEqual([]);
    expect(plot?.svg).not.toMatch(/undefined/);
    for (const name of names) expect(plot?.svg).toContain(`\u200b${name}</text>`);
  });

  test.each(SUITES)('%s: Vega has nothing to say against it, and it is an image', async (suite) => {
    const said: string[] = [];
    const plots = await draw(benchSketches(benchDocument(suite)), (text) => said.push(text));
    expect(said).toEqual([]);
    expect(plots.map(({ name }) => name)).toEqual(NAMES[suite]);
    for (const { svg, title } of plots) {
      expect(XMLValidator.validate(svg)).toBe(true);
      expect(new XMLParser().parse(svg).svg.title).toBe(title);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  test('what Vega finds wrong is reported', async () => {
    const said: string[] = [];
    const spec = {
      data: { values: [{ a: 1 }] },
      mark: 'bar',
      encoding: { x: { field: 'a' }, typo: {} },
    };
    await draw([{ name: 'wrong', title: 'w', caption: 'c', spec }], (text) => said.push(text));
    expect(said.join()).toContain('wrong: ');
  });

  test('names that are HTML stay names', async () => {
    const rows = locks().map((row) => ({ ...row, lock: `<b>"${row.lock}"&` }));
    for (const { svg } of await benchPlots(benchDocument('locks', { rows }))) {
      expect(svg).not.toContain('<b>');
      expect(XMLValidator.validate(svg)).toBe(true);
    }
  });

  test('nothing measured, nothing drawn', async () => {
    expect(await benchPlots(benchDocument('locks', { rows: [] }))).toEqual([]);
    expect(latencySketches([{ op: 'create', points: [] }])).toEqual([]);
  });
});
describe('what is in a plot', () => {
  test('throughput against threads: the cells that share their work, the CPUs, the quartiles', () => {
    const { spec } = sketch(benchDocument('locks'), 'throughput-vs-threads');
    const [panel] = panelsOf(spec);
    expect(panelsOf(spec)).toHaveLength(2 * 2);
    const all = valuesOf(panelsOf(spec).filter((_, i) => i % 2 === 0));
    const values = all.filter(({ series, y }) => series === 'ticket' && y !== undefined);
    expect(panel?.head).toBe('0 ns held, 0 ns outside');
    expect(values.map(({ x, panel: name }) => `${name}: ${x}`).sort()).toEqual([
      '0 ns held, 0 ns outside: 1',
      '0 ns held, 0 ns outside: 2',
      '100 ns held, 200 ns outside: 2',
      '100 ns held, 200 ns outside: 4',
    ]);
    const [row] = locks().filter(({ lock, threads }) => lock === 'ticket' && threads === 1);
    const speed = row?.opsPerSecond ?? 0;
    expect(values[0]).toMatchObject({ y: speed, low: speed * 0.95, high: speed * 1.05 });
    expect(JSON.stringify(spec)).toContain('"text":"2 CPUs"');
  });

  test('beside each speed is its ratio to the mutex of its rounds, with 1 in the middle', () => {
    const { spec } = sketch(benchDocument('locks'), 'throughput-vs-threads');
    const ratios = panelsOf(spec).filter((_, i) => i % 2 === 1);
    const [row] = locks().filter(({ lock, threads }) => lock === 'ticket' && threads === 1);
    expect(valuesOf(ratios)).toContainEqual(
      expect.objectContaining({ series: 'ticket', x: 1, y: row?.vsMutex }),
    );
    for (const { spec: panel } of ratios) {
      const domains = [
        ...JSON.stringify(panel).matchAll(/"base":2,"domain":\[([\d.]+),([\d.]+)\]/g),
      ];
      const ends = domains.map(([, low, high]) => Number(low) * Number(high));
      expect(ends.filter((product) => product === 1).length).toBeGreaterThan(0);
    }
    const without = locks().map((one) => ({ ...one, vsMutex: 0 }));
    const bare = sketch(benchDocument('locks', { rows: without }), 'throughput-vs-threads');
    expect(panelsOf(bare.spec)).toHaveLength(2);
  });

  test('at most six lines of a family have a color; the others are grey behind them', () => {
    const names = ['mcs', 'tas', 'clh', 'ticket', 'ck_mcs', 'ttas_yield', 'twa', 'futex3', 'cna'];
    const rows = names.flatMap((lock) =>
      locks()
        .filter(({ lock: one, holdNs }) => one === 'tas' && holdNs === 0)
        .map((row) => ({ ...row, lock })),
    );
    const { spec, caption } = sketch(benchDocument('locks', { rows }), 'throughput-vs-threads');
    const [any] = panelsOf(spec);
    const layers = (any?.spec.layer ?? []) as { mark: { color?: string }; data?: { values: [] } }[];
    const grey = layers.find(({ data }) => data !== undefined && data.values.length > 1);
    expect([grey?.mark.color, grey?.data?.values.length]).toEqual([plotColors.line, 8 * 2]);
    expect(any?.head).toBe('0 ns held, 0 ns outside\nspin, in any order');
    expect(caption).toContain('grey: the locks of the other panels');
  });

  test('sweeps are drawn where something was swept', () => {
    const names = (document: BenchDocument): string[] =>
      benchSketches(document).map(({ name }) => name);
    const one = only(({ threads, holdNs }) => threads === 2 && holdNs === 0);
    for (const name of ['throughput-vs-threads', 'throughput-vs-hold', 'throughput-vs-outside']) {
      expect(names(benchDocument('locks'))).toContain(name);
      expect(names(one)).not.toContain(name);
    }
  });

  test('fairness: shares of an equal share, and Jain', () => {
    const { spec } = sketch(
      only(({ lock }) => lock === 'tas'),
      'fairness',
    );
    const four = valuesOf(spec).filter(({ panel }) => String(panel).startsWith('4 threads'));
    expect(four.map(({ share }) => share)).toEqual([0.4, 0.8, 1.2, 1.6]);
    // Of the shares that are drawn, whatever index the document has.
    expect(four[0]).toMatchObject({ jain: '0.833' });
  });

  test('handoffs: of those to other threads, and the same thread again apart', async () => {
    const one = sketch(
      only(({ lock }) => lock === 'tas'),
      'handoffs-4-threads',
    );
    const given = valuesOf(one.spec).filter(({ from, share }) => from === 1 && share !== undefined);
    expect(given.map(({ to }) => to)).toEqual([2, 3, 4]);
    expect(given.map(({ share }) => share)).toEqual([11 / 36, 12 / 36, 13 / 36]);
    expect(panelsOf(one.spec).map(({ head }) => head)).toEqual(['tas\nthe same again: 0.0 %']);
    const [plot] = await draw([one]);
    // Numbers of threads on both sides, and three ticks of the scale.
    for (const text of ['from thread', 'to thread', '0%', '50%', '100%'])
      expect(plot?.svg).toContain(`>${text}</text>`);
    expect(plot?.svg.match(/>4<\/text>/g)).toHaveLength(2);
  });

  test('run lengths: shares of all runs', () => {
    const { spec } = sketch(
      only(({ lock }) => lock === 'tas'),
      'run-lengths-4-threads',
    );
    expect(valuesOf(spec).map(({ run, share }) => [run, share])).toEqual([
      [1, 0.7],
      [2, 0.2],
      [4, 0.1],
    ]);
  });

  test('waits: raw and corrected are told apart', () => {
    const { spec } = sketch(
      only(({ lock }) => lock === 'tas'),
      'wait-percentiles-4-threads',
    );
    const at = (kind: string): number =>
      extent(
        valuesOf(spec)
          .filter((value) => value.kind === kind && Number(value.nines) <= 50)
          .map(({ ns }) => Number(ns)),
      )[1];
    expect(at('raw')).toBe(80);
    expect(at('corrected')).toBe(40_000);
  });

  test('the population of an id table beside the bare walk, and the protocol apart from it', () => {
    const document = benchDocument('minors');
    const population = valuesOf(sketch(document, 'ns-vs-population').spec);
    const find = population.filter(({ panel, x }) => panel === 'find, random' && x === 1000);
    expect(find.map(({ series, y }) => [series, y])).toEqual([
      ['idr', 5],
      ['bare walk', 5 / 1.5],
    ]);
    const protocol = valuesOf(sketch(document, 'protocol').spec);
    expect(protocol.map(({ name, panel }) => [name, panel])).toEqual([
      ['mutex', 'open, close\n2 threads'],
      ['ticket', 'open, close\n2 threads'],
    ]);
  });

  test('eras are a line each, a panel a mix', () => {
    const [protocol] = benchDocument('minors').rows.filter((row) => 'minorLock' in row);
    const rows = ['none', 'today'].flatMap((name) =>
      [1, 64].map((threads) => ({ ...protocol, threads, patches: { name }, lookup: 'rcu' })),
    );
    const document = benchDocument('minors', { rows: rows as never });
    const found = benchSketches(document);
    expect(found.map(({ name }) => name)).toEqual(['eras']);
    const values = valuesOf(sketch(document, 'eras').spec).filter(({ y }) => y !== undefined);
    expect(values.map(({ series, x, panel }) => [series, x, panel])).toEqual([
      ['none, RCU', 1, 'open, close'],
      ['none, RCU', 64, 'open, close'],
      ['today, RCU', 1, 'open, close'],
      ['today, RCU', 64, 'open, close'],
    ]);
  });

  test('the share of readers grows to the right, where the names of the lines stand', () => {
    const { spec } = sketch(benchDocument('rwlocks'), 'throughput-vs-readers');
    for (const { spec: panel } of panelsOf(spec)) {
      const values = valuesOf(panel);
      const writers = values.flatMap(({ x, y }) => (y === undefined ? [] : [Number(x)]));
      const text = JSON.stringify(panel);
      const [most, least] = [Math.max(...writers), Math.min(...writers)];
      expect(text).toContain(`"domain":[${most},${least}]`);
      const ends = values.flatMap(({ fromX }) => (fromX === undefined ? [] : [Number(fromX)]));
      expect(ends.length).toBeGreaterThan(0);
      expect(new Set(ends)).toEqual(new Set([panel.width]));
    }
  });

  test('a caption speaks of grey lines where there are such lines alone', () => {
    const [own] = benchDocument('refcount').rows;
    const captionOf = (names: number, threads: number[]): string => {
      const rows = Array.from({ length: names }, (_, i) =>
        threads.map((count) => ({ ...own, variant: `v${i}`, threads: count })),
      ).flat();
      return sketch(benchDocument('refcount', { rows: rows as never }), 'refcount').caption;
    };
    expect(captionOf(9, [1, 2])).toContain('grey: those of the other panels');
    expect(captionOf(8, [1, 2]) + captionOf(9, [1])).not.toContain('grey');
  });

  test('reference counts at one number of threads are dots', () => {
    const rows = benchDocument('refcount').rows.filter(({ threads }) => threads === 1);
    const { spec } = sketch(benchDocument('refcount', { rows }), 'refcount');
    expect(valuesOf(spec).map(({ name, value }) => [name, value])).toEqual([
      ['xadd', 5],
      ['lock_always', 10],
    ]);
  });

  test('runs that were merged have plots of their own, and their own CPUs', () => {
    const rows = [0, 1].flatMap((run) => locks().map((row) => ({ ...row, run })));
    const { environment, durationMs, verdict, complete } = benchDocument('locks');
    const parts = [2, 64].map((cpus) => ({
      seed: 1,
      environment: { ...environment, cpus },
      durationMs,
      verdict,
      complete,
    }));
    const sketches = benchSketches(benchDocument('locks', { rows, parts }));
    expect(sketches).toHaveLength(2 * NAMES.locks.length);
    const second = sketches.find(({ name }) => name === 'run-2-throughput-vs-threads');
    expect(JSON.stringify(second?.spec)).toContain('"text":"64 CPUs"');
    expect(valuesOf(second?.spec ?? {})).toHaveLength(
      valuesOf(sketch(benchDocument('locks'), 'throughput-vs-threads').spec).length,
    );
  });
});

describe('names at the ends of lines', () => {
  const height = 180;

  test('never overlap, keep their order, and stay beside the panel', () => {
    const wanted = fc.array(fc.double({ min: 0, max: height, noNaN: true }), {
      minLength: 1,
      maxLength: 13,
    });
    fc.assert(
      fc.property(wanted, (heights) => {
        const placed = placeLabels(heights, 13, height);
        const sorted = placed.toSorted((a, b) => a - b);
        for (const [i, place] of sorted.entries())
          if (i > 0) expect(place - (sorted[i - 1] ?? 0)).toBeGreaterThan(13 - 1e-6);
        for (const [i, a] of heights.entries())
          for (const [j, b] of heights.entries())
            if (a < b) expect(placed[i] ?? 0).toBeLessThan(placed[j] ?? 0);
        expect(sorted[0]).toBeGreaterThan(-1e-6);
        expect(sorted.at(-1)).toBeLessThan(height + 1e-6);
      }),
    );
  });

  test('stand where their lines end where there is room', () => {
    expect(placeLabels([10, 100, 60], 13, height)).toEqual([10, 100, 60]);
    expect(placeLabels([50, 50], 10, height)).toEqual([45, 55]);
    expect(placeLabels([0, 180, 180], 10, height)).toEqual([0, 170, 180]);
  });

  test('a value stands where the scale of the picture has it', () => {
    const log = { type: 'log', domain: [10, 1000] } as const;
    expect([10, 1000].map((value) => placeOf(log, value))).toEqual([0, 1]);
    expect(placeOf(log, 100)).toBeCloseTo(0.5);
    const symlog = { type: 'symlog', constant: 50, domain: [0, 200] } as const;
    expect(placeOf(symlog, 0)).toBe(0);
    expect(placeOf(symlog, 50)).toBeCloseTo(Math.log(2) / Math.log(5));
  });
});

describe('figures', () => {
  test('a percentile curve says what share waited no longer', () => {
    const curve = percentileCurve([
      [10, 900],
      [100, 90],
      [1000, 10],
    ]);
    const at = (nines: number): number | undefined =>
      curve.findLast((point) => point.nines <= nines * 1.0001)?.ns;
    expect([at(2), at(9.9), at(50), at(99), at(1000)]).toEqual([10, 10, 100, 100, 1000]);
    expect(percentileCurve([[10, 1]])).toEqual([]);
  });

  test('up to eight locks are one panel; more are panels by how they wait', () => {
    const named = (...names: string[]): LockRow[] =>
      names.map((lock) => ({ ...(locks()[0] as LockRow), lock }));
    const parts = (rows: LockRow[]): [string, string[]][] =>
      familiesOf(rows).map(({ name, names }) => [name, names]);
    expect(parts(locks())).toEqual([['', ['tas', 'ticket', 'futex3', 'ck_mcs']]]);
    expect(
      parts(named('mcs', 'tas', 'clh', 'ticket', 'ck_mcs', 'ttas_yield', 'twa', 'futex3', 'cna')),
    ).toEqual([
      ['spin, in any order', ['tas']],
      ['spin, in order of arrival', ['ticket', 'twa']],
      ['spin, in a queue of nodes', ['mcs', 'clh', 'cna']],
      ['yield or sleep', ['ttas_yield', 'futex3']],
      ['of other libraries, or your own', ['ck_mcs']],
    ]);
    const many = Array.from({ length: 11 }, (_, i) => `x${i}`);
    expect(familiesOf(named(...many)).map(({ names }) => names.length)).toEqual([6, 5]);
  });

  test('the fastest lock first, by its geometric mean', () => {
    expect(byMean(locks())).toEqual(['ck_mcs', 'futex3', 'ticket', 'tas']);
  });

  test('of each side of the CPUs the cell with most threads and most work', () => {
    const cells = tellingCells(locks()).map(([row]) => [row?.threads, row?.outsideNs]);
    expect(cells).toEqual([
      [2, 200],
      [4, 200],
    ]);
  });

  test('scales', () => {
    expect(quartiles([1, 2, 3])).toBeUndefined();
    expect(quartiles([4, 1, 3, 2, 5])).toEqual([2, 4]);
    expect(logScale([0, 10, 1000], 2)).toMatchObject({ domain: [5, 2000] });
    expect(decades([8, 12])).toEqual([1, 3, 10, 30, 100, 300]);
    expect(decades([3, 90_000])).toEqual([1, 10, 100, 1000, 10_000, 100_000]);
    expect(extent(Array.from({ length: 300_000 }, (_, i) => i))).toEqual([0, 299_999]);
  });
});
