import { boundsOf, eraOf } from '../../reports/documents/bench-figures';
import type {
  CallRow,
  ExploreRow,
  MinorRow,
  RefcountRow,
} from '../../reports/documents/bench-rows';
import { tables } from '../../tables/tables';
import { countAxis, populationAxis, threadAxis, timeAxis, timeCurve } from './axes';
import type { PanelSpec, Sketch } from './draw';
import { threadsText } from './locks';
import { cpuMark, distinct, dots, type LineValue } from './marks';
import { curvePanels, type Family, familiesBy, greyText } from './panels';
import type { Spec } from './theme';

/** Rows of the protocol stand beside those of the tables. */
const PROTOCOL = /^protocol\b:? */;
const isProtocol = ({ op, minorLock }: MinorRow): boolean =>
  minorLock !== undefined || PROTOCOL.test(op);

/** The same with the bare walk: where there is none, `vsBare` is 0. */
function bareOf({ nsPerOp, vsBare }: MinorRow): number | undefined {
  return vsBare > 0 ? nsPerOp / vsBare : undefined;
}

const byOp = (a: MinorRow, b: MinorRow): number => a.op.localeCompare(b.op);

function populationSketch(rows: readonly MinorRow[]): Sketch[] {
  const tables = rows.filter((row) => !isProtocol(row));
  const seriesOf = ({ op }: MinorRow): string => op.split(' ').slice(1).join(' ') || 'idr';
  const values = tables.toSorted(byOp).flatMap((row) => {
    const { op, order, n: x, nsPerOp: y } = row;
    const place = { x, panel: `${op.split(' ')[0]}, ${order}` };
    const own = { ...place, series: seriesOf(row), y, ...boundsOf(row, y) };
    const bare = bareOf(row);
    if (bare === undefined || own.series !== 'idr') return [own];
    return [own, { ...place, series: 'bare walk', y: bare, low: bare, high: bare }];
  });
  if (values.length === 0) return [];
  const names = distinct(values.map(({ series }) => series));
  const spec = curvePanels(values, {
    x: populationAxis(values.map(({ x }) => x)),
    y: timeCurve(
      'time of an operation',
      values.map(({ y }) => y),
    ),
    families: familiesBy(names, () => '', ['']),
  });
  return [
    {
      name: 'ns-vs-population',
      title: 'Time of an operation against the population',
      caption: `The IDR beside a hand-written radix walk; the band is the 95 % interval${greyText(spec, names)}.`,
      spec,
    },
  ];
}

function protocolSketch(rows: readonly MinorRow[]): Sketch[] {
  const shown = rows.filter((row) => isProtocol(row) && !row.patches);
  const values = shown.map((row) => ({
    name: row.minorLock ?? row.order,
    value: row.nsPerOp,
    ...boundsOf(row, row.nsPerOp),
    panel: `${row.op.replace(PROTOCOL, '')}\n${threadsText(row.threads)}`,
    family: '',
  }));
  if (values.length === 0) return [];
  const x = timeAxis(
    'time of an operation',
    values.flatMap(({ low, high }) => [low, high]),
  );
  const names = distinct(values.map(({ name }) => name));
  const spec = dots(values, names, { x, width: 170, across: 3 });
  return [
    {
      name: 'protocol',
      title: 'The protocol under contention',
      caption: 'By what _minor_lock is; patch 04 made it a spinlock. Median and 95 % interval.',
      spec,
    },
  ];
}

/** Lines over the number of threads; dots where there is one number, which makes no line. */
function overThreads(
  title: string,
  values: readonly LineValue[],
  { names, families, cpus }: { names: string[]; families: readonly Family[]; cpus: number },
): Spec | readonly PanelSpec[] {
  const threads = distinct(values.map(({ x }) => x));
  if (threads.length > 1)
    return curvePanels(values, {
      x: threadAxis(threads),
      y: timeCurve(
        title,
        values.map(({ y }) => y),
      ),
      families,
      marks: cpus > 0 ? cpuMark(cpus) : [],
    });
  const drawn = values.map(({ series, y, low, high, panel }) => ({
    ...{ name: series, value: y, low, high, panel, family: '' },
  }));
  const x = timeAxis(
    title,
    values.flatMap(({ y, low, high }) => [y, low, high]),
  );
  return dots(drawn, names, { x });
}

