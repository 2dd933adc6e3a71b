import { boundsOf } from '../../reports/documents/bench-figures';
import type { LockRow } from '../../reports/documents/bench-rows';
import { tables } from '../../tables/tables';
import type { Sketch } from './draw';
import {
  cpuMark,
  decades,
  distinct,
  dots,
  groupBy,
  type LineValue,
  lines,
  logScale,
  quartiles,
} from './marks';
import type { Spec } from './theme';

/** Locks that wait in the same way. */
export interface Family {
  name: string;
  locks: string[];
}

/** As many as there are colors. */
const FAMILY_MAX = 8;

const FAMILIES = {
  free: 'spin, in any order',
  ordered: 'spin, in order of arrival',
  blocks: 'yield or block',
  others: 'of other libraries',
} as const;

/** How a lock waits, by the table of locks; what is not in it is somebody else's. */
function familyOf(lock: string): string {
  const row = tables.locks.find(({ name }) => name === lock);
  if (!row) return FAMILIES.others;
  if (row.waits === 'blocks' || row.waits === 'yields') return FAMILIES.blocks;
  return row.fifo ? FAMILIES.ordered : FAMILIES.free;
}

/** The locks by how they wait, no family larger than can be told apart. */
export function familiesOf(rows: readonly LockRow[]): Family[] {
  const byName = groupBy(distinct(rows.map(({ lock }) => lock)), familyOf);
  return Object.values(FAMILIES).flatMap((name) => {
    const locks = byName.get(name) ?? [];
    const parts = Math.ceil(locks.length / FAMILY_MAX);
    const size = Math.ceil(locks.length / parts);
    return Array.from({ length: parts }, (_, i) => ({
      name: parts > 1 ? `${name} (${i + 1} of ${parts})` : name,
      locks: locks.slice(i * size, (i + 1) * size),
    }));
  });
}

/** `100 ns held, 200 ns outside`. */
export const workText = ({ holdNs, outsideNs }: LockRow): string =>
  `${holdNs} ns held, ${outsideNs} ns outside`;

export const threadsText = (threads: number): string =>
  `${threads} thread${threads === 1 ? '' : 's'}`;

export const cellText = (row: LockRow): string => `${threadsText(row.threads)}, ${workText(row)}`;

/** The same as the head of a narrow panel. */
export const cellHead = (row: LockRow): string => `${threadsText(row.threads)}\n${workText(row)}`;

function lineValue(row: LockRow, x: number, panel: string): LineValue {
  const y = row.opsPerSecond;
  const [low, high] = quartiles(row.windows ?? []) ?? Object.values(boundsOf(row, y));
  return { series: row.lock, x, y, low: low ?? y, high: high ?? y, panel };
}

const opsAxis = (rows: readonly LockRow[]): { title: string; scale: Spec; axis: Spec } => {
  const values = rows.flatMap((row) => [
    row.opsPerSecond,
    ...Object.values(boundsOf(row, row.opsPerSecond)),
  ]);
  return {
    title: 'lock + unlock per second',
    scale: logScale(values),
    axis: { format: '~s', values: decades(values) },
  };
};

/** Rows of which several share all but one figure. */
function sweeps(
  rows: readonly LockRow[],
  swept: 'threads' | 'holdNs' | 'outsideNs',
  panelOf: (row: LockRow) => string,
): { values: LineValue[]; rows: LockRow[]; at: number[] } {
  const groups = groupBy(rows, panelOf);
  const telling = [...groups.values()].filter(
    (group) => distinct(group.map((row) => row[swept])).length > 1,
  );
  const used = telling.flat().toSorted((a, b) => a[swept] - b[swept]);
  return {
    values: used.map((row) => lineValue(row, row[swept], panelOf(row))),
    rows: used,
    at: distinct(used.map((row) => row[swept])),
  };
}

