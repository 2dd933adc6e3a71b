import { exactly } from '../base/text';
import type { ForeignSubject } from '../programs/subject';
import { isWeak, memoryCalled } from '../tables/memory';

/** The parameters of an exploration of own C. */
type ConditionPlan = Readonly<Record<string, unknown>>;

/** What is left out of what a C program may do, as far as it was asked for. */
function modeTexts({ orders, volatile, main, spurious = 0 }: ConditionPlan): string[] {
  return [
    ...(orders === 'all' ? ['every atomic orders'] : []),
    ...(volatile === 'marked' ? ['volatile as relaxed atomics'] : []),
    ...(main === 'waits' ? ['main() waits'] : []),
    ...(Number(spurious) > 0 ? [`up to ${exactly(Number(spurious), 'spurious wake-up')}`] : []),
  ];
}

/** `searched`: the heaps that a search came to, which a fault may have ended at the first. */
function heapText(heap: unknown, searched?: readonly string[]): string {
  const only = searched?.length === 1 ? searched[0] : heap;
  if (only === 'both') return 'heap fresh and reused';
  return only === 'reuse' ? 'heap reused' : 'heap never reused';
}

/**
 * What a verdict on own C holds under: the model of memory, how many threads there were, whether freed
 * memory was given again, what it was compiled with.
 */
export function ownConditions(
  { threads, compiler = '', flags = [] }: ForeignSubject & { threads?: unknown },
  plan: object,
  searched?: readonly string[],
): string[] {
  const { heap, memory, ...modes } = plan as ConditionPlan;
  return [
    isWeak(memory) ? `under ${memoryCalled(memory)}` : 'sequentially consistent',
    ...(typeof threads === 'number' ? [exactly(threads, 'thread')] : []),
    heapText(heap, searched),
    ...modeTexts(modes),
    [compiler, flags[0] ?? ''].join(' ').trim(),
  ];
}
