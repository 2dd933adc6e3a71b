import type { ProgramPlanReport } from '../../own/plan';
import { isWeak } from '../../tables/memory';
import { splitTexts } from '../terminal/format';

/** What is explored, in a line: it says everything needed to do it again. */
export function describeOwnPlan(plan: ProgramPlanReport): string {
  const { scenario, strategy, cc, flags, optimize, heap, orders, seed } = plan;
  const parts = [
    `explore ${scenario}`,
    ...(cc === null ? [] : [`cc ${cc}`]),
    ...flags,
    ...(optimize ? ['optimized'] : []),
    `strategy ${strategy}`,
    ...(isWeak(plan.memory) ? [`memory ${plan.memory}`] : []),
    `heap ${heap}`,
    ...(orders === 'all' ? ['orders all'] : []),
    ...(plan.volatile === 'marked' ? ['volatile marked'] : []),
    ...(plan.main === 'waits' ? ['main waits'] : []),
    ...(plan.spurious > 0 ? [`spurious ${plan.spurious}`] : []),
    ...(plan.leaks ? ['leaks'] : []),
    ...(plan.allFaults ? ['all faults'] : []),
    ...splitTexts(plan),
    `seed ${seed}`,
  ];
  return parts.join(', ');
}
