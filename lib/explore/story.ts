import { formatCount, plural } from '../base/text';
import { preemptionText, type Story } from '../story/fault-text';
import { patches } from '../tables/patches';
import type { ExploredFault, ExploreReport } from './report';

/** What a fault takes, in words. */
const HOW_SAYS: Record<ExploredFault['how'], string> = {
  race: 'a race',
  always: 'a rule broken on every way through, no race needed',
  sequential: 'shows when one thing is done after the other',
};

/** A fault of an exploration, with what the search has to say of it. */
export function exploredStory(fault: ExploredFault, report: ExploreReport): Story {
  const { count, executionsToFirst, preemptions, minimal, steps, how } = fault;
  const first = `first in execution ${executionsToFirst.toLocaleString('en-US')}`;
  const seen = count === 1 ? 'seen once' : `seen in ${formatCount(count)} executions`;
  const fewest = preemptionText(preemptions, report.plan.minimise ? minimal : undefined);
  return {
    titles: fault.titles,
    trace: fault.trace,
    fault,
    ticket: fault.ticket,
    evidence: [
      ['where', `${report.scenario}, patches ${patches.format(report.plan.patches)}`],
      ['evidence', report.evidence],
      ['found', `${first}, ${seen}`],
      ['schedule', `${plural(steps, 'step')}, ${fewest} (${HOW_SAYS[how]})`],
    ],
  };
}
