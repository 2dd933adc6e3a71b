import { jainOf } from '../../reports/documents/bench-figures';
import type { LockRow } from '../../reports/documents/bench-rows';
import { TIME_LABEL } from './axes';
import type { Sketch } from './draw';
import { cellHead, cellText, threadsText } from './locks';
import { distinct, extent, groupBy, panels } from './marks';
import { plotColors, type Spec } from './theme';

/** Small panels, a lock each, side by side. */
const ACROSS = 6;
/** Two of them stand beside each other on a phone. */
const PANEL_WIDTH = 104;
const PANEL_HEIGHT = 84;
/** Points of a percentile curve. */
const CURVE_POINTS = 48;
/** Between two threads there is no choice. */
const THREADS_DRAWN_MIN = 3;
const THREADS_DRAWN_MAX = 32;

/**
 * The cells that say most about waiting: of those where every thread has a CPU, and of the
 * others, the one with most threads, and of these the one with most work.
 */
export function tellingCells(rows: readonly LockRow[]): LockRow[][] {
  const contended = rows.filter(({ threads }) => threads > 1);
  const sides = [false, true].map((crowded) =>
    contended.filter(({ oversubscribed }) => oversubscribed === crowded),
  );
  return sides.flatMap((side) => {
    const cells = [...groupBy(side, cellText).values()];
    const weight = ([row]: LockRow[]): number[] =>
      row ? [row.threads, row.holdNs + row.outsideNs] : [];
    const [best] = cells.sort((a, b) => {
      const [one, other] = [weight(a), weight(b)];
      return (other[0] ?? 0) - (one[0] ?? 0) || (other[1] ?? 0) - (one[1] ?? 0);
    });
    return best ? [best] : [];
  });
}

/** A curve of `1 / (1 - p)` against nanoseconds, from buckets. */
export function percentileCurve(
  buckets: readonly (readonly [upTo: number, count: number])[],
): { nines: number; ns: number }[] {
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  if (total < 2) return [];
  const curve: { nines: number; ns: number }[] = [];
  let next = 0;
  let below = 0;
  const last = Math.log10(total);
  for (const [ns, count] of buckets) {
    below += count;
    for (; next < CURVE_POINTS; next += 1) {
      const nines = 10 ** ((next / (CURVE_POINTS - 1)) * last);
      if (1 - 1 / nines > below / total) break;
      // Buckets may be finer than the figures that stand for them.
      curve.push({ nines, ns: Math.max(1, ns) });
    }
  }
  return curve;
}

/** 2 -> 50 %, 10 -> 90 %, 1000 -> 99.9 %. */
export const PERCENT_LABEL =
  "format(100 * (1 - 1 / datum.value), '.' + max(0, round(log(datum.value) / LN10) - 2) + 'f')" +
  " + ' %'";

function waitsSketch(rows: readonly LockRow[], suffix: string): Sketch[] {
  const values = rows.flatMap(({ lock, waits = [], waitsCorrected = [] }) =>
    [
      { kind: 'raw', curve: percentileCurve(waits) },
      { kind: 'corrected', curve: percentileCurve(waitsCorrected) },
    ].flatMap(({ kind, curve }) => curve.map((point) => ({ ...point, kind, panel: lock }))),
  );
  const [first] = rows;
  if (values.length === 0 || !first) return [];
  const [, most] = extent(values.map(({ nines }) => nines));
  const domain = extent(values.map(({ ns }) => ns));
  const spec = panels(
    values,
    {
      width: PANEL_WIDTH,
      height: PANEL_HEIGHT,
      mark: { type: 'line', interpolate: 'step-after' },
      encoding: {
        x: {
          field: 'nines',
          type: 'quantitative',
          title: null,
          scale: { type: 'log', domain: [1, most], nice: false },
          axis: { values: [2, 100, 1e4, 1e6], labelExpr: PERCENT_LABEL, labelOverlap: true },
        },
        y: {
          field: 'ns',
          type: 'quantitative',
          title: 'wait',
          scale: { type: 'log', domain, nice: false },
          axis: { values: [1, 100, 1e4, 1e6, 1e8, 1e10], labelExpr: TIME_LABEL },
        },
        color: {
          field: 'kind',
          type: 'nominal',
          scale: {
            domain: ['raw', 'corrected'],
            range: [plotColors.series[0], plotColors.series[1]],
          },
          legend: { title: null, orient: 'top' },
        },
        strokeDash: {
          field: 'kind',
          type: 'nominal',
          scale: {
            domain: ['raw', 'corrected'],
            range: [
              [1, 0],
              [4, 2],
            ],
          },
          legend: { title: null, orient: 'top' },
        },
      },
    },
    ACROSS,
  );
  return [
    {
      name: `wait-percentiles${suffix}`,
      title: `Wait for the lock by percentile: ${cellText(first)}`,
      caption:
        'Raw, and corrected for coordinated omission: with the waits of those arrivals that a ' +
        'waiting thread missed.',
      spec,
    },
  ];
}

