import * as v from 'valibot';
import { readShard, shard } from '../../run/schema';
import { readPatchSet } from '../../tables/schema';
import { count } from './fields';
import { machine } from './machine';

/** What every report begins with, as this version writes it and as it is read. */

export const environment = v.object({
  /** Version of Node. */
  node: v.string(),
  /** The operating system. */
  os: v.string(),
  /** The architecture of the CPU. */
  arch: v.string(),
  /** CPUs that are there. */
  cpus: v.number(),
});

export const reportHead = v.object({
  /** Always `dmtorture`. */
  tool: v.literal('dmtorture'),
  /** Of the package. */
  version: v.string(),
  /** What it came to. */
  verdict: v.picklist(['clean', 'fault', 'unfinished']),
  /** False where it was stopped from outside, or a limit cut a search off. */
  complete: v.boolean(),
  /** Where it ran. */
  environment,
  /** How long it took. */
  durationMs: count,
  /** What is strange, a sentence each, such as a journal that has a unit twice. */
  warnings: v.optional(v.array(v.string())),
  /** Why the tool failed before the end, such as a full disk; the report is of what was done. */
  failure: v.optional(v.string()),
});

/** One of the runs that a merged report is made of. Merged JSON has its members in this order. */
export const reportPart = v.object({
  /** Its seed. */
  seed: v.number(),
  /** Absent where the run was not split. */
  shard: v.exactOptional(shard),
  /** Where it ran. */
  environment,
  /** How long it took. */
  durationMs: reportHead.entries.durationMs,
  /** What it came to. */
  verdict: reportHead.entries.verdict,
  /** It was not stopped before its end. */
  complete: v.boolean(),
  /** Of an exploration: nothing of its part was left out. */
  exhaustive: v.exactOptional(v.boolean()),
  /** Of a benchmark: what else its figures are worth nothing without. */
  machine: v.exactOptional(machine),
  /** What makes its figures doubtful. */
  warnings: v.exactOptional(v.array(v.unknown())),
  /** Locks that it tried. */
  validated: v.exactOptional(v.array(v.unknown())),
});

const { seed, exhaustive, machine: ofBench, warnings, validated } = reportPart.entries;
const readEnvironment = v.looseObject(environment.entries);
const { tool, version, verdict, complete, durationMs } = reportHead.entries;

/** As it is read. */
export const head = {
  tool,
  version,
  verdict,
  complete,
  environment: readEnvironment,
  durationMs,
  /** Of `--threshold`. */
  thresholds: v.optional(
    v.array(
      v.looseObject({ threshold: v.string(), held: v.boolean(), says: v.optional(v.string()) }),
    ),
  ),
  /** The runs that it was merged of. */
  parts: v.optional(
    v.array(
      v.looseObject({
        seed,
        shard: readShard,
        environment: readEnvironment,
        durationMs,
        verdict,
        complete,
        exhaustive: v.optional(exhaustive.wrapped),
        machine: v.optional(ofBench.wrapped),
        warnings: v.optional(warnings.wrapped),
        validated: v.optional(validated.wrapped),
      }),
    ),
  ),
};

/** What every plan has, and what is read of it. */
export const plan = { seed: v.number(), patches: readPatchSet, shard: readShard };
