import { noResources, runJob } from '../native/job';
import { nativeExplore } from '../native/load';
import type { NativeVerifyEvent } from '../native/verify';
import { modelNumber } from '../run/memory';
import { subjectRows } from '../tables/subjects';
import { rowAt, tables } from '../tables/tables';
import { verifyFiles } from './files';
import { makeVerifyPlan, type PlannedSubjects, type VerifyOptions, type VerifyPlan } from './plan';
import {
  describeVerified,
  makeVerifyReport,
  type SubjectFields,
  sizeOf,
  type Verified,
  type VerifyReport,
} from './report';
import { notBegun } from './rows';
import { sizeNumbers } from './sizes';

const NOTHING: Verified = {
  rows: [],
  barriers: [],
  relaxed: [],
  faults: [],
  stopped: false,
  durationMs: 0,
};

/** The numbers of a plan, when some of its time is spent. */
function numbersOf({ numbers, report }: VerifyPlan, spentMs: number): Float64Array {
  const left = Math.max(1, Math.ceil(report.timeMs - spentMs));
  return report.timeMs === 0
    ? numbers
    : numbers.map((value, i) => (tables.verify[i]?.name === 'timeMs' ? left : value));
}

/** The rows of a kind that was not come to. */
function rowsNotBegun(
  { memories, signal }: VerifyPlan,
  { kind, rows, sizes }: PlannedSubjects,
): Verified['rows'] {
  const { table } = subjectRows(kind);
  return rows.flatMap((row) =>
    memories.flatMap((memory) =>
      sizes.map((size) => {
        const { name: lock } = rowAt<{ name: string }>(tables[table], row);
        const limit = signal?.aborted === true ? 'stopped' : 'time';
        const at = { lock, subject: kind, memory, ...sizeOf(size as SubjectFields) };
        return { ...notBegun(at, limit), ...((size.readers ?? 0) >= 2 && { readersShare: null }) };
      }),
    ),
  );
}

/** Verify one kind of what has its source here: all of it shares the threads. */
async function verifyKind(
  plan: VerifyPlan,
  { kind, number, rows, sizes }: PlannedSubjects,
  before: Verified,
): Promise<Verified> {
  const { memories, signal, onProgress } = plan;
  const binary = nativeExplore();
  const [spentMs, done] = [before.durationMs, before.rows.length];
  const found = await runJob<NativeVerifyEvent>(
    'The verification',
    {
      start: (onEvent) =>
        binary.verify(
          numbersOf(plan, spentMs),
          number,
          Uint32Array.from(rows),
          Uint32Array.from(memories, modelNumber),
          Uint32Array.from(sizes.flatMap(sizeNumbers)),
          onEvent,
        ),
      stop: (job) => binary.stop(job),
    },
    {
      signal,
      progress: (of) =>
        onProgress({
          elapsedMs: spentMs + of.elapsedNs / 1e6,
          states: of.states,
          done: done + of.done,
          all: done + of.all,
        }),
    },
  );
  if (found.error < 0) throw noResources('The verification', found.error);
  return describeVerified(found, kind);
}

/** Two parts of a verification as one. */
const both = (one: Verified, other: Verified): Verified => ({
  rows: [...one.rows, ...other.rows],
  barriers: [...one.barriers, ...other.barriers],
  relaxed: [...one.relaxed, ...other.relaxed],
  faults: [...one.faults, ...other.faults],
  stopped: one.stopped || other.stopped,
  durationMs: one.durationMs + other.durationMs,
});

/**
 * Verify locks, reader-writer locks and reference counts under memory models, with every schedule, and
 * under a weak model with everything that an access may read. Of a lock: mutual exclusion, visibility
 * of what it guards, order of service where the lock claims it, and that nobody waits for ever. Of a
 * reader-writer lock: that writers exclude all others, that readers see whole writes and can share it.
 * Of a reference count: that each object is freed once, after its last use.
 *
 * @param locks - Names of `tables.locks`, `tables.rwlocks` and `tables.refcounts`; `'all'` for every
 *   lock, `'rwlocks'` and `'refcounts'` for every one of those, each without its control; or C files of
 *   locks of your own: see the guide on weak memory for what they define.
 * @returns A promise of the report: a row for each name, model and size. It rejects where an
 *   argument is wrong (DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE,
 *   ERR_INCOMPATIBLE_OPTIONS), where a file does not compile, where the tool fails, or with
 *   `signal.reason` where `signal` was aborted before the start.
 * @example
 * const { verdict, rows } = await verify('mcs', { memory: 'rc11' });
 */
export async function verify(
  locks: string | readonly string[],
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const plan = makeVerifyPlan(locks, options);
  plan.signal?.throwIfAborted();
  let verified = NOTHING;
  for (const subjects of plan.subjects) {
    const more = verified.stopped
      ? { ...NOTHING, rows: rowsNotBegun(plan, subjects), stopped: true }
      : await verifyKind(plan, subjects, verified);
    verified = both(verified, more);
  }
  if (plan.files.length > 0) {
    verified = both(verified, await verifyFiles(plan, verified.durationMs));
  }
  return makeVerifyReport(plan, verified);
}
