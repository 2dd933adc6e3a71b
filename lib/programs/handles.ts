import { outOfRange } from '../base/errors';
import type { OpSlug } from '../tables/tables';
import type { ProgramOp, Programs } from './race';

/** What an operation needs of the thread that does it, and by which operation that is taken. */
const NEEDS: Partial<Record<OpSlug, OpSlug>> = {
  close: 'open',
  io: 'open',
  query: 'open',
  put: 'get',
};

const GIVES_BACK: readonly OpSlug[] = ['close', 'put'];

const countOf = (ops: readonly ProgramOp[], op: OpSlug, minor: number | undefined): number =>
  ops.filter((one) => one.op === op && one.minor === minor).length;

/** Whether a thread has a handle of its own for its operation `at`, as far as it took one. */
function hasOwn(ops: readonly ProgramOp[], at: number, taker: OpSlug): boolean {
  const { minor } = ops[at] ?? {};
  const past = ops.slice(0, at);
  const given = past.filter(({ op }) => GIVES_BACK.includes(op) && NEEDS[op] === taker);
  return countOf(past, taker, minor) > given.filter((one) => one.minor === minor).length;
}

/**
 * Refuse a thread that counts on what `before` opened or took. That is closed and put where `before`
 * ends: a handle is of the thread that took it, and -EBADF would not say so.
 *
 * @throws DmTortureError ERR_OUT_OF_RANGE, naming the thread
 */
export function checkHandles({ before, cpus }: Pick<Programs, 'before' | 'cpus'>): void {
  for (const [cpu, ops] of cpus.entries()) {
    for (const [at, { op, minor }] of ops.entries()) {
      const taker = NEEDS[op];
      if (!taker || hasOwn(ops, at, taker) || countOf(before, taker, minor) === 0) continue;
      const hint =
        `: what \`before\` took by \`${taker} ${minor}\` is given back when \`before\` ends; ` +
        `take it in this thread`;
      const what = `operations on what it took itself by \`${taker}\``;
      throw outOfRange(`cpu${cpu + 1}`, what, `${op} ${minor}`, hint);
    }
  }
}
