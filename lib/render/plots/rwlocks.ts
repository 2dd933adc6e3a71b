import { boundsOf } from '../../reports/documents/bench-figures';
import type { RwlockRow } from '../../reports/documents/bench-rows';
import { countCurve, ratioAxis, writersAxis } from './axes';
import type { Sketch } from './draw';
import { cellText, MEDIAN, SPEED, threadsText, workText } from './locks';
import { distinct, dots, groupBy } from './marks';
import { curvePanels, familiesBy } from './panels';

/** Pictures of reader-writer locks: the share of readers is the axis. */

const boundsOfOps = (row: RwlockRow): { low: number; high: number } =>
  boundsOf(row, row.opsPerSecond);

/** Throughput against the share of readers, a panel for each number of threads and their work. */
function shareSketch(rows: readonly RwlockRow[]): Sketch[] {
  const telling = [...groupBy(rows, cellText).values()]
    .filter((cell) => distinct(cell.map(({ readPercent }) => readPercent)).length > 1)
    .flat()
    .toSorted((a, b) => a.readPercent - b.readPercent);
  if (telling.length === 0) return [];
  const values = telling.map((row) => ({
    series: row.lock,
    x: 100 - row.readPercent,
    y: row.opsPerSecond,
    ...boundsOfOps(row),
    panel: `${threadsText(row.threads)}\n${workText(row)}`,
  }));
  const locks = distinct(telling.map(({ lock }) => lock));
  return [
    {
      name: 'throughput-vs-readers',
      title: 'Throughput against the share of readers',
      caption: 'Reads and writes of all threads together; the band is the 95 % interval.',
      spec: curvePanels(values, {
        x: writersAxis(values.map(({ x }) => x)),
        y: countCurve(
          SPEED,
          values.map(({ y }) => y),
        ),
        families: familiesBy(locks, () => '', ['']),
      }),
    },
  ];
}

/** How many times as fast as the system's, which is 1. */
function ratioSketch(rows: readonly RwlockRow[]): Sketch[] {
  const values = rows.flatMap((row) =>
    row.vsRwlock
      ? [
          {
            name: row.lock,
            value: row.vsRwlock,
            ...boundsOf({ ci95: row.vsRwlockCi95, windows: row.windows }, row.vsRwlock),
            panel: `${threadsText(row.threads)}, ${row.readPercent} % readers\n${workText(row)}`,
            family: '',
          },
        ]
      : [],
  );
  if (values.length === 0) return [];
  const x = ratioAxis(
    'times pthread_rwlock',
    values.flatMap(({ low, high }) => [low, high]),
  );
  return [
    {
      name: 'rwlocks-ratio',
      title: 'Reader-writer locks beside that of the system',
      caption: `${MEDIAN}; the ratio is taken round by round, and pthread_rwlock is 1.`,
      spec: dots(values, distinct(values.map(({ name }) => name)), { x, width: 150, across: 4 }),
    },
  ];
}

export function rwlockSketches(rows: readonly RwlockRow[]): Sketch[] {
  return [...shareSketch(rows), ...ratioSketch(rows)];
}
