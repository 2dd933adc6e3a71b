import { DASHES, plotColors, SHAPES, type Spec } from './theme';

/** A point of a line, with the interval that it lies in. */
export interface LineValue {
  series: string;
  x: number;
  y: number;
  low: number;
  high: number;
  /** Which panel, where there are several side by side. */
  panel: string;
  /** Without a mark of its own: of a curve a few are enough. */
  bare?: boolean;
}

/** One measured figure with its interval. */
export interface DotValue {
  name: string;
  value: number;
  low: number;
  high: number;
  panel: string;
  /** Decides the color. */
  family: string;
}

/** An axis of which we know where each value stands. */
export interface Scale {
  type: 'log' | 'symlog';
  base?: number;
  /** Of a symlog scale: below it the scale is nearly linear. */
  constant?: number;
  domain: readonly [number, number];
}

export interface AxisOf {
  title: string;
  scale?: Spec | Scale;
  axis?: Spec;
}

/** The axes of a panel, and its size in pixels. */
export interface Frame {
  x: AxisOf;
  y: AxisOf;
  width?: number;
  height?: number;
  /** Panels in a row; 0: all. */
  across?: number;
}

/** Each once, in the order of their first coming. */
export const distinct = <Value>(values: readonly Value[]): Value[] => [...new Set(values)];

/** Values by what `keyOf` says of each. */
export function groupBy<Key, Value>(
  values: readonly Value[],
  keyOf: (value: Value) => Key,
): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

/** The smallest and the largest. Of many: an argument each would be too many. */
export function extent(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

/** A logarithmic scale over whole values, with room at both ends. */
export function logScale(values: readonly number[], factor = 1.3): Spec {
  const [least, most] = extent(values.filter((value) => value > 0));
  return { type: 'log', domain: [least / factor, most * factor], nice: false };
}

/** Powers of ten within a range, else vega labels every one of 2..9 as well. */
export function decades(values: readonly number[]): number[] {
  const [least, most] = extent(values.filter((value) => value > 0));
  const [first, last] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const exponents = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const steps = last - first > 2 ? [1] : last - first > 1 ? [1, 3] : [1, 2, 5];
  return exponents.flatMap((exponent) => steps.map((step) => step * 10 ** exponent));
}

const at = <Value>(values: readonly Value[], i: number): Value =>
  values[i % values.length] as Value;

/** Colors, dashes and shapes that tell series apart, also in print and to the color-blind. */
export function looks(names: readonly string[]): { color: Spec; dash: Spec; shape: Spec } {
  const scale = <Value>(look: (i: number) => Value): Spec => ({
    domain: names,
    range: names.map((_, i) => look(i)),
  });
  return {
    color: scale((i) => at(plotColors.series, i)),
    dash: scale((i) => at(DASHES, Math.floor(i / plotColors.series.length))),
    shape: scale((i) => at(SHAPES, i)),
  };
}

const HEADER = {
  title: null,
  labelAnchor: 'start',
  labelPadding: 6,
  labelExpr: "split(datum.label, '\\n')",
};

/** A panel for each `panel` of the values, side by side, or in rows of `across`; or one alone. */
export function panels(values: readonly { panel: string }[], inner: Spec, across = 0): Spec {
  const names = distinct(values.map(({ panel }) => panel));
  const data = { values };
  if (names.length < 2 && names[0] === '') return { data, ...inner };
  const column = { field: 'panel', type: 'nominal', sort: names, header: HEADER };
  if (across > 0) return { data, facet: column, columns: across, spec: inner };
  return { data, facet: { column }, spec: inner };
}

/** Where the CPUs end: beyond it there are more threads than can run. */
export function cpuMark(cpus: number): Spec[] {
  const x = { datum: cpus };
  const words = `${cpus} CPU${cpus === 1 ? '' : 's'}`;
  // Once, and not for each of the values that the lines have.
  const data = { values: [{}] };
  return [
    {
      data,
      mark: { type: 'rule', color: plotColors.quiet, strokeDash: [3, 3], strokeWidth: 1 },
      encoding: { x },
    },
    {
      data,
      mark: {
        type: 'text',
        text: words,
        color: plotColors.quiet,
        align: 'right',
        baseline: 'top',
        dx: -4,
        fontSize: 10,
      },
      encoding: { x, y: { value: 0 } },
    },
  ];
}

/** A line a series, with a band for the interval and a mark at every measured point. */
export function lines(
  values: readonly LineValue[],
  names: readonly string[],
  { x, y, width = 260, height = 200, across = 0 }: Frame,
  marks: readonly Spec[] = [],
): Spec {
  const { color, dash, shape } = looks(names);
  const series = { field: 'series', type: 'nominal' };
  const legend = { title: null };
  // Panels are drawn one by one, and share their scales.
  const domain = extent(values.map((value) => value.x));
  const axes = {
    x: { field: 'x', type: 'quantitative', ...x, scale: { domain, nice: false, ...x.scale } },
    y: { field: 'y', type: 'quantitative', ...y },
  };
  const layer = [
    ...marks,
    {
      mark: { type: 'area', opacity: 0.13, line: false },
      encoding: {
        x: axes.x,
        y: { ...axes.y, field: 'low' },
        y2: { field: 'high' },
        color: { ...series, scale: color, legend },
      },
    },
    {
      mark: { type: 'line' },
      encoding: {
        ...axes,
        color: { ...series, scale: color, legend },
        strokeDash: { ...series, scale: dash, legend },
      },
    },
    {
      transform: [{ filter: '!datum.bare' }],
      mark: { type: 'point' },
      encoding: {
        ...axes,
        color: { ...series, scale: color, legend },
        shape: { ...series, scale: shape, legend },
      },
    },
  ];
  return panels(values, { width, height, layer }, across);
}

/** A row a name, a dot for the figure, a line for its interval. */
export function dots(
  values: readonly DotValue[],
  names: readonly string[],
  { x, width = 220, across = 0 }: { x: AxisOf; width?: number; across?: number },
): Spec {
  const families = distinct(values.map(({ family }) => family));
  const y = {
    field: 'name',
    type: 'nominal',
    sort: names,
    axis: { title: null, grid: true, ticks: false, domain: false, labelLimit: 320 },
  };
  const color = {
    field: 'family',
    type: 'nominal',
    scale: { domain: families, range: families.map((_, i) => at(plotColors.series, i)) },
    legend: families.length > 1 ? { title: null, orient: 'top', columns: 2 } : null,
  };
  const value = { field: 'value', type: 'quantitative', ...x };
  const layer = [
    {
      mark: { type: 'rule', strokeWidth: 2, opacity: 0.55 },
      encoding: { x: { ...value, field: 'low' }, x2: { field: 'high' }, y, color },
    },
    { mark: { type: 'point' }, encoding: { x: value, y, color } },
  ];
  return panels(values, { width, height: { step: 17 }, layer }, across);
}

/** Median and quartiles of what windows measured. */
export function quartiles(windows: readonly number[]): [low: number, high: number] | undefined {
  if (windows.length < 4) return undefined;
  const sorted = windows.toSorted((a, b) => a - b);
  const pick = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return [pick(0.25), pick(0.75)];
}
