import { durationOption } from '../../base/text';
import { type ProgramPlanReport, searchRow } from '../../own/plan';
import { isWeak } from '../../tables/memory';
import { splitTexts } from '../terminal/format';

/** What ends the search, or a part of it, as far as it was asked for. */
function limitTexts({ executions, timeMs, preemptions, depth }: ProgramPlanReport): string[] {
  return [
    ...(executions > 0 ? [`executions ${executions}`] : []),
    ...(timeMs > 0 ? [`time ${durationOption(timeMs)}`] : []),
    ...(preemptions === searchRow('preemptions').fallback ? [] : [`preemptions ${preemptions}`]),
    ...(depth === searchRow('depth').fallback ? [] : [`depth ${depth}`]),
  ];
}

/** What is explored, in a line: it says everything needed to do it again. */
export function describeOwnPlan(plan: ProgramPlanReport): string {
  const { scenario, strategy, cc, flags, optimize, heap, orders, seed } = plan;
  const parts = [
    `explore ${scenario}`,
    ...(cc === null ? [] : [`cc ${cc}`]),
    ...flags,
    ...(plan.compileCommands === null ? [] : [`compile-commands ${plan.compileCommands}`]),
    ...(optimize ? ['optimized'] : []),
    ...plan.allow.map((name) => `allow ${name}`),
    `strategy ${strategy}`,
    ...(isWeak(plan.memory) ? [`memory ${plan.memory}`] : []),
    ...limitTexts(plan),
    `heap ${heap}`,
    ...(orders === 'all' ? ['orders all'] : []),
    ...(plan.volatile === 'marked' ? ['volatile marked'] : []),
    ...(plan.main === 'waits' ? ['main waits'] : []),
    ...(plan.spurious > 0 ? [`spurious ${plan.spurious}`] : []),
    ...(plan.leaks ? ['leaks'] : []),
    ...plan.allowOutcomes.map((outcome) => `allow-outcome ${outcome}`),
    ...plan.forbidOutcomes.map((outcome) => `forbid-outcome ${outcome}`),
    ...(plan.allFaults ? ['all faults'] : []),
    ...(plan.minimise ? [] : ['no-minimise']),
    ...splitTexts(plan),
    `seed ${seed}`,
  ];
  return parts.join(', ');
}
