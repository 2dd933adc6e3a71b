import { around, type CurveAxis } from './curves';
import { decades, distinct, logScale } from './marks';
import type { Spec } from './theme';

/** What several pictures have on their axes: speeds, times, ratios, threads. Ticks are whole units. */

/** A whole number and a unit, such as `10 M`. */
const UNITS = "replace(format(datum.value, '~s'), /([a-zµ])$/i, ' $1')";

/** 100 ns, 10 µs, 1 ms, 1 s. */
export const TIME_LABEL =
  "datum.value < 1e3 ? format(datum.value, '~g') + ' ns' : datum.value < 1e6 ?" +
  " format(datum.value / 1e3, '~g') + ' µs' : datum.value < 1e9 ?" +
  " format(datum.value / 1e6, '~g') + ' ms' : format(datum.value / 1e9, '~g') + ' s'";

/** `4×`, `1/4`. */
const TIMES =
  "datum.value < 1 ? '1/' + format(1 / datum.value, 'd') : format(datum.value, 'd') + '×'";

/** On each side of 1; those of many octaves are long numbers. */
const TICKS_A_SIDE = 3;
const LONG_TICKS_A_SIDE = 2;
const MANY_OCTAVES = 6;

/** A log axis over figures with their intervals. */
const decadeAxis = (title: string, values: readonly number[], labelExpr: string) => ({
  title,
  scale: logScale(values),
  axis: { labelExpr, values: decades(values) },
});

/** Counts, speeds: `10 k`. */
export const countAxis = (title: string, values: readonly number[]) =>
  decadeAxis(title, values, UNITS);

/** Nanoseconds, as `10 µs`. */
export const timeAxis = (title: string, values: readonly number[]) =>
  decadeAxis(title, values, TIME_LABEL);

/** The same for lines: of medians alone, since an interval of a noisy machine leaves no room for them. */
const curveAxis = (title: string, medians: readonly number[], labelExpr: string): CurveAxis => ({
  title,
  scale: { type: 'log', domain: around(medians, 2) },
  axis: { labelExpr, values: decades(medians) },
});

/** Counts, speeds, as the axis of lines. */
export const countCurve = (title: string, medians: readonly number[]): CurveAxis =>
  curveAxis(title, medians, UNITS);

/** Nanoseconds, as the axis of lines. */
export const timeCurve = (title: string, medians: readonly number[]): CurveAxis =>
  curveAxis(title, medians, TIME_LABEL);

/** How many times as much as something, which is 1 in the middle: powers of two. */
export function ratioAxis(title: string, values: readonly number[]): CurveAxis {
  const [least, most] = around(values, 1.3);
  const octaves = Math.max(1, Math.ceil(Math.log2(Math.max(most, 1 / least))));
  const count = octaves > MANY_OCTAVES ? LONG_TICKS_A_SIDE : TICKS_A_SIDE;
  const step = Math.ceil(octaves / count);
  const sides = Array.from({ length: count }, (_, i) => 2 ** ((i + 1) * step));
  const ticks = [...sides.map((side) => 1 / side), 1, ...sides];
  const end = 2 ** octaves;
  return {
    title,
    scale: { type: 'log', base: 2, domain: [1 / end, end] },
    axis: {
      values: ticks.filter((tick) => tick <= end && tick >= 1 / end),
      labelExpr: TIMES,
      labelFlush: false,
    },
  };
}

/** An axis whose ticks are what was measured, from the first of these to the last. */
export const measuredAxis = (
  title: string,
  measured: readonly number[],
  scale: Omit<CurveAxis['scale'], 'domain'>,
  axis: Spec = {},
): CurveAxis => ({
  title,
  scale: { ...scale, domain: [measured.at(0) ?? 1, measured.at(-1) ?? 1] },
  axis: { values: distinct(measured), grid: false, ...axis },
});

const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/** Numbers of threads. */
export const threadAxis = (threads: readonly number[]): CurveAxis =>
  measuredAxis('threads', ascending(threads), { type: 'log', base: 2 }, { format: 'd' });

/** Ids in a table. */
export const populationAxis = (populations: readonly number[]): CurveAxis =>
  measuredAxis(
    'ids in the table',
    ascending(populations),
    { type: 'log' },
    {
      ...{ labelExpr: UNITS, labelOverlap: true },
    },
  );

/**
 * Shares of writers in percent, shown as those of readers: what is left for writers decides, so that
 * 99 and 100 % of readers are far apart.
 */
export const writersAxis = (percents: readonly number[]): CurveAxis =>
  measuredAxis(
    'readers, % of acquisitions',
    ascending(percents).toReversed(),
    { type: 'symlog', constant: 1 },
    { labelExpr: "format(100 - datum.value, '~g')", labelOverlap: true },
  );
