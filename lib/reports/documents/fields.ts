import * as v from 'valibot';

export { named, opened, written } from '../../base/schema';

/** Times, rates and counts: plots have logarithms of them, and none is below zero. */
export const count = v.pipe(v.number(), v.minValue(0));
export const texts = v.array(v.string());

/** Latencies in nanoseconds. */
export const latencyNs = v.object({
  /** Half took no longer. */
  p50: count,
  /** 90 % took no longer. */
  p90: count,
  /** 99 % took no longer. */
  p99: count,
  /** 99.9 % took no longer. */
  p999: count,
  /** The longest. */
  max: count,
});
