import type { OutputOf } from '../base/output-of';
import { exactly } from '../base/text';
import type { historyEntry, historyPattern, historyResult } from '../reports/documents/history';
import { describeHead, type ReportHead } from '../reports/head';
import { matrixEvidence } from '../reports/history-matrix-tables';
import type { HistoryRow } from '../tables/history-rows';
import { type PatchSet, patches } from '../tables/patches';
import { type PatchNo, tables } from '../tables/tables';
import { explore } from './explore';
import { cellsIn, fillHistoryMatrix, type HistoryMatrix } from './history-matrix';
import {
  type HistoryOptions,
  type HistoryPlan,
  type HistoryPlanReport,
  isMissing,
  type Listed,
  makeHistoryPlan,
} from './history-plan';
import type { ExploredFault, ExploreReport } from './report';

/** One bug of twenty years, and the fault that shows it. */
export type HistoryEntry = OutputOf<typeof historyEntry>;
/** What several bugs have in common. */
export type HistoryPattern = OutputOf<typeof historyPattern>;

/** The report of {@link history}. */
export interface HistoryReport extends ReportHead<'history'>, OutputOf<typeof historyResult> {
  /** Every parameter. */
  plan: HistoryPlanReport;
}

/** What both sets of a bug came to; undefined: nothing could be run. */
interface Seen {
  shown: ExploreReport;
  cured: ExploreReport;
}

const setOf = (numbers: readonly PatchNo[]): PatchSet => {
  const none = patches.parse('none');
  return numbers.length === 0 ? none : none.with(numbers.join(','));
};

/** The month that comes `months` after another. */
function monthAfter(from: string, months: number): string {
  if (from === '' || months === 0) return '';
  const [year = 0, month = 1] = from.split('-').map(Number);
  const count = year * 12 + month - 1 + months;
  return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, '0')}`;
}

function releaseText({ first, last }: HistoryRow): string {
  if (last === '') return first;
  if (first === '') return `up to ${last}`;
  return first === last ? first : `${first} to ${last}`;
}

/** Of several kinds that which takes the fewest preemptions, and that a row is known to prevent. */
function plainest(faults: readonly ExploredFault[]): ExploredFault | undefined {
  const byChance = [...faults].sort((a, b) => a.preemptions - b.preemptions);
  const fewest = byChance.filter(({ preemptions }) => preemptions === byChance[0]?.preemptions);
  return fewest.find(({ preventedBy }) => preventedBy.length > 0) ?? fewest[0];
}

const hold = ({ shown, cured }: Seen): boolean =>
  shown.faults.length > 0 && cured.faults.length === 0 && shown.exhaustive && cured.exhaustive;

function describe({ bug, patch }: Listed, seen: Seen | undefined): HistoryEntry {
  const { from, months, shown, cured, no, title, says, pattern, evidence, scenario } = bug;
  const { commit, ended } = bug;
  const fault = seen && plainest(seen.shown.faults);
  return {
    no,
    slug: patch.slug,
    title,
    says,
    pattern,
    kind: patch.kind,
    from,
    to: monthAfter(from, months),
    months,
    release: releaseText(bug),
    commit,
    ended,
    evidence,
    scenario,
    shown: setOf(shown).toJSON(),
    cured: setOf(cured).toJSON(),
    fault: fault?.kind ?? null,
    faults: seen?.shown.faults.map(({ kind }) => kind) ?? [],
    how: fault?.how ?? null,
    preemptions: fault?.preemptions ?? null,
    ticket: fault?.ticket ?? null,
    holds: seen ? hold(seen) : null,
  };
}

async function look({ bug }: Listed, signal: AbortSignal | undefined): Promise<Seen> {
  const run = (numbers: readonly PatchNo[]): Promise<ExploreReport> =>
    explore(bug.scenario, { patches: setOf(numbers), allFaults: true, signal });
  return { shown: await run(bug.shown), cured: await run(bug.cured) };
}

/** What was seen of a bug; undefined: the explorer is not here, or it was stopped. */
async function tryLook(one: Listed, signal: AbortSignal | undefined): Promise<Seen | undefined> {
  try {
    const seen = await look(one, signal);
    return signal?.aborted ? undefined : seen;
  } catch (error) {
    if (isMissing(error) || signal?.aborted) return undefined;
    throw error;
  }
}

/** The matrix that was asked for; null: none was, or the explorer is not here. */
async function tryMatrix({
  races,
  report,
  signal,
  onProgress,
}: HistoryPlan): Promise<HistoryMatrix | null> {
  const { matrix: scope } = report;
  if (scope === null || signal?.aborted) return null;
  const all = cellsIn(scope, races);
  try {
    return await fillHistoryMatrix(scope, races, {
      signal,
      onDone: (done) => onProgress({ done, all }),
    });
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function evidenceText(rows: readonly HistoryEntry[]): string {
  const looked = rows.filter(({ holds }) => holds !== null).length;
  const held = rows.filter(({ holds }) => holds).length;
  const left = looked < rows.length ? `; ${rows.length - looked} were not looked at` : '';
  return (
    `${held} of ${exactly(rows.length, 'bug')} seen, and gone under the patches that cure it, ` +
    `with every interleaving run in a model of dm${left}`
  );
}

function makeReport(
  plan: HistoryPlan,
  rows: HistoryEntry[],
  matrix: HistoryMatrix | null,
  durationMs: number,
): HistoryReport {
  const { matrix: scope } = plan.report;
  const looked = rows.every(({ holds }) => holds !== null);
  const complete = looked && (scope === null || matrix?.limit === null);
  const disagreed = (matrix?.disagreements.length ?? 0) > 0;
  const wrong = disagreed || rows.some(({ holds }) => holds === false);
  const named = new Set(rows.map(({ pattern }) => pattern));
  return {
    ...describeHead('history', wrong ? 'fault' : complete ? 'clean' : 'unfinished', complete),
    plan: plan.report,
    durationMs,
    evidence: [evidenceText(rows), ...(matrix ? [matrixEvidence(matrix)] : [])].join('; '),
    patterns: tables.patterns.filter(({ slug }) => named.has(slug)).map((row) => ({ ...row })),
    rows,
    matrix,
  };
}

/**
 * Lifetime bugs of the device mapper from 2004 to 2026: when each came, how long it lived, what ended
 * it, and the fault that shows it, found by running every interleaving of its scenario in a model of
 * that kernel. Each is looked for again under the set that cures it.
 *
 * @returns A promise of the report: a row for each bug, by pattern, then by date. `verdict` is `clean`
 *   where each was seen and each is cured. Where the explorer is not installed, rows have no fault.
 *   It rejects where an argument is wrong (DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE,
 *   ERR_INCOMPATIBLE_OPTIONS), or with `signal.reason` where `signal` was aborted before the start.
 * @example
 * const { rows } = await history({ pattern: 'late-reference' });
 * for (const { release, title, ticket } of rows) console.log(release, title, ticket);
 */
export async function history(options: HistoryOptions = {}): Promise<HistoryReport> {
  const plan = makeHistoryPlan(options);
  plan.signal?.throwIfAborted();
  const startMs = performance.now();
  const rows: HistoryEntry[] = [];
  for (const one of plan.rows) rows.push(describe(one, await tryLook(one, plan.signal)));
  const matrix = await tryMatrix(plan);
  return makeReport(plan, rows, matrix, performance.now() - startMs);
}