/** What each thread got, as a multiple of an equal share. */
function fairnessSketch(cells: readonly LockRow[][]): Sketch[] {
  const rows = cells.flat().filter(({ acquired = [] }) => acquired.length > 1);
  const values = rows.flatMap((row) => {
    const acquired = row.acquired ?? [];
    const total = acquired.reduce((sum, n) => sum + n, 0);
    return acquired.map((n, thread) => ({
      lock: row.lock,
      panel: cellHead(row),
      thread: `cpu${thread + 1}`,
      share: total > 0 ? (n * acquired.length) / total : 0,
      jain: jainOf(row).toFixed(3),
    }));
  });
  if (values.length === 0) return [];
  const names = distinct(values.map(({ lock }) => lock));
  const [least, most] = extent(values.map(({ share }) => share));
  const y = {
    field: 'lock',
    type: 'nominal',
    sort: names,
    axis: { title: null, grid: true, ticks: false, domain: false },
  };
  const scale = { domain: [Math.min(0, least), Math.max(1, most)] };
  const x = { type: 'quantitative', title: 'share of a thread, 1 = equal', scale };
  const inner = {
    width: 200,
    height: { step: 17 },
    layer: [
      {
        data: { values: [{}] },
        mark: { type: 'rule', color: plotColors.quiet, strokeDash: [3, 3], strokeWidth: 1 },
        encoding: { x: { datum: 1 } },
      },
      {
        mark: { type: 'rule', color: plotColors.series[0], opacity: 0.35, strokeWidth: 2 },
        encoding: {
          y,
          x: { ...x, field: 'share', aggregate: 'min' },
          x2: { field: 'share', aggregate: 'max' },
        },
      },
      {
        mark: { type: 'point', color: plotColors.series[0], opacity: 0.75 },
        encoding: { y, x: { ...x, field: 'share' } },
      },
      {
        mark: { type: 'text', align: 'left', dx: 8, fontSize: 10, color: plotColors.quiet },
        encoding: {
          y,
          x: { value: 'width' },
          text: { field: 'jain', type: 'nominal', aggregate: 'min' },
        },
      },
    ],
  };
  return [
    {
      name: 'fairness',
      title: 'Acquisitions of each thread',
      caption:
        'A dot a thread, over the whole measurement; the figure on the right is Jain’s index of ' +
        'these dots: 1 where all got the same.',
      spec: panels(values, inner),
    },
  ];
}

/** Numbers on an axis of threads stand apart enough to be read. */
const NUMBER_ROOM = 15;

/**
 * To whom the lock went next: threads down, threads across. A thread that takes it again makes
 * no hand-over, and would outshine the others: how often that was stands above the panel.
 */
function handoffSketch(rows: readonly LockRow[], suffix: string): Sketch[] {
  const drawn = rows.filter(
    ({ handoffs = [], threads }) =>
      threads >= THREADS_DRAWN_MIN &&
      threads <= THREADS_DRAWN_MAX &&
      handoffs.length === threads * threads,
  );
  const [first] = drawn;
  if (!first) return [];
  const step = Math.max(5, Math.floor(PANEL_WIDTH / first.threads));
  const labelled = Array.from({ length: first.threads }, (_, i) => i + 1).filter(
    (_, i) => i % Math.ceil(NUMBER_ROOM / step) === 0,
  );
  const axis = { values: labelled, labelAngle: 0, ticks: false, domain: false };
  const spec = drawn.map(({ lock, threads, handoffs = [] }) => {
    const values = handoffs.map((n, i) => ({
      n,
      from: Math.floor(i / threads) + 1,
      to: (i % threads) + 1,
    }));
    const [again, given] = [
      values.filter(({ from, to }) => from === to),
      values.filter(({ from, to }) => from !== to),
    ];
    const count = (some: typeof values): number => some.reduce((sum, { n }) => sum + n, 0);
    const shares = given.map((value) => {
      const total = count(given.filter(({ from }) => from === value.from));
      return { ...value, share: total > 0 ? value.n / total : 0 };
    });
    const all = count(values);
    const head = `${lock}\nthe same again: ${all > 0 ? ((100 * count(again)) / all).toFixed(1) : 0} %`;
    return { head, spec: handoffPanel(shares, again, step, axis) };
  });
  return [
    {
      name: `handoffs${suffix}`,
      title: `The thread that gets the lock next: ${cellText(first)}`,
      caption:
        'Down: the thread that released. Across: the thread that acquired next, as a share of ' +
        'those times at which another thread did. Grey: the same thread again, which is counted apart.',
      spec,
    },
  ];
}

