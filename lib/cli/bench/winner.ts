import type { Confidence, Interval } from '../../bench/rows';
import { comparePaired } from '../../reports/comparison/words';
import { limits } from '../../tables/tables.gen';
import { formatCount } from '../terminal/format';
import type { Terminal } from '../terminal/terminal';
import { digits, span } from './cells';

/** A figure that competes with others. */
interface Entrant {
  name: string;
  figure: number;
  ci95: Confidence;
  /** The figure of each window, in the order of the rounds that all of them ran in. */
  windows: readonly number[];
}

/** What the figures are, and how many verdicts the report gives in all. */
interface Contest {
  more: 'higher' | 'lower';
  unit: string;
  verdicts: number;
}

/** How many verdicts `fastest` gives of `rows`: in each cell one of each that is not the best. */
export const verdictsOf = <Row>(rows: readonly Row[], cellName: (row: Row) => string): number =>
  rows.length - new Set(rows.map(cellName)).size;

/** Whether all competitors have an interval; without one none of them can be told apart. */
const isTold = (entrant: Entrant): entrant is Entrant & { ci95: Interval } => entrant.ci95 !== null;

/**
 * `fastest  tas 67.5M [64.6M - 69.9M] ops/s`, and those that it is not told apart from in this run:
 * round by round it has to be faster by 2 %, with a probability that all verdicts of the report share.
 * With too few windows nobody is called the fastest.
 */
export function winnerLine(
  entrants: readonly Entrant[],
  { more, unit, verdicts }: Contest,
  { out }: Terminal,
): string {
  const sign = more === 'higher' ? 1 : -1;
  if (!entrants.every(isTold)) {
    return `fastest  not said: fewer than ${limits.windowsMin} windows have no interval\n`;
  }
  const sorted = [...entrants].sort((a, b) => sign * (b.figure - a.figure));
  const [best, ...others] = sorted;
  if (!best || others.length === 0) return '';
  const isNear = ({ windows }: (typeof sorted)[number]): boolean => {
    const [ours, theirs] = more === 'higher' ? [best.windows, windows] : [windows, best.windows];
    return comparePaired(ours, theirs, verdicts).word !== 'faster';
  };
  const near = others.filter(isNear).map(({ name }) => name);
  const tie = near.length > 0 ? `; not told apart from ${near.join(', ')}` : '';
  const say = more === 'higher' ? formatCount : digits;
  const figure = `${say(best.figure)} [${span(best.ci95, say)}] ${unit}`;
  return `fastest  ${out.green(best.name)} ${figure}${tie}\n`;
}
