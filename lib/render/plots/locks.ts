import { boundsOf } from '../../reports/documents/bench-figures';
import type { LockRow, RwlockRow } from '../../reports/documents/bench-rows';
import { tables } from '../../tables/tables';
import { countAxis, countCurve, measuredAxis, ratioAxis } from './axes';
import { type CurveAxis, curves } from './curves';
import type { Sketch } from './draw';
import { cpuMark, distinct, dots, extent, groupBy, type LineValue, quartiles } from './marks';
import { type Family, familiesBy } from './panels';
import type { Spec } from './theme';

const FAMILIES = {
  free: 'spin, in any order',
  ordered: 'spin, in order of arrival',
  queues: 'spin, in a queue of nodes',
  blocks: 'yield or sleep',
  others: 'of other libraries, or your own',
} as const;

/** How a lock waits, by the table of locks; what is not in it is somebody else's. */
function familyOf(lock: string): string {
  const row = tables.locks.find(({ name }) => name === lock);
  if (!row) return FAMILIES.others;
  if (row.waits === 'blocks' || row.waits === 'yields') return FAMILIES.blocks;
  if (row.queue) return FAMILIES.queues;
  return row.fifo ? FAMILIES.ordered : FAMILIES.free;
}

/** The locks by how they wait, no family larger than can be told apart. */
export function familiesOf(rows: readonly LockRow[]): Family[] {
  return familiesBy(distinct(rows.map(({ lock }) => lock)), familyOf, Object.values(FAMILIES));
}

/** Threads, and what each of them does. */
type Cell = Pick<LockRow | RwlockRow, 'threads' | 'holdNs' | 'outsideNs'>;

/** `100 ns held, 200 ns outside`. */
export const workText = ({ holdNs, outsideNs }: Cell): string =>
  `${holdNs} ns held, ${outsideNs} ns outside`;

export const threadsText = (threads: number): string =>
  `${threads} thread${threads === 1 ? '' : 's'}`;

export const cellText = (row: Cell): string => `${threadsText(row.threads)}, ${workText(row)}`;

/** The same as the head of a narrow panel. */
export const cellHead = (row: LockRow): string => `${threadsText(row.threads)}\n${workText(row)}`;

/** How fast a lock is, or how many times as fast as the mutex of its round. */
type Figure = 'speed' | 'ratio';

function lineValue(row: LockRow, x: number, panel: string, figure: Figure): LineValue {
  const value = { series: row.lock, x, panel };
  if (figure === 'ratio') {
    const y = row.vsMutex ?? 0;
    const [low, high] = row.vsMutexCi95 ?? [y, y];
    return { ...value, y, low, high };
  }
  const y = row.opsPerSecond;
  const [low, high] = quartiles(row.windows ?? []) ?? Object.values(boundsOf(row, y));
  return { ...value, y, low: low ?? y, high: high ?? y };
}

/** What a lock is measured by. */
export const SPEED = 'lock + unlock per second';

/** Of speeds decades, of ratios powers of two with 1 in the middle. */
function figureAxis(values: readonly LineValue[], figure: Figure): CurveAxis {
  const medians = values.map(({ y }) => y);
  return figure === 'speed'
    ? countCurve(SPEED, medians)
    : ratioAxis('times pthread_mutex', medians);
}

interface Sweep {
  name: string;
  title: string;
  caption: string;
  swept: 'threads' | 'holdNs' | 'outsideNs';
  /** Rows that share all but what is swept. */
  panelOf(row: LockRow): string;
  x: { title: string; scale: Omit<CurveAxis['scale'], 'domain'>; format?: string };
  marks: readonly Spec[];
}

const hasRatio = ({ vsMutex = 0 }: LockRow): boolean => vsMutex > 0;

/** A panel for each way of waiting, and beside it how that compares with the mutex of its round. */
function sweepSketch(rows: readonly LockRow[], sweep: Sweep): Sketch[] {
  const { name, title, caption, swept, panelOf, x, marks } = sweep;
  const telling = [...groupBy(rows, panelOf).values()].filter(
    (group) => distinct(group.map((row) => row[swept])).length > 1,
  );
  const used = telling.flat().toSorted((a, b) => a[swept] - b[swept]);
  if (used.length === 0) return [];
  const ratio = used.some(hasRatio);
  const figures: Figure[] = ratio ? ['speed', 'ratio'] : ['speed'];
  const measured = used.map((row) => row[swept]);
  const axis = measuredAxis(x.title, measured, x.scale, x.format ? { format: x.format } : {});
  const valuesOf = (some: readonly LockRow[], figure: Figure): LineValue[] =>
    some
      .filter((row) => figure === 'speed' || hasRatio(row))
      .map((row) => lineValue(row, row[swept], panelOf(row), figure));
  const axes = figures.map((figure) => figureAxis(valuesOf(used, figure), figure));
  const spec = telling.flatMap((group) => {
    const [first] = group;
    return familiesOf(used).flatMap(({ name: family, names }) =>
      figures.map((figure, i) => ({
        head: [first ? panelOf(first) : '', family].filter((text) => text !== '').join('\n'),
        spec: curves({
          values: valuesOf(group, figure).toSorted((a, b) => a.x - b.x),
          named: names,
          x: axis,
          y: axes[i] as CurveAxis,
          bars: figure === 'ratio',
          marks,
        }),
      })),
    );
  });
  const grey = familiesOf(used).length > 1 ? '; grey: the locks of the other panels' : '';
  return [{ name, title, caption: `${caption}${grey}.`, spec }];
}

/** How many windows figures are medians of: `40 windows a row`, `6 to 40 windows a row`. */
function windowsText(rows: readonly LockRow[]): string {
  const [least, most] = extent(rows.map(({ windows = [] }) => windows.length));
  return least === most ? `${most} windows a row` : `${least} to ${most} windows a row`;
}

const bandText = (rows: readonly LockRow[]): string =>
  `Medians of ${windowsText(rows)}; the band is the interquartile range of the windows; beside it ` +
  'the ratio to pthread_mutex in the same rounds, with its 95 % interval';

function throughputSketch(rows: readonly LockRow[], cpus: number): Sketch[] {
  return sweepSketch(rows, {
    name: 'throughput-vs-threads',
    title: 'Throughput against the number of threads',
    caption: `${bandText(rows)}; dashed where the CPUs end. Throughput without the handoff share says little`,
    swept: 'threads',
    panelOf: workText,
    x: { title: 'threads', scale: { type: 'log', base: 2 }, format: 'd' },
    marks: cpus > 0 ? cpuMark(cpus) : [],
  });
}

function workSketch(rows: readonly LockRow[], swept: 'holdNs' | 'outsideNs'): Sketch[] {
  const hold = swept === 'holdNs';
  return sweepSketch(rows, {
    name: hold ? 'throughput-vs-hold' : 'throughput-vs-outside',
    title: `Throughput against ${hold ? 'how long a lock is held' : 'the work outside'}`,
    caption: bandText(rows),
    swept,
    panelOf: (row) =>
      `${threadsText(row.threads)}, ${hold ? `${row.outsideNs} ns outside` : `${row.holdNs} ns held`}`,
    x: {
      title: hold ? 'nanoseconds held' : 'nanoseconds outside',
      scale: { type: 'symlog', constant: 50 },
    },
    marks: [],
  });
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
  const speeds = values.flatMap(({ value, low, high }) => [value, low, high]);
  const spec = dots(values, byMean(rows), { x: countAxis(SPEED, speeds) });
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
