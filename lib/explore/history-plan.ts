import { DmTortureError, incompatible, outOfRange, wrongType } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import { didYouMean } from '../base/suggest';
import type { historyPlan } from '../reports/documents/history';
import { checkOptions, checkSignal } from '../run/params';
import type { HistoryRow, PatternSlug } from '../tables/history-rows';
import { type PatchNo, type PatchRow, type PatchSlug, tables } from '../tables/tables';

/** What {@link history} takes. */
export interface HistoryOptions {
  /** One bug alone: the number or the short name of its patch. @default all of them */
  row?: PatchNo | PatchSlug | undefined;
  /** The bugs of one pattern. @default all of them */
  pattern?: PatternSlug | undefined;
  /** Ends it; its report is then partial. */
  signal?: AbortSignal | undefined;
}

/** Every parameter of a history, as reports show it. */
export type HistoryPlanReport = OutputOf<typeof historyPlan>;

/** A bug, and its patch. */
export interface Listed {
  bug: HistoryRow;
  patch: PatchRow;
}

/** A checked plan, ready to run. */
export interface HistoryPlan {
  report: HistoryPlanReport;
  rows: Listed[];
  signal: AbortSignal | undefined;
}

const OPTIONS = ['row', 'pattern', 'signal'];

const everyBug: readonly Listed[] = tables.history.flatMap((bug) => {
  const patch = tables.patches.find(({ no }) => no === bug.no);
  return patch ? [{ bug, patch }] : [];
});

/** The names of patterns. */
export const patternSlugs: readonly PatternSlug[] = tables.patterns.map(({ slug }) => slug);

/** What names a bug: numbers and short names of patches, in the order of the page. */
export const bugNames: readonly string[] = everyBug.flatMap(({ patch }) => [patch.no, patch.slug]);

function readRow(given: unknown): Listed | undefined {
  if (given === undefined) return undefined;
  const what = 'the number or the name of a row of `dmtorture list patches`';
  if (typeof given !== 'string') throw wrongType('row', what, given);
  const found = everyBug.find(({ patch: { no, slug } }) => given === no || given === slug);
  if (!found) throw outOfRange('row', what, given, didYouMean(given, bugNames));
  return found;
}

function readPattern(given: unknown): PatternSlug | undefined {
  if (given === undefined) return undefined;
  const what = patternSlugs.map((slug) => `\`${slug}\``).join(', ');
  if (typeof given !== 'string') throw wrongType('pattern', what, given);
  const found = patternSlugs.find((slug) => slug === given);
  if (!found) throw outOfRange('pattern', what, given, didYouMean(given, patternSlugs));
  return found;
}

/**
 * Check what {@link history} was given.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_INCOMPATIBLE_OPTIONS
 */
export function makeHistoryPlan(options: HistoryOptions = {}): HistoryPlan {
  checkOptions(options, OPTIONS);
  checkSignal(options.signal);
  const row = readRow(options.row);
  const pattern = readPattern(options.pattern);
  if (row && pattern) {
    throw incompatible('pattern', '`row` is one bug: give either `row` or `pattern`, not both');
  }
  return {
    report: { seed: 0, row: row?.patch.no ?? null, pattern: pattern ?? null },
    rows: row ? [row] : everyBug.filter(({ bug }) => !pattern || bug.pattern === pattern),
    signal: options.signal,
  };
}

/** Whether an exploration cannot be done here, so that there is the text alone. */
export const isMissing = (error: unknown): boolean =>
  error instanceof DmTortureError && error.code === 'ERR_NATIVE_MISSING';
