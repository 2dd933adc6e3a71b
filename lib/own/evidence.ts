import { exactly, formatBound, formatCount, grouped } from '../base/text';
import type { OwnSubject } from '../programs/subject';
import { ownConditions, unseenTexts } from '../reports/own-conditions';
import { formatShard, isSampling } from '../run/shard';
import { limitOf, limitText, worstLimit } from '../tables/limit';
import { isWeak } from '../tables/memory';
import type { EndName } from '../tables/tables';
import type { ProgramPlanReport } from './plan';
import type { HostFinished, HostHeap } from './protocol';

const ran = ({ executions, blocked }: Pick<HostHeap, 'executions' | 'blocked'>): number =>
  executions - blocked;

type Looked = Pick<HostHeap, 'executions' | 'blocked'> & { states?: number };

/** What a complete search counts: states where it remembers them, executions, or traces. */
function nounOf([looked]: readonly Looked[], { strategy, memory }: ProgramPlanReport): string {
  if (looked?.states !== undefined) return 'state';
  return strategy === 'dfs' || isWeak(memory) ? 'execution' : 'trace';
}

/** What a complete search went through: `558 of 558 traces`. */
function extent(found: HostFinished, plan: ProgramPlanReport): string {
  const looked: Looked[] = found.heaps.length > 0 ? found.heaps : [found];
  const noun = nounOf(looked, plan);
  const [first] = looked;
  const counted = (one: (typeof looked)[number]): number => one.states ?? ran(one);
  const counts = looked.map(counted);
  const isSame = counts.every((one) => one === counts[0]);
  if (first === undefined || looked.length < 2) {
    const count = counted(first ?? found);
    return `${grouped(count)} of ${exactly(count, noun)}`;
  }
  const all = counts.map((one) => grouped(one));
  if (isSame) return `${all[0]} of ${exactly(counted(first), noun)} with each heap`;
  return `${all.join(' + ')} ${noun}s (fresh + reused), all of them`;
}

/**
 * What a search by PCT has missed with which probability at the most; empty: nothing is known of that.
 * The bound is of orders of steps alone, and not of what they read, nor of which heap they had.
 */
function pctText(found: HostFinished, { strategy, depth, memory }: ProgramPlanReport): string {
  const { threads, stepsLongest, executions, longestAt, heaps } = found;
  const isKnown = threads > 0 && stepsLongest > 0 && heaps.length === 1;
  if (strategy !== 'pct' || isWeak(memory) || !isKnown) return '';
  const hit = 1 / (threads * stepsLongest ** (depth - 1));
  const missed = Math.exp((executions - longestAt) * Math.log1p(-hit));
  return (
    `a fault that takes ${exactly(depth, 'ordering')} is missed with p <= ` +
    `${formatBound(missed, 2)} (${exactly(stepsLongest, 'step')} at most)`
  );
}

/**
 * About how many executions there are; null: not known, more than anybody counts, or fewer than ran,
 * so that the estimate is known to be wrong.
 */
export function estimateOf({
  estimate,
  executions,
}: Pick<HostFinished, 'estimate' | 'executions'>): number | null {
  const count = estimate && estimate.descents > 0 ? Math.round(10 ** estimate.log10) : 0;
  return count > executions && Number.isFinite(count) ? count : null;
}

/**
 * How many there are where a search did not come to its end. Every order of steps counts: dpor, with
 * which a portfolio ends, runs one of each trace.
 */
function estimateText(found: HostFinished, { strategy, memory }: ProgramPlanReport): string {
  const count = estimateOf(found);
  if (count === null) return '';
  // Beyond that there are no words for a count.
  const text = count < 1e15 ? formatCount(count) : `10^${Math.round(Math.log10(count))}`;
  const isReduced = (strategy === 'dpor' || strategy === 'portfolio') && !isWeak(memory);
  return `of about ${text}${isReduced ? ' orders by estimate (dpor often needs fewer)' : ' by estimate'}`;
}

/** What cut it off; empty: nothing did. */
function cutText(limit: string, { preemptions }: ProgramPlanReport): string {
  if (limit === 'preemptions')
    return `what takes more than ${exactly(preemptions, 'preemption')} was not looked at`;
  return limit === 'none' ? '' : limitText(limit);
}

function searchText(found: HostFinished, plan: ProgramPlanReport): string {
  const executions = exactly(found.executions, 'execution');
  if (found.exhausted) return extent(found, plan);
  if (found.limit === 'fault')
    return `the first fault ended the search, after ${executions} (${found.foundBy})`;
  const isCut = limitOf(found.limit as EndName, isSampling(plan.strategy)) !== null;
  const facts = [
    `not exhaustive: ${plan.strategy}, ${executions}`,
    pctText(found, plan),
    // The estimate is of orders: a search that remembers states needs fewer.
    isCut && !found.heaps.some(({ states }) => states !== undefined)
      ? estimateText(found, plan)
      : '',
    cutText(found.limit, plan),
  ];
  return facts.filter((part) => part !== '').join(', ');
}

/** What cut off that a schedule was made shorter; empty: nothing did, or it cut the search off, too. */
function shorteningText({ faults, limit }: HostFinished): string {
  const cut = worstLimit(faults.map(({ minimiseLimit }) => minimiseLimit));
  if (cut === null || cut === limit) return '';
  return `${limitText(cut)} while a fault's schedule was made shorter`;
}

/** The heaps that were searched; undefined: all that were asked for, or as good as that. */
function heapsOf({ heaps, freed, exhausted }: HostFinished): string[] | undefined {
  // Where nothing is freed, nothing is given again.
  return exhausted && !freed ? undefined : heaps.map(({ heap }) => heap);
}

/** How strong a verdict is, as a sentence: what was looked at, of what, and under which model. */
export function ownEvidence(
  found: HostFinished,
  plan: ProgramPlanReport,
  subject: OwnSubject,
): string {
  const facts = [
    [searchText(found, plan), shorteningText(found)].filter((part) => part !== '').join(', '),
    ...ownConditions(subject, plan, { heaps: heapsOf(found), exhaustive: found.exhausted }),
    ...(plan.shard ? [`shard ${formatShard(plan.shard)}`] : []),
    ...unseenTexts(subject),
  ];
  return facts.join(', ');
}

/** Executions that were looked at to their end: what is learned first is not counted. */
export function tracesOf(found: HostFinished): number {
  const looked = found.heaps.length > 0 ? found.heaps : [found];
  return looked.reduce((sum, one) => sum + ran(one), 0);
}

/** Begins the advice where that is so. */
export const LOOPS = 'A thread goes round in a loop for long.';

/** What to do about a search that a limit cut off: a sentence; empty: none did. */
export function shrinkAdvice(found: HostFinished, plan: ProgramPlanReport): string {
  if (limitOf(found.limit as EndName, isSampling(plan.strategy)) === null) return '';
  const smaller =
    'To come to an end, make the program smaller: fewer threads, fewer rounds of a loop' +
    (plan.flags.some((flag) => flag.startsWith('-D')) ? '' : ' (-DN=2 by `--flag`)');
  const shards = plan.strategy === 'dpor' || plan.shard ? '' : ', or split it with `--shard`';
  const loops = found.spin ? `${LOOPS} ` : '';
  return `${loops}${smaller}${shards}; or take what it saw with \`--allow-incomplete\`.`;
}
