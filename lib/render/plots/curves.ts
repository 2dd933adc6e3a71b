import { placeLabels } from './labels';
import { distinct, extent, type LineValue, looks, type Scale } from './marks';
import { plotColors, type Spec } from './theme';

/** An axis, with its ticks. */
export interface CurveAxis {
  title: string;
  scale: Scale;
  axis: Spec;
}

/** A panel of lines. */
export interface Curves {
  values: readonly LineValue[];
  /** Those that have a color and a name at their end; the others are thin and grey behind them. */
  named: readonly string[];
  x: CurveAxis;
  y: CurveAxis;
  /** A bar for the interval at each point in the place of a band. */
  bars?: boolean;
  marks?: readonly Spec[];
}

/** A panel with its axis and its names fits on a phone unscaled. */
const WIDTH = 184;
const HEIGHT = 180;
const LABEL_STEP = 13;
/** From the end of the lines to the names. */
const LEADER = 14;
const NAME_MAX = 16;

/** How far along its axis a value stands: 0 to 1. */
export function placeOf({ type, constant = 1, domain }: Scale, value: number): number {
  const by = (one: number): number =>
    type === 'log' ? Math.log(one) : Math.sign(one) * Math.log1p(Math.abs(one) / constant);
  const [first, last] = domain.map(by) as [number, number];
  return (by(value) - first) / (last - first);
}

/** A long path by its file, and that by its end. */
function shortName(name: string): string {
  const file = name.slice(name.lastIndexOf('/') + 1) || name;
  return file.length > NAME_MAX ? `…${file.slice(1 - NAME_MAX)}` : file;
}

/** The last point of each line that is named, and where its name stands. */
function endsOf({ values, named, x, y }: Curves): Spec[] {
  const last = named.flatMap((series) => {
    const own = values.filter((value) => value.series === series);
    const end = own.toSorted((a, b) => placeOf(x.scale, a.x) - placeOf(x.scale, b.x)).at(-1);
    return end ? [end] : [];
  });
  const heights = last.map((end) => HEIGHT * (1 - placeOf(y.scale, end.y)));
  const places = placeLabels(heights, LABEL_STEP, HEIGHT);
  return last.map((end, i) => ({
    series: end.series,
    name: shortName(end.series),
    fromX: WIDTH * placeOf(x.scale, end.x),
    fromY: heights[i],
    toX: WIDTH + LEADER - 3,
    toY: places[i],
  }));
}

const pixels = (field: string): Spec => ({ field, type: 'quantitative', scale: null });

/** Names at the ends of lines, each with a thin line to where it belongs. */
function labelLayers(curves: Curves, color: Spec): Spec[] {
  const data = { values: endsOf(curves) };
  const series = { field: 'series', type: 'nominal', scale: color, legend: null };
  return [
    {
      data,
      mark: { type: 'rule', strokeWidth: 0.8 },
      encoding: {
        x: pixels('fromX'),
        y: pixels('fromY'),
        x2: { field: 'toX' },
        y2: { field: 'toY' },
        color: series,
      },
    },
    {
      data,
      // In the color of text: not every line's color can be read on paper.
      mark: { type: 'text', align: 'left', dx: 5, fontSize: 11, color: plotColors.ink },
      encoding: {
        x: pixels('toX'),
        y: pixels('toY'),
        text: { field: 'name', type: 'nominal' },
      },
    },
  ];
}

/** Lines named at their ends, the others grey behind them, on scales that panels share. */
export function curves(of: Curves): Spec {
  const { values, named, x, y, bars = false, marks = [] } = of;
  const { color, shape } = looks(named);
  const [least, most] = y.scale.domain;
  const within = (value: number): number => Math.min(most, Math.max(least, value));
  const front = values
    .filter(({ series }) => named.includes(series))
    .map((value) => ({ ...value, low: within(value.low), high: within(value.high) }));
  const behind = values.filter(({ series }) => !named.includes(series));
  const series = { field: 'series', type: 'nominal', scale: color, legend: null };
  const axes = {
    x: { field: 'x', type: 'quantitative', ...x },
    y: { field: 'y', type: 'quantitative', ...y },
  };
  const ends = { x: axes.x, y: { ...axes.y, field: 'low' }, y2: { field: 'high' }, color: series };
  const interval = bars
    ? { mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.6 }, encoding: ends }
    : { mark: { type: 'area', opacity: 0.13, line: false }, encoding: ends };
  const layer = [
    ...marks,
    {
      data: { values: behind },
      mark: { type: 'line', color: plotColors.line, strokeWidth: 1 },
      encoding: { ...axes, detail: { field: 'series', type: 'nominal' } },
    },
    interval,
    { mark: { type: 'line' }, encoding: { ...axes, color: series } },
    {
      mark: { type: 'point' },
      encoding: { ...axes, color: series, shape: { ...series, scale: shape } },
    },
    ...labelLayers(of, color),
  ];
  return { data: { values: front }, width: WIDTH, height: HEIGHT, layer };
}

/** A domain that has all of the values, and room at both ends. */
export function around(values: readonly number[], factor: number): [number, number] {
  const known = distinct(values.filter((value) => value > 0));
  const [least, most] = extent(known);
  return [least / factor, most * factor];
}
