import * as v from 'valibot';

/** One of several parts that a run is split into; they can run on as many machines. */
export const shard = v.object({
  /** From 1. */
  index: v.number(),
  /** How many parts there are. */
  count: v.number(),
});

/** The same, as it is read; absent where a run was not split. */
export const readShard = v.optional(v.looseObject(shard.entries));
