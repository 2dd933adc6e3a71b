import { exactly } from '../base/text';
import type { ForeignSubject } from '../programs/subject';

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

function heapText(heap: unknown): string {
  if (heap === 'both') return 'heap fresh and reused';
  return heap === 'reuse' ? 'heap reused' : 'heap never reused';
}

/**
 * What a verdict on own C holds under: the model of memory, how many threads there were, whether freed
 * memory was given again, what it was compiled with.
 */
export function ownConditions(
  { threads, compiler = '', flags = [] }: ForeignSubject & { threads?: unknown },
  plan: object,
): string[] {
  const { heap, ...modes } = plan as ConditionPlan;
  return [
    'sequentially consistent',
    ...(typeof threads === 'number' ? [exactly(threads, 'thread')] : []),
    heapText(heap),
    ...modeTexts(modes),
    [compiler, flags[0] ?? ''].join(' ').trim(),
  ];
}
