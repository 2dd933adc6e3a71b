import { timeAxis } from './axes';
import type { Sketch } from './draw';
import { extent, lines } from './marks';
import { PERCENT_LABEL } from './waits';

/** Latencies of an operation: a point a percentile p, as `1 / (1 - p)`. */
export interface LatencyCurve {
  op: string;
  points: { nines: number; ns: number }[];
}

/** Marks on a curve, that set it apart from others in print. */
const MARKS = 8;

const PERCENTS = [2, 10, 100, 1e3, 1e4, 1e5, 1e6];

/** Latency by percentile, a line an operation. `label`: what it was measured under. */
export function latencySketches(curves: readonly LatencyCurve[], label = ''): Sketch[] {
  const values = curves.flatMap(({ op, points }) =>
    points
      .filter(({ ns }) => ns > 0)
      .map(({ nines, ns }, i) => ({
        series: op,
        x: nines,
        y: ns,
        low: ns,
        high: ns,
        panel: '',
        bare: i % Math.ceil(points.length / MARKS) !== 0,
      })),
  );
  if (values.length === 0) return [];
  const [least, most] = extent(values.map(({ x }) => x));
  const x = {
    title: 'percentile',
    scale: { type: 'log', domain: [Math.min(2, least), most], nice: false },
    axis: { values: PERCENTS, labelExpr: PERCENT_LABEL, grid: false },
  };
  const y = timeAxis(
    'time',
    values.map(({ y: ns }) => ns),
  );
  const names = curves.map(({ op }) => op);
  return [
    {
      name: 'latency',
      title: 'Latency of each operation by percentile',
      caption:
        `Of one thread among all that ran, its operation included; both axes logarithmic. ${label}`.trim(),
      spec: lines(values, names, { x, y, width: 520, height: 300 }),
    },
  ];
}
