import { largest, smallest } from '../../base/bounds';
import type { BenchDocument } from '../schemas';
import { figuresOf } from './figures';
import { differenceOf, machinesOf } from './places';

/** Runs before the newest two that they are held against. */
export const TREND_RUNS = 10;

/** One row over several files. */
export interface TrendRow {
  /** What was measured. */
  name: string;
  /** Speed / that of the reference of its rounds, a run each, the oldest first. */
  speeds: number[];
  /** When each run began, as ISO 8601 has it; empty: its document does not say. */
  dates: string[];
  /**
   * `faster` or `slower` where the newest two runs both lie outside the range of the ten before them,
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
  if (speeds.length < TREND_RUNS + 2) return 'few';
  const newest = speeds.slice(-2);
  const before = speeds.slice(-2 - TREND_RUNS, -2);
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
    const machines = machinesOf(document);
    return figuresOf(document).flatMap(({ name, run, speed }) =>
      speed === null ? [] : [{ name, speed, date: machines[run]?.date ?? '' }],
    );
  });
  const inTime = points.toSorted((a, b) => (a.date < b.date ? -1 : Number(a.date > b.date)));
  const rows = [...new Set(points.map(({ name }) => name))].map((name): TrendRow => {
    const own = inTime.filter((point) => point.name === name);
    const speeds = own.map(({ speed }) => speed);
    return { name, speeds, dates: own.map(({ date }) => date), trend: trendOf(speeds) };
  });
  return { rows, leftOut };
}
