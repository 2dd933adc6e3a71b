import { DmTortureError, incompatible, outOfRange, wrongType } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import { didYouMean } from '../base/suggest';
import type { Race } from '../programs/race';
import { everyScenario, type TargetText } from '../programs/scenarios';
import { toTarget } from '../programs/target';
import type { historyPlan } from '../reports/documents/history';
import { checkOptions, checkSignal } from '../run/params';
import type { HistoryRow, PatternSlug } from '../tables/history-rows';
import { type PatchNo, type PatchRow, type PatchSlug, tables } from '../tables/tables';
import type { HistoryMatrixScope } from './history-matrix';

/** What {@link history} takes. */
export interface HistoryOptions {
  /** One bug alone: the number or the short name of its patch. @default all of them */
  row?: PatchNo | PatchSlug | undefined;
  /** The bugs of one pattern. @default all of them */
  pattern?: PatternSlug | undefined;
  /**
   * With a matrix of sets of patches and scenarios, each cell explored and held against the formulas of
   * its scenario: `sets` has the named sets, `rows` each of them also with one of its rows changed. It is
   * of all bugs. @default none
   */
  matrix?: HistoryMatrixScope | undefined;
  /** What the matrix has: names, races, or texts of programs. @default every scenario of both lists */
  scenarios?: readonly (TargetText | Race)[] | undefined;
  /** Ends it; its report is then partial. */
  signal?: AbortSignal | undefined;
  /** Called now and then, while there is a matrix to fill. */
  onProgress?: ((progress: HistoryProgress) => void) | undefined;
}

/** How the matrix of a history goes, in cells. */
export interface HistoryProgress {
  /** Cells that are explored. */
  done: number;
  /** Cells that are to be. */
  all: number;
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
  races: readonly Race[];
  onProgress: NonNullable<HistoryOptions['onProgress']>;
  signal: AbortSignal | undefined;
}

const OPTIONS = ['row', 'pattern', 'matrix', 'scenarios', 'signal', 'onProgress'];
const SCOPES: readonly HistoryMatrixScope[] = ['sets', 'rows'];

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

function readMatrix(given: unknown): HistoryMatrixScope | undefined {
  if (given === undefined) return undefined;
  const what = SCOPES.map((scope) => `\`${scope}\``).join(', ');
  if (typeof given !== 'string') throw wrongType('matrix', what, given);
  const found = SCOPES.find((scope) => scope === given);
  if (!found) throw outOfRange('matrix', what, given, didYouMean(given, SCOPES));
  return found;
}

function readScenarios(given: unknown): readonly Race[] {
  if (given === undefined) return everyScenario;
  if (!Array.isArray(given)) throw wrongType('scenarios', 'an array of scenarios', given);
  if (given.length === 0) throw outOfRange('scenarios', 'at least one scenario', 'none');
  return given.map((one: unknown) => toTarget(one, '; options stand beside `scenarios`'));
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
  const matrix = readMatrix(options.matrix);
  const races = readScenarios(options.scenarios);
  if (options.scenarios !== undefined && !matrix) {
    throw incompatible('scenarios', '`scenarios` are those of the matrix: give `matrix` as well');
  }
  const { onProgress = () => {} } = options;
  if (typeof onProgress !== 'function') throw wrongType('onProgress', 'a function', onProgress);
  if (matrix && (row || pattern)) {
    throw incompatible('matrix', '`matrix` is of all bugs: leave `row` and `pattern` out');
  }
  if (row && pattern) {
    throw incompatible('pattern', '`row` is one bug: give either `row` or `pattern`, not both');
  }
  return {
    report: {
      seed: 0,
      row: row?.patch.no ?? null,
      pattern: pattern ?? null,
      matrix: matrix ?? null,
      scenarios: matrix ? races.map(({ name }) => name) : null,
    },
    rows: row ? [row] : everyBug.filter(({ bug }) => !pattern || bug.pattern === pattern),
    races,
    onProgress,
    signal: options.signal,
  };
}

/** Whether an exploration cannot be done here, so that there is the text alone. */
export const isMissing = (error: unknown): boolean =>
  error instanceof DmTortureError && error.code === 'ERR_NATIVE_MISSING';
