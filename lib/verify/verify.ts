import { noResources, runJob } from '../native/job';
import { nativeExplore } from '../native/load';
import type { NativeVerifyEvent } from '../native/verify';
import { modelNumber } from '../run/memory';
import { verifyFiles } from './files';
import { makeVerifyPlan, type VerifyOptions, type VerifyPlan } from './plan';
import { describeVerified, makeVerifyReport, type Verified, type VerifyReport } from './report';

const NOTHING: Verified = {
  rows: [],
  barriers: [],
  relaxed: [],
  faults: [],
  stopped: false,
  durationMs: 0,
};

/** Verify the locks whose source is here: all of them share the threads. */
async function verifyLocks(plan: VerifyPlan): Promise<Verified> {
  const { numbers, locks, memories, report, signal, onProgress } = plan;
  if (locks.length === 0) return NOTHING;
  const binary = nativeExplore();
  const sizes = report.sizes.flatMap(({ threads, rounds }) => [threads, rounds]);
  const found = await runJob<NativeVerifyEvent>(
    'The verification',
    {
      start: (onEvent) =>
        binary.verify(
          numbers,
          Uint32Array.from(locks),
          Uint32Array.from(memories, modelNumber),
          Uint32Array.from(sizes),
          onEvent,
        ),
      stop: (job) => binary.stop(job),
    },
    {
      signal,
      progress: ({ elapsedNs, states, done, all }) =>
        onProgress({ elapsedMs: elapsedNs / 1e6, states, done, all }),
    },
  );
  if (found.error < 0) throw noResources('The verification', found.error);
  return describeVerified(found);
}

/**
 * Verify locks under memory models: mutual exclusion, visibility of what the lock guards, order of
 * service where the lock claims it, and that nobody waits for ever; with every schedule, and under a
 * weak model with everything that an access may read.
 *
 * @param locks - Names of `tables.locks`, `'all'` of them but the control, or C files of your own: see
 *   the guide on weak memory for what they define.
 * @returns A promise of the report: a row for each lock, model and size. It rejects where an
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
  const own = await verifyLocks(plan);
  if (plan.files.length === 0 || own.stopped) return makeVerifyReport(plan, own);
  const ofFiles = await verifyFiles(plan, own.durationMs);
  return makeVerifyReport(plan, {
    rows: [...own.rows, ...ofFiles.rows],
    barriers: [...own.barriers, ...ofFiles.barriers],
    relaxed: [...own.relaxed, ...ofFiles.relaxed],
    faults: [...own.faults, ...ofFiles.faults],
    stopped: ofFiles.stopped,
    durationMs: own.durationMs + ofFiles.durationMs,
  });
}
