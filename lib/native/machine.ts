import * as v from 'valibot';
import type { OutputOf } from '../base/output-of';

/** What a benchmark ran on. */
export const machineFacts = v.object({
  /** That the process may use. */
  cpus: v.number(),
  /** The processor's own name. */
  cpu: v.string(),
  /** Processors that are online. */
  cores: v.number(),
  /** Whether cores have several threads. */
  smt: v.boolean(),
  /** NUMA nodes. */
  numa: v.number(),
  /** What sets the clock rate. */
  governor: v.string(),
  /** The system and its release. */
  kernel: v.string(),
  /** What the binaries were compiled by, and how. */
  compiler: v.string(),
  /** Its options. */
  flags: v.string(),
  /** The C library and its version. */
  libc: v.string(),
  /** Load average of the last minute, before and after; negative: the system has none. */
  load: v.tuple([v.number(), v.number()]),
});

/** What locks need to be judged by, and how noisy the machine was. */
export const machineFigures = v.object({
  /** Ticks of the time stamp counter in a nanosecond. */
  ticksPerNs: v.exactOptional(v.number()),
  /** Of the loop that holds a lock for a time. */
  loopsPerNsBefore: v.exactOptional(v.number()),
  /** The same as `loopsPerNs`, after the benchmark. */
  loopsPerNsAfter: v.exactOptional(v.number()),
  /** The share of time that others took. */
  noiseBefore: v.exactOptional(v.number()),
  /** The same as `noise`, after the benchmark. */
  noiseAfter: v.exactOptional(v.number()),
  /** A cache line's way from one CPU to another; 0 with one CPU. */
  transferNs: v.exactOptional(v.number()),
  /** What a look at the clock takes: a shorter wait looks like none. */
  clockNs: v.exactOptional(v.number()),
  /** The clock rate moved, or others took a tenth of the time. */
  noisy: v.exactOptional(v.boolean()),
});

/** The machine as it is. */
export type NativeMachineFacts = OutputOf<typeof machineFacts>;

/** The machine as a benchmark of bench.node found it, and left it. */
export interface NativeMachine
  extends NativeMachineFacts,
    Required<OutputOf<typeof machineFigures>> {}
