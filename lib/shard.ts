import { outOfRange, wrongType } from './errors';

/** One of several parts that a run is split into; they can run on as many machines. */
export interface Shard {
  /** From 1. */
  index: number;
  count: number;
}

/** More than anybody has machines; what is split has to come to more than that. */
export const SHARDS_MAX = 4096;

/**
 * Read what `shard` is.
 *
 * @param value - `'2/4'`: the second of four.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function parseShard(value: unknown): Shard {
  const what = `\`i/n\`, 1 <= i <= n <= ${SHARDS_MAX}`;
  if (typeof value !== 'string') throw wrongType('shard', `a text, ${what}`, value);
  const [, index, count] = /^\s*(\d{1,9})\s*\/\s*(\d{1,9})\s*$/.exec(value) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index >= 1 && shard.index <= shard.count && shard.count <= SHARDS_MAX) return shard;
  throw outOfRange('shard', what, value);
}

/** `2/4`. */
export function formatShard({ index, count }: Shard): string {
  return `${index}/${count}`;
}

/** How much of `total` is for part `index`, from 0, of `count`; all of them come to the total. */
export function shareOf(total: number, index: number, count: number): number {
  return Math.floor(total / count) + (index < total % count ? 1 : 0);
}
