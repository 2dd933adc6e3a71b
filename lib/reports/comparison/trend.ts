import { largest, smallest } from '../../base/bounds';
import { median } from '../../base/statistics';
import type { BenchDocument } from '../schemas';
import { figuresOf } from './figures';
import { differenceOf, machinesOf } from './places';

/** Files before the newest two that those are held against. */
const TREND_FILES = 10;

/** One row over several files. */
export interface TrendRow {
  /** What was measured. */
  name: string;
  /** Speed / that of the reference of its rounds, the median of each file, the oldest first. */
  speeds: number[];
  /** When each file began, as ISO 8601 has it; empty: its document does not say. */
  dates: string[];
  /**
   * `faster` or `slower` where the newest two files both lie outside the range of the ten before them,
   * on one side; `few`: there are not twelve.
   */
  trend: 'steady' | 'faster' | 'slower' | 'few';
}

/** How a benchmark went over several files. */
export interface Trend {
  rows: TrendRow[];
  /** Files that say nothing here, and why. */
  leftOut: string[];
}

function trendOf(speeds: readonly number[]): TrendRow['trend'] {
  if (speeds.length < TREND_FILES + 2) return 'few';
  const newest = speeds.slice(-2);
  const before = speeds.slice(-2 - TREND_FILES, -2);
  const [low, high] = [smallest(before), largest(before)];
  if (newest.every((speed) => speed > high)) return 'faster';
  return newest.every((speed) => speed < low) ? 'slower' : 'steady';
}

/**
 * What became of every row over several files, by when they were measured.
 *
 * @param names - What to call the files.
 */
export function trendOfBench(
  documents: readonly BenchDocument[],
  names: readonly string[],
  { across = false }: { across?: boolean } = {},
): Trend {
  const newest = documents.reduce<BenchDocument | undefined>((latest, one) => {
    const date = (of: BenchDocument): string => machinesOf(of).at(-1)?.date ?? '';
    return latest === undefined || date(one) > date(latest) ? one : latest;
  }, undefined);
  const leftOut: string[] = [];
  const points = documents.flatMap((document, i) => {
    const [reason] = newest ? differenceOf(document, newest).reasons : [];
    if (reason !== undefined && !across) {
      leftOut.push(`${names[i] ?? `file ${i + 1}`}: ${reason}`);
      return [];
    }
    const date = machinesOf(document)[0]?.date ?? '';
    const figures = figuresOf(document);
    return [...new Set(figures.map(({ name }) => name))].flatMap((name) => {
      const speeds = figures.flatMap((one) => (one.name === name ? (one.speed ?? []) : []));
      return speeds.length === 0 ? [] : [{ name, speed: median(speeds), date }];
    });
  });
  const inTime = points.toSorted((a, b) => (a.date < b.date ? -1 : Number(a.date > b.date)));
  const rows = [...new Set(points.map(({ name }) => name))].map((name): TrendRow => {
    const own = inTime.filter((point) => point.name === name);
    const speeds = own.map(({ speed }) => speed);
    return { name, speeds, dates: own.map(({ date }) => date), trend: trendOf(speeds) };
  });
  return { rows, leftOut };
}
