import { append } from '../base/bounds';
import type { OrderedExploration } from '../explore/program-orders';
import { sitesOfRow, weaken } from './barriers';
import type { VerifyPlan } from './plan';
import type { LockFault, LockVerification, Verified } from './report';
import {
  describeFaults,
  describeRow,
  inPool,
  type LockVerificationAt,
  notBegun,
  type RowOptions,
  verifyOne,
} from './rows';

/** What of one row is known. */
interface VerifiedRow {
  row: LockVerification;
  faults: LockFault[];
  explored: OrderedExploration | null;
}

/** Verify the locks of files; `spentMs`: of the time limit. */
export async function verifyFiles(plan: VerifyPlan, spentMs: number): Promise<Verified> {
  const { files, memories, report, signal } = plan;
  const began = performance.now();
  const all: LockVerificationAt[] = files.flatMap((lock) =>
    memories.flatMap((memory) =>
      report.sizes.map((size) => ({ lock, subject: 'lock' as const, memory, ...size })),
    ),
  );
  let done = 0;
  const leftMs = (): number | null =>
    report.timeMs > 0 ? report.timeMs - spentMs - (performance.now() - began) : null;
  const isStopped = (): boolean => signal?.aborted === true;
  const options: RowOptions = {
    plan,
    leftMs,
    onStates: (states) =>
      plan.onProgress({
        elapsedMs: spentMs + performance.now() - began,
        states,
        done,
        all: all.length,
      }),
  };
  const verified = await inPool(all, report.workers, async (at): Promise<VerifiedRow> => {
    const left = leftMs();
    if (isStopped() || (left !== null && left < 1)) {
      return { row: notBegun(at, isStopped() ? 'stopped' : 'time'), faults: [], explored: null };
    }
    const explored = await verifyOne(at, options);
    if (!explored) return { row: notBegun(at, 'stopped'), faults: [], explored: null };
    done += 1;
    const sites = at.memory === 'rc11' ? await sitesOfRow(explored) : null;
    const row = describeRow(at, explored.report, sites);
    return { row, faults: describeFaults(at, explored.report), explored };
  });
  const rows = verified.map(({ row }) => row);
  const weakened = report.barriers ? await weakenFiles(verified, options) : NOTHING_WEAKENED;
  return {
    rows,
    ...weakened,
    faults: verified.flatMap(({ faults }) => faults),
    stopped: isStopped(),
    durationMs: performance.now() - began,
  };
}

const NOTHING_WEAKENED: Pick<Verified, 'barriers' | 'relaxed'> = { barriers: [], relaxed: [] };

/** Of each lock that is clean under rc11 at all sizes, its orders. */
async function weakenFiles(
  verified: readonly VerifiedRow[],
  options: RowOptions,
): Promise<Pick<Verified, 'barriers' | 'relaxed'>> {
  const barriers: Verified['barriers'] = [];
  const relaxed: Verified['relaxed'] = [];
  for (const lock of options.plan.files) {
    const own = verified.filter(({ row }) => row.lock === lock && row.memory === 'rc11');
    if (own.length === 0 || !own.every(({ row }) => row.verdict === 'clean')) continue;
    const explored = own.flatMap((one) => one.explored ?? []);
    const found = await weaken(lock, explored, options);
    append(barriers, found.barriers);
    relaxed.push(found.relaxed);
  }
  return { barriers, relaxed };
}
