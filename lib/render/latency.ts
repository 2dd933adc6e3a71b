import { inert } from '../base/sinks/inert';
import type { StressDocument } from '../reports/documents';
import { type LatencyBucket, latencyLabel, parseBuckets } from '../reports/latency';
import { draw, tooMany } from './plots/draw';
import { type LatencyCurve, latencySketches } from './plots/latency';
import type { Plot } from './plots/plots';
import { percentileCurve } from './plots/waits';

/** Curves that can be told apart, and some. */
const OPS_DRAWN = 100;

type Ops = StressDocument['ops'];

/** The histogram of a file; empty where it is not one. */
function bucketsOf(text = ''): LatencyBucket[] {
  try {
    return parseBuckets(text);
  } catch {
    return [];
  }
}

/** From the whole histogram, or where that is not there from the figures taken of it. */
function curveOf(op: string, { count, latencyNs, latencyBuckets }: Ops[string]): LatencyCurve {
  const buckets = bucketsOf(latencyBuckets);
  if (buckets.length > 0) {
    const pairs = buckets.map(({ upTo, count: n }): [number, number] => [upTo, n]);
    return { op, points: percentileCurve(pairs).filter(({ nines }) => nines >= 2) };
  }
  if (!latencyNs) return { op, points: [] };
  const { p50, p90, p99, p999, max } = latencyNs;
  const figures: [number, number][] = [
    [2, p50],
    [10, p90],
    [100, p99],
    [1000, p999],
    [Math.max(count, 1000), max],
  ];
  return { op, points: figures.map(([nines, ns]) => ({ nines, ns })) };
}

/** The latencies of a run as curves. */
export async function latencyPlots(report: StressDocument): Promise<Plot[]> {
  const { length } = Object.keys(report.ops);
  if (length > OPS_DRAWN) return [tooMany('latency', length, 'operations', OPS_DRAWN)];
  const curves = Object.entries(inert(report.ops)).map(([op, stats]) => curveOf(op, stats));
  const drawn = curves.filter(({ points }) => points.length > 1);
  return draw(latencySketches(drawn, latencyLabel(report)));
}
