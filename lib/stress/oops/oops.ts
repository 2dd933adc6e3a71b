import { subjectOfPlan } from '../../programs/subject';
import { describeHead, toVerdict } from '../../reports/head';
import type { FaultKind } from '../../tables/tables';
import { findFault } from './fault';
import { findOopsHost, runOopsHost } from './host';
import { makeOopsPlan, type OopsOptions, type OopsPlan, type OopsTarget } from './plan';
import { checkEnd, describeDeath, type OopsReport } from './report';
import { Functions } from './symbols';

/**
 * Run thread programs with real memory, on real threads, in a process of their own, until it dies: of a
 * SIGSEGV in freed memory, of a BUG() of the kernel's, of a second free. Memory that is freed is taken
 * out of reach, and nothing is checked.
 *
 * @param target - A scenario's name, a {@link race}, the text of programs such as
 *   `cpu1: remove 0 ; cpu2: open 0, io 0, close 0`, or a report, whose programs are run.
 * @returns A promise of the report: how it died, and the fault of the model that this is, with a ticket
 *   that {@link replay} shows. That it did not die proves nothing. The promise rejects where an
 *   argument is wrong (DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE), where the host is
 *   missing (ERR_NATIVE_MISSING, also on systems that are not Linux) or fails, and with
 *   `signal.reason` where `signal` was aborted before the start.
 * @example
 * const { death, faults } = await oops('remove-open', { patches: 'all,-05' });
 * console.log(death?.says, faults[0]?.ticket);
 */
export async function oops(target: OopsTarget, options: OopsOptions = {}): Promise<OopsReport> {
  const plan = makeOopsPlan(target, options);
  plan.signal?.throwIfAborted();
  return runOops(plan, findOopsHost());
}

/** Run a checked plan; `file`: the host, for tests. */
export async function runOops(plan: OopsPlan, file: string): Promise<OopsReport> {
  const { report, signal } = plan;
  const beganMs = performance.now();
  const end = await runOopsHost(plan, file);
  if (end) checkEnd(end);
  const died = end?.death;
  const death =
    end && died ? describeDeath(died, new Functions(file), report.threads, end.signal) : null;
  const survived = Object.entries(end?.lived ?? {}).map(([kind, count]) => ({
    kind: kind as FaultKind,
    count,
  }));
  const hung = end?.killed === true && !signal?.aborted;
  const complete = death !== null || !(hung || signal?.aborted === true);
  const faults = death ? await findFault(plan, death, died?.fault) : [];
  return {
    ...describeHead('oops', toVerdict(death !== null || survived.length > 0, complete), complete),
    plan: report,
    subject: subjectOfPlan(report),
    durationMs: performance.now() - beganMs,
    rounds: end?.rounds ?? 0,
    hung,
    death,
    faults,
    survived,
  };
}