/** Shares of hand-overs with their scale, and the diagonal in grey. */
function handoffPanel(
  shares: readonly object[],
  again: readonly object[],
  step: number,
  axis: Spec,
): Spec {
  const y = { field: 'from', type: 'ordinal', axis: { ...axis, title: 'from thread' } };
  const x = { field: 'to', type: 'ordinal', axis: { ...axis, title: 'to thread' } };
  return {
    width: { step },
    height: { step },
    layer: [
      {
        data: { values: again },
        mark: { type: 'rect', color: plotColors.line },
        encoding: { x, y },
      },
      {
        data: { values: shares },
        mark: {
          type: 'rect',
          color: plotColors.series[0],
          stroke: plotColors.grid,
          strokeWidth: 0.5,
        },
        encoding: {
          y,
          x,
          // Of one color, so that the paper of a page in the dark is what never happened there too.
          opacity: {
            field: 'share',
            type: 'quantitative',
            scale: { domain: [0, 1], range: [0, 1] },
            legend: {
              title: null,
              values: [0, 0.5, 1],
              format: '.0%',
              orient: 'right',
              symbolType: 'square',
              symbolFillColor: plotColors.series[0],
              symbolStrokeColor: plotColors.line,
              symbolStrokeWidth: 1,
            },
          },
        },
      },
    ],
  };
}

/** 512, 1Ki, 2Ki. */
const BINARY_LABEL = "datum.value < 1024 ? datum.label : format(datum.value / 1024, 'd') + 'Ki'";

/** How often a thread took the lock in a row before another got it. */
function runsSketch(rows: readonly LockRow[], suffix: string): Sketch[] {
  const values = rows.flatMap(({ lock, runLengths = [] }) => {
    const total = runLengths.reduce((sum, n) => sum + n, 0);
    return runLengths.map((n, power) => ({
      panel: lock,
      run: 2 ** power,
      share: total > 0 ? n / total : 0,
    }));
  });
  const [first] = rows;
  if (values.length === 0 || !first) return [];
  const domain = distinct(values.map(({ run }) => run)).sort((one, other) => one - other);
  const inner = {
    width: PANEL_WIDTH,
    height: PANEL_HEIGHT,
    mark: { type: 'bar', color: plotColors.series[0] },
    encoding: {
      x: {
        field: 'run',
        type: 'ordinal',
        title: null,
        scale: { domain, padding: 0.15 },
        axis: { labelOverlap: true, labelAngle: 0, labelExpr: BINARY_LABEL, ticks: false },
      },
      y: {
        field: 'share',
        type: 'quantitative',
        title: 'share of runs',
        scale: { domain: [0, 1] },
        axis: { format: '.0%', tickCount: 3 },
      },
    },
  };
  return [
    {
      name: `run-lengths${suffix}`,
      title: `Acquisitions in a row: ${cellText(first)}`,
      caption:
        'A bar at n: runs of n up to 2n - 1 acquisitions by one thread before another got it.',
      spec: panels(values, inner, ACROSS),
    },
  ];
}

/** How locks wait, and whom they serve. */
export function waitSketches(rows: readonly LockRow[]): Sketch[] {
  const cells = tellingCells(rows);
  const each = (sketch: (cell: readonly LockRow[], suffix: string) => Sketch[]): Sketch[] =>
    cells.flatMap((cell) => {
      const threads = cell[0]?.threads ?? 0;
      return sketch(cell, `-${threadsText(threads).replace(' ', '-')}`);
    });
  return [
    ...each(waitsSketch),
    ...fairnessSketch(cells),
    ...each(handoffSketch),
    ...each(runsSketch),
  ];
}