/** What each step of history cost: a line an era, a panel a mix. */
function eraSketch(rows: readonly MinorRow[], cpus: number): Sketch[] {
  const eras = rows.filter(({ patches }) => patches !== undefined);
  if (eras.length === 0) return [];
  const nameOf = (row: MinorRow): string => eraOf(row) ?? '';
  const panelOf = ({ op }: MinorRow): string => op.replace(PROTOCOL, '');
  const names = distinct(eras.map(nameOf));
  const values = eras.map((row) => ({
    ...{ series: nameOf(row), x: row.threads, y: row.nsPerOp, panel: panelOf(row) },
    ...boundsOf(row, row.nsPerOp),
  }));
  const families = familiesBy(names, () => '', ['']);
  const spec = overThreads('time of an operation', values, { names, families, cpus });
  return [
    {
      name: 'eras',
      title: 'What each step of history cost',
      caption: `Time of an operation by set of patches; median and 95 % interval${greyText(spec, names)}.`,
      spec,
    },
  ];
}

export function minorSketches(rows: readonly MinorRow[], cpus: number): Sketch[] {
  return [...populationSketch(rows), ...protocolSketch(rows), ...eraSketch(rows, cpus)];
}

const COUNT_KINDS = ['counts by hand', 'the device mapper', 'schemes with a name'] as const;

/** What a reader compares a way with: those of its kind. */
function countKind(name: string): string {
  if (tables.refcounts.some((row) => row.name === name)) return COUNT_KINDS[2];
  return name.startsWith('dm_get') ? COUNT_KINDS[1] : COUNT_KINDS[0];
}

export function refcountSketches(rows: readonly RefcountRow[], cpus: number): Sketch[] {
  if (rows.length === 0) return [];
  const panelOf = ({ shared, objects = 1 }: RefcountRow): string => {
    if (!shared) return 'a count for each thread';
    return objects > 1 ? `${objects} objects for all threads` : 'one count for all threads';
  };
  // At the end of a line there is room for the get: each has its put.
  const nameOf = ({ variant }: RefcountRow): string => variant.replace(/, dm_put$/, '');
  const values = rows.map((row) => ({
    ...{ series: nameOf(row), x: row.threads, y: row.nsPerPair, panel: panelOf(row) },
    ...boundsOf(row, row.nsPerPair),
  }));
  const names = distinct(rows.map(nameOf));
  const families = familiesBy(names, countKind, COUNT_KINDS);
  const spec = overThreads('time of a get and a put', values, { names, families, cpus });
  return [
    {
      name: 'refcount',
      title: 'A reference taken and dropped',
      caption: `Time of one thread for a pair; median and 95 % interval${greyText(spec, names)}.`,
      spec,
    },
  ];
}

export function callSketches(rows: readonly CallRow[]): Sketch[] {
  if (rows.length === 0) return [];
  const values = rows.flatMap((callRow) => {
    const { call, per, ns, vsRaw } = callRow;
    const row = { name: call, panel: `ns per ${per}` };
    const own = { ...row, value: ns, ...boundsOf(callRow, ns), family: 'from TypeScript' };
    if (!(vsRaw > 0)) return [own];
    const raw = ns / vsRaw;
    return [own, { ...row, value: raw, low: raw, high: raw, family: 'raw Node-API' }];
  });
  const x = timeAxis(
    'time',
    values.flatMap(({ low, high }) => [low, high]),
  );
  const names = rows.map(({ call }) => call);
  return [
    {
      name: 'calls',
      title: 'What a call from TypeScript costs',
      caption:
        'Median and 95 % interval, beside a raw call of the same signature where there is one.',
      spec: dots(values, distinct(names), { x, width: 360 }),
    },
  ];
}

export function exploreSketches(rows: readonly ExploreRow[]): Sketch[] {
  if (rows.length === 0) return [];
  const values = rows.map((row) => ({
    name: row.scenario,
    value: row.schedulesPerSecond,
    ...boundsOf(row, row.schedulesPerSecond),
    panel: '',
    family: row.races ? `${row.strategy}, data races` : row.strategy,
  }));
  const x = countAxis(
    'schedules per second, one core',
    values.map(({ value }) => value),
  );
  return [
    {
      name: 'schedules',
      title: 'Schedules per second',
      caption: 'By scenario and strategy, every check on; median and 95 % interval.',
      spec: dots(values, distinct(rows.map(({ scenario }) => scenario)), { x, width: 360 }),
    },
  ];
}
