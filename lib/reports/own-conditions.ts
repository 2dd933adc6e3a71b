import { exactly } from '../base/text';
import type { ForeignSubject } from '../programs/subject';
import { isWeak, memoryCalled } from '../tables/memory';

/** The parameters of an exploration of own C. */
type ConditionPlan = Readonly<Record<string, unknown>>;

/** What is left out of what a C program may do, or added to that, as far as it was asked for. */
function modeTexts(plan: ConditionPlan): string[] {
  const { orders, volatile, main, leaks, memory, spurious = 0 } = plan;
  // No model of memory has volatile accesses: what they write is seen by all that read after it.
  const atOnce = isWeak(memory) ? ' that go to memory at once' : '';
  const wakes = exactly(Number(spurious), 'spurious wake-up');
  return [
    ...(orders === 'all' ? ['every atomic orders'] : []),
    ...(volatile === 'marked' ? [`volatile as relaxed atomics${atOnce}`] : []),
    ...(main === 'waits' ? ['main() waits'] : []),
    ...(leaks === true ? ['leaks looked for'] : []),
    ...(Number(spurious) > 0 ? [`up to ${wakes} of each thread`] : []),
  ];
}

/** What a program calls that may go several ways, and which of them it went. */
const ASSUMED: Readonly<Record<string, string>> = {
  clock: 'clock fixed',
  numbers: 'random numbers fixed',
  wakes: 'no spurious wake-ups',
  assertions: 'assertions off (NDEBUG)',
};

function assumedTexts(assumes: readonly string[], { spurious = 0 }: ConditionPlan): string[] {
  return assumes
    .filter((what) => what !== 'wakes' || Number(spurious) === 0)
    .map((what) => ASSUMED[what] ?? what);
}

/** What a search knows of its heaps: those that it came to, and whether it was cut off. */
export interface SearchedHeaps {
  /** Undefined: all that were asked for, or as good as that. */
  heaps?: readonly string[] | undefined;
  exhaustive: boolean;
}

/** A fault, or a limit, may have ended a search at the first heap, or before it came to one. */
function heapTexts(heap: unknown, { heaps, exhaustive }: SearchedHeaps): string[] {
  if (heaps?.length === 0) return [];
  const only = heaps?.length === 1 ? heaps[0] : heap;
  if (only === 'reuse') return ['heap reused'];
  if (only !== 'both') return ['heap never reused'];
  return [exhaustive || heaps !== undefined ? 'heap fresh and reused' : 'heap fresh, then reused'];
}

/**
 * What a verdict on own C holds under: the model of memory, how many threads there were, whether freed
 * memory was given again, what was assumed of the rest, what it was compiled with.
 */
export function ownConditions(
  subject: ForeignSubject & { threads?: unknown },
  plan: object,
  searched: SearchedHeaps,
): string[] {
  const { threads, compiler = '', flags = [], assumes = [] } = subject;
  const modes = plan as ConditionPlan;
  const { heap, memory } = modes;
  return [
    isWeak(memory) ? `under ${memoryCalled(memory)}` : 'sequentially consistent',
    // What was stopped early knows of none.
    ...(typeof threads === 'number' && threads > 0 ? [exactly(threads, 'thread')] : []),
    ...heapTexts(heap, searched),
    ...modeTexts(modes),
    ...assumedTexts(assumes, modes),
    [compiler, flags[0] ?? ''].join(' ').trim(),
  ];
}

const UNSEEN_MAX = 4;

/** What touches memory where no race and no fault would be seen; a list, so that it comes last. */
export function unseenTexts({ unseen = [] }: ForeignSubject): string[] {
  if (unseen.length === 0) return [];
  const more = unseen.length - UNSEEN_MAX;
  const named = unseen.slice(0, UNSEEN_MAX).join(', ');
  return [`not looked into: ${named}${more > 0 ? ` and ${more} more` : ''}`];
}
