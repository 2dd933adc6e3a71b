import type { OutputOf } from '../../base/output-of';
import { exactly } from '../../base/text';
import type { bisectCell, bisectResult } from '../../reports/documents/bisect';
import { describeHead, type ReportHead } from '../../reports/head';
import type { SetName } from '../../tables/history-rows';
import { worstLimit } from '../../tables/limit';
import { MEMORY_DEFAULT, memoryCalled } from '../../tables/memory';
import { patches } from '../../tables/patches';
import type { PatchNo } from '../../tables/tables';
import type { ExploredFault } from '../report';
import { type Look, Looker } from './look';
import { type BisectOptions, type BisectPlan, type BisectPlanReport, makeBisectPlan } from './plan';
import { type BisectChange, findRows, type IsWanted, type Neighbour } from './rows';

/** One kernel of a bisection. */
export type BisectCell = OutputOf<typeof bisectCell>;

/** The report of {@link bisect}. */
export interface BisectReport extends ReportHead<'bisect'>, OutputOf<typeof bisectResult> {
  /** Every parameter. */
  plan: BisectPlanReport;
}

/** A kernel, with whether it has the fault; null: not known. */
interface Seen extends Neighbour {
  found: boolean | null;
  sameAs: SetName | null;
}

function foundIn({ kinds, exhaustive }: Look, isWanted: IsWanted): boolean | null {
  if (kinds.some(isWanted)) return true;
  return exhaustive ? false : null;
}

async function lookAtAll(
  { kernels }: BisectPlan,
  isWanted: IsWanted,
  looker: Looker,
): Promise<Seen[]> {
  const seen: Seen[] = [];
  const sets = kernels.map(({ name }) => ({ name, patches: patches.parse(name) }));
  looker.expect(new Set(sets.map((set) => set.patches.mask)).size);
  for (const set of sets) {
    const same = seen.find((one) => one.patches.equals(set.patches));
    const look = await looker.look(set.patches);
    seen.push({ ...set, look, found: foundIn(look, isWanted), sameAs: same?.name ?? null });
  }
  return seen;
}

/** The places of the answer among kernels; -1: there is none. */
function turningPoints(seen: readonly Seen[]): { first: number; end: number; again: number } {
  const first = seen.findIndex(({ found }) => found === true);
  const end = seen.findIndex(({ found }, i) => first >= 0 && i > first && found === false);
  const again = seen.findIndex(({ found }, i) => end >= 0 && i > end && found === true);
  return { first, end, again };
}

/** The rows between a kernel and the one before it, where that one is known not to be like it. */
async function changeAt(
  seen: readonly Seen[],
  at: number,
  isWanted: IsWanted,
  looker: Looker,
): Promise<BisectChange | null> {
  const [older, newer] = [seen[at - 1], seen[at]];
  if (!older || !newer || newer.found === null || older.found !== !newer.found) return null;
  return findRows([older, newer], newer.found, isWanted, looker);
}

/** Of what the first kernel has: the kind that lives longest, then the simplest schedule. */
function typical(
  faults: readonly ExploredFault[],
  alive: readonly Seen[],
  isWanted: IsWanted,
): ExploredFault | null {
  const livesIn = ({ kind }: ExploredFault): number => {
    const end = alive.findIndex(({ look }) => !look.kinds.includes(kind));
    return end < 0 ? alive.length : end;
  };
  const sorted = faults
    .filter(({ kind }) => isWanted(kind))
    .sort((a, b) => livesIn(b) - livesIn(a) || a.preemptions - b.preemptions || a.steps - b.steps);
  return sorted[0] ?? null;
}

/** The row that is enough alone, where one is, and no other. */
function rowOf(change: BisectChange | null): PatchNo | null {
  const [only, ...others] = change?.enough ?? [];
  const [row, ...more] = only ?? [];
  return change?.complete && row && others.length + more.length === 0 ? row : null;
}

function evidenceOf(seen: readonly Seen[], looks: readonly Look[]): string {
  const own = seen.filter(({ sameAs }) => sameAs === null);
  const cut = own.filter(({ look }) => !look.exhaustive);
  const trials = looks.length - own.length;
  const open = looks.filter(({ exhaustive }) => !exhaustive).length - cut.length;
  const under = `under ${memoryCalled(MEMORY_DEFAULT)}`;
  const named = `not exhausted ${under}: ${cut.map(({ name }) => name).join(', ')}`;
  const some =
    cut.length === own.length ? `none of ${seen.length} kernels exhausted ${under}` : named;
  const each = seen.length === 1 ? '1 kernel' : `each of ${exactly(seen.length, 'kernel')}`;
  const kernels = cut.length === 0 ? `${each} exhausted ${under}` : some;
  if (trials === 0) return kernels;
  const how = open === 0 ? 'exhausted' : `${open} of them not exhausted`;
  return `${kernels}; ${exactly(trials, 'set')} more to find the rows, ${how}`;
}

function toCell({ name, patches: set, look, found, sameAs }: Seen): BisectCell {
  const { kinds: faults, exhaustive, limit, executions, states } = look;
  const own = { faults: [...faults], exhaustive, limit, executions, states };
  return { set: name, patches: set.toJSON(), ...own, found, sameAs };
}

async function run(plan: BisectPlan): Promise<BisectReport> {
  const { report, signal } = plan;
  signal?.throwIfAborted();
  const looker = new Looker(plan);
  const isWanted: IsWanted = (kind) => report.fault === 'any' || kind === report.fault;
  const seen = await lookAtAll(plan, isWanted, looker);
  const { first, end, again } = turningPoints(seen);
  const nameAt = (at: number): SetName | null => seen[at]?.name ?? null;
  const begins = await changeAt(seen, first, isWanted, looker);
  const ends = await changeAt(seen, end, isWanted, looker);
  const born = seen[first];
  const alive = seen.slice(Math.max(first, 0), end < 0 ? undefined : end);
  const faults = born ? await looker.minimised(born.patches) : [];
  const looks = looker.looks();
  const limit = worstLimit(looks.map((look) => look.limit));
  const complete = looks.every(({ exhaustive }) => exhaustive);
  const sum = (of: (look: Look) => number): number =>
    looks.reduce((total, look) => total + of(look), 0);
  return {
    ...describeHead('bisect', complete ? 'clean' : 'unfinished', complete),
    plan: report,
    durationMs: looker.elapsedMs(),
    memory: MEMORY_DEFAULT,
    limit,
    evidence: evidenceOf(seen, looks),
    firstWith: nameAt(first),
    firstWithout: nameAt(end),
    again: nameAt(again),
    row: end >= 0 ? rowOf(ends) : rowOf(begins),
    begins,
    ends,
    cells: seen.map(toCell),
    executions: sum((look) => look.executions),
    states: sum((look) => look.states),
    fault: typical(faults, alive, isWanted),
  };
}

/**
 * Which kernel brought a fault, which one ended it, and by which row: every kernel of a range is
 * explored, and between two neighbours that differ, the rows in which they do.
 *
 * @returns A promise of the report. Its verdict is `clean` where the question was answered, whatever
 *   the answer is, and `unfinished` where a limit cut an exploration off. It rejects where an argument is
 *   wrong (DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE), where there is nothing to
 *   interleave, where the tool fails, or with `signal.reason` where `signal` was aborted before
 *   the start.
 * @example
 * const { firstWith, firstWithout, row } = await bisect({ scenario: 'remove-find' });
 */
export async function bisect(options: BisectOptions): Promise<BisectReport> {
  return run(makeBisectPlan(options));
}
