import { outOfRange, wrongType } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import type { latencyNs } from './documents/fields';

/** Latencies in nanoseconds. */
export type LatencyNs = OutputOf<typeof latencyNs>;

/** Operations that took up to `upTo` nanoseconds, and longer than the bucket below. */
export interface LatencyBucket {
  /** The longest that it counts, in nanoseconds. */
  upTo: number;
  /** How many there were. */
  count: number;
}

/** Digits that the end of a bucket keeps: machines count in ticks of their own, and this adds up. */
const DIGITS = 3;

/** The end of a bucket, rounded up. */
function roundUp(ns: number): number {
  const step = 10 ** Math.max(0, String(ns).length - DIGITS);
  return Math.ceil(ns / step) * step;
}

/** Histograms into one: the buckets of equal ends are one. */
export function addBuckets(...histograms: readonly LatencyBucket[][]): LatencyBucket[] {
  const counts = new Map<number, number>();
  for (const { upTo, count } of histograms.flat()) {
    counts.set(upTo, (counts.get(upTo) ?? 0) + count);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([upTo, count]) => ({ upTo, count }));
}

/** The buckets of a run, their ends as every machine has them. */
export function toBuckets(ends: readonly number[], counts: readonly number[]): LatencyBucket[] {
  return addBuckets(ends.map((ns, i) => ({ upTo: roundUp(ns), count: counts[i] ?? 0 })));
}

/** `120:5 131:9`: five took up to 120 ns, nine more up to 131 ns. */
export function formatBuckets(buckets: readonly LatencyBucket[]): string {
  return buckets.map(({ upTo, count }) => `${upTo}:${count}`).join(' ');
}

/**
 * Read the `latencyBuckets` of a report.
 *
 * @param text - `120:5 131:9`: the end of each bucket in nanoseconds, and how many are in it.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 * @example
 * for (const { upTo, count } of parseBuckets(report.ops.create.latencyBuckets)) plot(upTo, count);
 */
export function parseBuckets(text: string): LatencyBucket[] {
  if (typeof text !== 'string') throw wrongType('latencyBuckets', 'a text', text);
  if (text === '') return [];
  return text.split(' ').map((pair) => {
    const [, upTo, count] = /^(\d+):(\d+)$/.exec(pair) ?? [];
    if (!upTo || !count) throw outOfRange('latencyBuckets', 'pairs such as `120:5`', pair);
    return { upTo: Number(upTo), count: Number(count) };
  });
}

/** What threads do at noted points, as it bears on how long an operation takes. */
const UNDER = new Map([
  ['delay', 'under injected delays (--perturb delay)'],
  ['yield', 'under injected yields (--perturb yield)'],
  ['none', 'without injected delays'],
]);

/**
 * What latencies of a run were measured under: threads that are delayed on purpose wait, and make
 * others wait. Stands wherever they are shown. Empty for a report that does not say.
 */
export function latencyUnder({ perturb }: { perturb?: unknown }): string {
  return UNDER.get(String(perturb)) ?? '';
}

/** The same of a report, which may be of a version that did not say it. */
export function latencyLabel(report: { latencyUnder?: string | undefined; plan: object }): string {
  const { plan } = report;
  const under =
    report.latencyUnder ?? latencyUnder({ perturb: 'perturb' in plan ? plan.perturb : '' });
  return under === '' ? '' : `Latencies were measured ${under}.`;
}

/**
 * Percentiles: each the end of its bucket, so not below the truth, and 8 % above it at most.
 *
 * @param maxNs - The longest, exactly. @default the end of the last bucket
 */
export function describeLatency(buckets: readonly LatencyBucket[], maxNs?: number): LatencyNs {
  const all = buckets.reduce((sum, { count }) => sum + count, 0);
  const at = (quantile: number): number => {
    let below = 0;
    for (const { upTo, count } of buckets) {
      below += count;
      if (below >= quantile * all) return upTo;
    }
    return 0;
  };
  const max = maxNs ?? buckets.at(-1)?.upTo ?? 0;
  const quantile = (part: number): number => Math.min(at(part), max);
  const [p50, p90, p99, p999] = [quantile(0.5), quantile(0.9), quantile(0.99), quantile(0.999)];
  return { p50, p90, p99, p999, max };
}
