import * as v from 'valibot';
import { benchRow } from './documents/bench-rows';
import { explore } from './documents/explore';
import { expectedKinds, how, outcome } from './documents/faults';
import { count, texts } from './documents/fields';
import { head, plan, programPlan } from './documents/head';
import { machine } from './documents/machine';
import { inSources, trace } from './documents/steps';
import { subject } from './documents/subject';

/**
 * The JSON documents of the commands, as far as reports are made of them: files may come from
 * other machines, other versions and by hand, so everything that is read is checked here.
 */

const latency = v.looseObject({ p50: count, p90: count, p99: count, p999: count, max: count });

const ops = v.record(
  v.string(),
  v.looseObject({
    count,
    ok: count,
    errors: v.record(v.string(), count),
    latencyNs: v.optional(latency),
    latencyBuckets: v.optional(v.string()),
  }),
);

const stress = v.looseObject({
  ...head,
  kind: v.literal('stress'),
  expected: expectedKinds,
  plan: v.looseObject({ ...programPlan, threads: v.number() }),
  subject,
  latencyUnder: v.optional(v.string()),
  ops,
  opsPerSecond: count,
  rounds: count,
  notes: v.optional(texts),
  outcomes: v.array(outcome),
  faults: v.array(
    v.looseObject({
      kind: v.string(),
      invariant: v.string(),
      preventedBy: texts,
      count,
      first: v.looseObject({
        atMs: v.number(),
        cpu: v.number(),
        op: v.nullable(v.string()),
        minor: v.nullable(v.number()),
        site: v.string(),
        message: v.string(),
        ...inSources,
      }),
      ticket: v.optional(v.string()),
      trace: v.optional(trace),
      titles: v.optional(texts),
    }),
  ),
});

const replay = v.looseObject({
  ...head,
  kind: v.literal('replay'),
  plan: v.looseObject({ ...plan, scenario: v.string(), program: v.string() }),
  subject,
  ticket: v.string(),
  reproduced: v.boolean(),
  expected: v.nullable(v.string()),
  fault: v.nullable(
    v.looseObject({
      kind: v.string(),
      invariant: v.string(),
      preventedBy: texts,
      site: v.string(),
      message: v.string(),
      ...inSources,
      preemptions: v.number(),
      steps: v.number(),
    }),
  ),
  titles: v.optional(texts),
  trace,
});

const matrix = v.looseObject({
  ...head,
  kind: v.literal('matrix'),
  plan: v.looseObject({ ...plan, scenarios: texts, masks: v.array(v.number()) }),
  cells: v.array(
    v.looseObject({
      mask: v.number(),
      scenario: v.string(),
      faults: texts,
      exhaustive: v.boolean(),
    }),
  ),
  cleanMasks: v.array(v.number()),
  limit: v.optional(v.nullable(v.string())),
  executions: count,
  states: v.optional(count, 0),
  disagreements: v.array(
    v.looseObject({
      mask: v.number(),
      scenario: v.string(),
      kind: v.string(),
      reachable: v.boolean(),
    }),
  ),
});

const demo = v.looseObject({
  ...head,
  kind: v.literal('demo'),
  plan: v.looseObject(plan),
  rows: v.array(
    v.looseObject({
      patch: v.string(),
      slug: v.string(),
      prevents: v.string(),
      scenario: v.string(),
      fault: v.nullable(v.string()),
      means: v.nullable(v.string()),
      msToFirst: v.nullable(v.number()),
      how,
      ticket: v.nullable(v.string()),
    }),
  ),
  allClean: v.boolean(),
  clean: v.array(v.looseObject({ scenario: v.string(), ops: count, faults: texts })),
});

const bench = v.looseObject({
  ...head,
  kind: v.literal('bench'),
  plan: v.looseObject({}),
  rows: v.array(benchRow),
  limit: v.optional(v.nullable(v.string())),
  machine: v.optional(machine),
  warnings: v.optional(texts),
  validated: v.optional(
    v.array(
      v.looseObject({
        lock: v.string(),
        control: v.boolean(),
        excludes: v.boolean(),
        lost: v.number(),
        intruders: v.number(),
      }),
    ),
  ),
});

/** The schema of each kind. */
export const schemas = { stress, explore, replay, matrix, demo, bench };

/** A report of {@link stress}, as its JSON has it. */
export type StressDocument = v.InferOutput<typeof stress>;
/** A report of {@link explore}, or of all scenarios. */
export type ExploreDocument = v.InferOutput<typeof explore>;
/** A report of {@link replay}. */
export type ReplayDocument = v.InferOutput<typeof replay>;
/** A report of {@link matrix}. */
export type MatrixDocument = v.InferOutput<typeof matrix>;
/** A report of `dmtorture demo`. */
export type DemoDocument = v.InferOutput<typeof demo>;
/** A report of `dmtorture bench`. */
export type BenchDocument = v.InferOutput<typeof bench>;
/** What reports are rendered from. */
export type ReportDocument = v.InferOutput<(typeof schemas)[keyof typeof schemas]>;

/** The document of each kind. */
export type DocumentOf<Kind extends ReportDocument['kind']> = Extract<
  ReportDocument,
  { kind: Kind }
>;
