import { exactly } from '../base/text';
import { placeText, siteText, type TraceStep, threadName } from './trace';

/** What a memory model that is weaker than sequential consistency says of a trace, in words. */

/** The part of a step that such a model adds. */
export type WeakPart = Partial<
  Pick<TraceStep, 'kind' | 'option' | 'missed' | 'before' | 'variable'>
>;

/** Whether a step did what sequential consistency does not allow. */
export const isWeakStep = ({ option, missed, before, kind }: WeakPart): boolean =>
  option !== undefined || missed !== undefined || before !== undefined || kind === 'flush';

/** `although cpu2 wrote at step 3: that store waits in its buffer`; empty: it saw the newest, or was it. */
export function weakText({ kind, option, missed, before, variable }: WeakPart): string {
  const name = (cpu: number): string => threadName(cpu, variable !== undefined);
  if (before) return `lands before ${name(before.cpu)}'s of step ${before.step}: no happens-before`;
  if (missed) {
    const why = missed.waits ? 'that store waits in its buffer' : 'no happens-before';
    return `although ${name(missed.cpu)} wrote at step ${missed.step}: ${why}`;
  }
  if (kind === 'flush') return "leaves its CPU's buffer";
  return kind === 'write' && option !== undefined ? "waits in its CPU's buffer" : '';
}

/** How many steps of a trace sequential consistency does not have. */
export const optionsOf = (trace: readonly TraceStep[]): number =>
  trace.filter(({ option }) => option !== undefined && option > 0).length;

/** `2 steps that sequential consistency does not have`. */
export function optionText(options: number): string {
  if (options === 0) return 'every access sees the newest';
  return `${exactly(options, 'step')} that sequential consistency does not have`;
}

/** The orders that steps of a trace lack, each site once: with them those steps cannot be. */
export function lackTexts(trace: readonly TraceStep[]): string[] {
  const seen = new Map<string, string>();
  for (const one of trace) {
    const { step, lacks, variable } = one;
    if (!lacks) continue;
    const place = variable !== undefined ? placeText(lacks) : undefined;
    const site = place ?? siteText(lacks);
    // A step that races is the same step with that order.
    const cannot = isWeakStep(one) ? `step ${step} cannot be` : `step ${step} does not race`;
    if (!seen.has(site)) seen.set(site, `${lacks.order} at ${site}: with it ${cannot}`);
  }
  return [...seen.values()];
}

/**
 * What accesses do beside the newest, in the text form of a schedule: `14<2` reads two messages before
 * the newest, `14^1` is placed before the last, `14~` waits in the buffer of its CPU, `14!` is the flush
 * that takes a store from there to memory.
 */
export function deviationTexts(trace: readonly TraceStep[]): string[] {
  return trace.flatMap(({ step, kind, option, before }) => {
    if (kind === 'flush') return [`${step}!`];
    if (option === undefined) return [];
    if (before) return [`${step}^${option}`];
    return [kind === 'write' ? `${step}~` : `${step}<${option}`];
  });
}

/** Facts of a fault under a weak memory model: what was not the newest, and which orders it lacks. */
export function weakFacts(trace: readonly TraceStep[]): (readonly [string, string])[] {
  const lacks = lackTexts(trace);
  const deviations = deviationTexts(trace);
  return [
    ...(deviations.length > 0 ? [['not newest', deviations.join(' ')] as const] : []),
    ...(lacks.length > 0 ? [['lacks', lacks.join('; ')] as const] : []),
  ];
}
