import type { AppRow } from '../../reports/documents/bench-app';
import { confidenceOf } from '../../reports/documents/bench-figures';
import type { Sketch } from './draw';
import { type AxisOf, decades, dots, extent, logScale } from './marks';

/** Beyond that figures are told apart on a log axis alone. */
const LINEAR_MAX = 3;

/** With ticks that a few percent can be read from, where figures are that near to each other. */
function runTimeAxis(values: readonly number[]): AxisOf {
  const title = 'run time / that under pthread_mutex';
  const [least, most] = extent(values);
  if (most / least > LINEAR_MAX) {
    return { title, scale: logScale(values, 1.1), axis: { format: '~r', values: decades(values) } };
  }
  const scale = { type: 'linear', domain: [least / 1.02, most * 1.02], zero: false, nice: false };
  return { title, scale, axis: { format: '~r', tickCount: 4 } };
}

/** Run times of an application under several locks, the fastest first. */
export function appSketches(rows: readonly AppRow[]): Sketch[] {
  const measured = rows.filter(({ leftOut, vsPthread }) => leftOut === null && vsPthread > 0);
  if (measured.length === 0) return [];
  const values = measured
    .toSorted((a, b) => a.vsPthread - b.vsPthread)
    .map((row) => {
      const { lock: name, vsPthread: value, vsPthreadCi95: ci95, windows } = row;
      const [low, high] = confidenceOf({ ci95, windows }) ?? [value, value];
      return { name, value, low, high, panel: '', family: '' };
    });
  const all = values.flatMap(({ low, high }) => [low, high]);
  const x = runTimeAxis([...all, 1]);
  const names = values.map(({ name }) => name);
  return [
    {
      name: 'app',
      title: 'The application under several locks',
      caption: 'Median of the rounds and its 95 % interval; below 1 the application is faster.',
      spec: dots(values, names, { x, width: 230 }),
    },
  ];
}
