import { formatBound } from '../base/text';
import type { NativeExplored } from '../native/explore';
import { formatShard } from '../run/shard';
import { isWeak, memoryCalled } from '../tables/memory';
import { type EndName, rowAt, type StrategyName, tables } from '../tables/tables';
import type { ExplorePlanReport } from './plan';

const count = (number: number, what: string): string =>
  `${number.toLocaleString('en-US')} ${what}${number === 1 ? '' : 's'}`;

/** What a complete search went through. */
function extent(explored: NativeExplored, strategy: StrategyName): string {
  const { states, executions, blocked } = explored;
  if (strategy === 'dpor') return count(executions - blocked, 'trace');
  return states > 0 ? count(states, 'state') : count(executions, 'execution');
}

/**
 * PCT finds a fault of depth d in one execution with at least 1 / (n k^(d-1)), where n threads
 * make k steps. Burckhardt et al., ASPLOS 2010. What ran before k was known has no such promise.
 */
export function pctBound(
  looked: Pick<NativeExplored, 'cpus' | 'stepsLongest' | 'executions' | 'longestAt'>,
  depth: number,
): string {
  const { cpus, stepsLongest, executions, longestAt } = looked;
  const hit = 1 / (cpus * Math.max(stepsLongest, 1) ** (depth - 1));
  const missed = Math.exp((executions - longestAt) * Math.log1p(-hit));
  return (
    `a fault that takes ${count(depth, 'ordering')} is missed with p <= ${formatBound(missed, 2)} ` +
    `(${count(cpus, 'thread')}, ${count(stepsLongest, 'step')} at most)`
  );
}

function describeSearch(explored: NativeExplored, plan: ExplorePlanReport): string {
  const { strategy, depth, memory } = plan;
  const under = `under ${memoryCalled(memory)}`;
  const end: EndName = rowAt(tables.ends, explored.limit).name;
  const executions = count(explored.executions, 'execution');
  if (explored.beforeFailed) {
    return 'certain: the fault comes before the threads start, nothing was interleaved';
  }
  if (explored.exhausted) {
    return `exhaustive ${under}: ${extent(explored, strategy)}`;
  }
  if (end === 'fault') {
    const by = rowAt(tables.strategies, explored.foundBy).name;
    return `the first fault ended the search, after ${executions} (${by}) ${under}`;
  }
  const says = rowAt(tables.ends, explored.limit).says;
  const seen =
    explored.states > 0 ? `${count(explored.states, 'state')}, ${executions}` : executions;
  // The bound is of orders of steps alone, and not of what they read.
  const bound = strategy === 'pct' && !isWeak(memory) ? `: ${pctBound(explored, depth)}` : '';
  return `not exhaustive: ${strategy}, ${seen} ${under}${bound}; ${says}`;
}

/** A sentence on how far a search looked, and under which memory model. */
export function describeEvidence(explored: NativeExplored, plan: ExplorePlanReport): string {
  const looked = describeSearch(explored, plan);
  return plan.shard ? `${looked}, in shard ${formatShard(plan.shard)}` : looked;
}
