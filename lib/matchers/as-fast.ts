import { outOfRange, show, wrongType } from '../base/errors';
import { type Comparison, compareBench, slowerThan } from '../reports/comparison/compare';
import { type BenchDocument, checkDocument } from '../reports/documents';
import { mergeReports } from '../reports/merge';
import { checkOptions } from '../run/params';

/** What {@link DmTortureMatchers.toBeAsFastAs} takes. */
export interface AsFastOptions {
  /** By which share it may be slower, from 0 up to 1. @default 0.05 */
  within?: number | undefined;
  /** Compare across machines, compilers and plans, too. @default false */
  across?: boolean | undefined;
}

/** What a comparison answers. */
export interface AsFastAnswer {
  pass: boolean;
  /** False where nothing can be said: then it fails whichever way it was asked. */
  conclusive: boolean;
  text: string;
}

const WITHIN = 0.05;
const WHAT = 'a report of `bench`, as --json writes it with --runs 5, or an array of reports';

/** One document of a report, or of several of one plan. */
function documentOf(option: string, given: unknown): BenchDocument {
  const all = Array.isArray(given) ? given : [given];
  if (all.length === 0 || all.some((one) => Object(one).kind !== 'bench')) {
    throw wrongType(option, WHAT, given);
  }
  const merged = all.length > 1 ? mergeReports(all) : all[0];
  return checkDocument(merged, option) as BenchDocument;
}

function rowsText({ rows }: Comparison): string[] {
  return rows.map(({ name, ratio, bounds, word, why }) => {
    const range = bounds ? ` [${bounds.map((end) => end.toFixed(3)).join(', ')}]` : '';
    return `  ${ratio.toFixed(3)}x${range} ${word}: ${name}${why === undefined ? '' : `; ${why}`}`;
  });
}

/** Hold a benchmark against a baseline, for a matcher. */
export function answerAsFast(
  received: unknown,
  baseline: unknown,
  options: AsFastOptions,
): AsFastAnswer {
  if (typeof options !== 'object' || options === null)
    throw wrongType('options', 'an object', options);
  checkOptions(options, ['within', 'across']);
  const { within = WITHIN, across = false } = options;
  if (typeof within !== 'number') throw wrongType('within', 'a number from 0 to 1', within);
  if (!(within >= 0 && within < 1)) throw outOfRange('within', '0 up to 1', within);
  if (typeof across !== 'boolean') throw wrongType('across', '`true` or `false`', across);
  const [now, old] = [documentOf('received', received), documentOf('baseline', baseline)];
  const comparison = compareBench(old, now, { across });
  const withheld = comparison.rows.filter(({ word }) => word === 'cannot be compared');
  const slower = slowerThan(comparison, within);
  const conclusive = comparison.rows.length > 0 && withheld.length === 0;
  const says =
    comparison.rows.length === 0
      ? 'cannot be compared: the reports have no row in common'
      : withheld.length > 0
        ? `cannot be compared: ${withheld[0]?.why ?? ''}`
        : slower.length > 0
          ? `${slower.length} of ${comparison.rows.length} rows are slower by more than ${show(within)}, for sure`
          : `no row is slower by more than ${show(within)}, for sure`;
  return {
    pass: slower.length === 0,
    conclusive,
    text: [says, '', ...rowsText(comparison), ...comparison.notes.map((note) => `  note: ${note}`)]
      .join('\n')
      .trimEnd(),
  };
}