/** A panel a family, one below the other, each with the legend of its own lines. */
function familyPanels(families: readonly Family[], panel: (family: Family) => Spec): Spec {
  return {
    vconcat: families.map((family) => ({ ...panel(family), title: family.name })),
    spacing: 28,
    resolve: { scale: { color: 'independent', shape: 'independent', strokeDash: 'independent' } },
  };
}

const BAND = 'the band is the interquartile range of the windows';

function throughputSketch(rows: readonly LockRow[], cpus: number): Sketch[] {
  const { values, rows: used, at } = sweeps(rows, 'threads', workText);
  if (values.length === 0) return [];
  const x = {
    title: 'threads',
    scale: { type: 'log', base: 2 },
    axis: { values: at, format: 'd', grid: false },
  };
  const marks = cpus > 0 ? cpuMark(cpus) : [];
  const spec = familyPanels(familiesOf(used), ({ locks }) =>
    lines(
      values.filter(({ series }) => locks.includes(series)),
      locks,
      { x, y: opsAxis(used) },
      marks,
    ),
  );
  const title = 'Throughput against the number of threads';
  const caption = `Dashed where the CPUs end; ${BAND}. Throughput without the handoff share says little.`;
  return [{ name: 'throughput-vs-threads', title, caption, spec }];
}

function workSketch(rows: readonly LockRow[], swept: 'holdNs' | 'outsideNs'): Sketch[] {
  const hold = swept === 'holdNs';
  const panelOf = (row: LockRow): string =>
    `${threadsText(row.threads)}, ${hold ? `${row.outsideNs} ns outside` : `${row.holdNs} ns held`}`;
  const { values, rows: used, at } = sweeps(rows, swept, panelOf);
  if (values.length === 0) return [];
  const x = {
    title: hold ? 'nanoseconds held' : 'nanoseconds outside',
    scale: { type: 'symlog', constant: 50 },
    axis: { values: at, grid: false },
  };
  const spec = familyPanels(familiesOf(used), ({ locks }) =>
    lines(
      values.filter(({ series }) => locks.includes(series)),
      locks,
      { x, y: opsAxis(used) },
    ),
  );
  const what = hold ? 'how long a lock is held' : 'the work outside';
  const name = hold ? 'throughput-vs-hold' : 'throughput-vs-outside';
  return [{ name, title: `Throughput against ${what}`, caption: `${BAND}.`, spec }];
}

/** What dots and the lines through them are. */
export const MEDIAN =
  'Median and its 95 % interval; a dot without one stands for fewer than 6 windows';

function rankingSketch(rows: readonly LockRow[]): Sketch {
  const values = rows.map((row) => ({
    name: row.lock,
    value: row.opsPerSecond,
    ...boundsOf(row, row.opsPerSecond),
    panel: cellHead(row),
    family: familyOf(row.lock),
  }));
  const { title, scale, axis } = opsAxis(rows);
  const spec = dots(values, byMean(rows), { x: { title, scale, axis } });
  return {
    name: 'throughput',
    title: 'Throughput of every lock',
    caption: `${MEDIAN}; the locks in the order of their geometric mean.`,
    spec,
  };
}

/** The locks, the fastest first: by the geometric mean over the cells. */
export function byMean(rows: readonly LockRow[]): string[] {
  const logs = groupBy(rows, ({ lock }) => lock);
  const mean = (group: readonly LockRow[]): number =>
    group.reduce((sum, { opsPerSecond }) => sum + Math.log(opsPerSecond), 0) / group.length;
  return [...logs]
    .map(([lock, group]) => ({ lock, mean: mean(group) }))
    .sort((a, b) => b.mean - a.mean)
    .map(({ lock }) => lock);
}

/** Throughput, as experts look at it: by lock, by threads, by hold time, by the work outside. */
export function throughputSketches(rows: readonly LockRow[], cpus: number): Sketch[] {
  if (rows.length === 0) return [];
  return [
    ...throughputSketch(rows, cpus),
    rankingSketch(rows),
    ...workSketch(rows, 'holdNs'),
    ...workSketch(rows, 'outsideNs'),
  ];
}
