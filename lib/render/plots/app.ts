import type { AppRow } from '../../reports/documents/bench-app';
import { confidenceOf } from '../../reports/documents/bench-figures';
import type { Sketch } from './draw';
import { decades, dots, logScale } from './marks';

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
  const x = {
    title: 'run time / that under pthread_mutex',
    scale: logScale(all, 1.1),
    axis: { format: '~r', values: decades([...all, 1]) },
  };
  const names = values.map(({ name }) => name);
  return [
    {
      name: 'app',
      title: 'The application under several locks',
      caption: 'Median of the rounds and its 95 % interval; below 1 the application is faster.',
      spec: dots(values, names, { x, width: 360 }),
    },
  ];
}
