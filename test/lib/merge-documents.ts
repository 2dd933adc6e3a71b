import fc from 'fast-check';
import { version } from '../../lib/base/version';
import type { ReportDocument } from '../../lib/reports/documents';
import { formatBuckets, toBuckets } from '../../lib/reports/latency';
import { patches } from '../../lib/tables/patches';
import { tables } from '../../lib/tables/tables';

/** Documents as commands write them, made up. */

export type Generated = ReportDocument & { parts?: unknown };

const count = fc.nat({ max: 10 ** 6 });
const duration = fc.double({ min: 0.001, max: 10 ** 6, noNaN: true });

const environment = fc.record({
  node: fc.constantFrom('v20.20.0', 'v24.1.0'),
  os: fc.constantFrom('Linux 6.1', 'Darwin 24'),
  arch: fc.constantFrom('x64', 'arm64'),
  cpus: fc.integer({ min: 1, max: 64 }),
});

function head<Kind extends string>(kind: Kind) {
  return {
    tool: fc.constant('dmtorture' as const),
    version: fc.constant(version),
    kind: fc.constant(kind),
    verdict: fc.constantFrom('clean', 'fault', 'unfinished'),
    complete: fc.boolean(),
    environment,
    durationMs: duration,
  };
}

const buckets = fc.array(fc.nat({ max: 10 ** 7 }), { minLength: 1, maxLength: 6 }).map((ends) =>
  toBuckets(
    ends,
    ends.map((end) => (end % 9) + 1),
  ),
);

const op = fc.record({
  count,
  ok: count,
  errors: fc.dictionary(fc.constantFrom('ENXIO', 'EBUSY'), count),
  latencyNs: fc.constant({ p50: 1, p90: 1, p99: 1, p999: 1, max: 1 }),
  latencyBuckets: buckets.map(formatBuckets),
});

const outcomes = fc.uniqueArray(
  fc.record({
    results: fc.constantFrom('a', 'b', 'c'),
    count,
    grade: fc.constantFrom('acceptable', 'interesting', 'forbidden'),
  }),
  { selector: ({ results }) => results },
);

const plan = {
  seed: fc.constant(1),
  patches: fc.constant({ ...patches.parse('all,-05') }),
  scenario: fc.constant('create-find'),
  program: fc.constant('cpu1: create 0 ; cpu2: find 0'),
};

const KINDS = ['duplicate-minor', 'refcount-resurrect', 'use-after-free'];
const kind = fc.constantFrom(...KINDS);
const site = fc.constantFrom('dm_get: atomic_inc', 'dm_put: atomic_dec', 'find_md');

const stressFault = fc.record(
  {
    kind,
    invariant: fc.constant('I2'),
    preventedBy: fc.constant(['05']),
    count,
    first: fc.record({
      atMs: fc.double({ min: 0, max: 100, noNaN: true }),
      cpu: fc.integer({ min: 1, max: 4 }),
      op: fc.constantFrom('find', null),
      minor: fc.constantFrom(0, null),
      site,
      message: fc.constantFrom('freed', 'gone'),
    }),
    ticket: fc.constantFrom('dmt2.AA', 'dmt2.B', 'dmt2.C'),
  },
  { requiredKeys: ['kind', 'invariant', 'preventedBy', 'count', 'first'] },
);

const exploredFault = fc.record({
  kind,
  invariant: fc.constant('I2'),
  preventedBy: fc.constant(['05']),
  how: fc.constant('race'),
  site,
  message: fc.constant('freed'),
  count,
  executionsToFirst: fc.integer({ min: 1, max: 9 }),
  preemptions: fc.nat({ max: 3 }),
  steps: fc.nat({ max: 20 }),
  minimal: fc.boolean(),
  ticket: fc.constantFrom('dmt2.AA', 'dmt2.B', 'dmt2.C'),
  trace: fc.constant([]),
});

const faultsOf = <Fault extends { kind: string }>(one: fc.Arbitrary<Fault>) =>
  fc.uniqueArray(one, { selector: (fault) => fault.kind });

const gates = {
  thresholds: fc.tuple(fc.boolean(), fc.boolean()).map(([one, two]) => [
    { threshold: 'find.p99<5us', held: one, ...(!one && { says: 'find.p99 is 6 us' }) },
    { threshold: 'rounds>=10', held: two },
  ]),
  expected: fc.subarray(KINDS).map((missing) => ({ kinds: KINDS, missing })),
};

const stress = fc.record({
  ...head('stress'),
  ...gates,
  plan: fc.record({ ...plan, threads: fc.constant(2) }),
  ops: fc.dictionary(fc.constantFrom('create', 'find', 'open'), op),
  opsPerSecond: count,
  rounds: count,
  notes: fc.subarray(tables.notes.map(({ text }) => text)),
  outcomes,
  faults: faultsOf(stressFault),
});

const explore = fc.record({
  ...head('explore'),
  plan: fc.record({ ...plan, strategy: fc.constant('dpor') }),
  scenario: fc.constant('create-find'),
  strategy: fc.constant('dpor'),
  exhaustive: fc.boolean(),
  evidence: fc.string(),
  limit: fc.constantFrom(...tables.ends.map(({ name }) => name)),
  executions: count,
  traces: count,
  states: count,
  steps: count,
  executionsPerSecond: count,
  outcomes,
  faults: faultsOf(exploredFault),
});

const demo = fc.record({
  ...head('demo'),
  plan: fc.record({ seed: fc.nat(), patches: plan.patches }),
  rows: fc
    .array(fc.option(fc.double({ min: 0, max: 2000, noNaN: true })), { minLength: 8, maxLength: 8 })
    .map((times) =>
      times.map((msToFirst, i) => ({
        patch: `0${i + 1}`,
        slug: 'slug',
        prevents: 'what it prevents',
        scenario: 'create-find',
        fault: msToFirst === null ? null : 'use-after-free',
        means: null,
        msToFirst,
        how: 'race',
        ticket: null,
      })),
    ),
  allClean: fc.boolean(),
  clean: fc.uniqueArray(
    fc.record({
      scenario: fc.constantFrom('create-find', 'remove-open', 'storm'),
      ops: count,
      faults: fc.constantFrom([], ['use-after-free']),
    }),
    { selector: ({ scenario }) => scenario },
  ),
});

const bench = fc.record({
  ...head('bench'),
  warnings: fc.uniqueArray(fc.constantFrom('noisy', 'few windows', 'oversubscribed')),
  machine: fc.record({ cpu: fc.constantFrom('A', 'B') }),
  plan: fc.record({ seed: fc.nat() }),
  rows: fc
    .array(fc.record({ call: fc.constantFrom('empty', 'find'), ns: count }), {
      minLength: 1,
      maxLength: 3,
    })
    .map((rows) => rows.map((row) => ({ ...row, ci95: [0, row.ns] }))),
});

const shuffled = (count: number) =>
  fc.shuffledSubarray(
    Array.from({ length: count }, (_, i) => i + 1),
    { minLength: 1 },
  );

/** Some of the shards of one run. */
function shardsOf<One extends { plan: object }>(one: fc.Arbitrary<One>): fc.Arbitrary<Generated[]> {
  const chosen = fc
    .integer({ min: 2, max: 6 })
    .chain((all) => shuffled(all).map((own) => ({ all, own })));
  return fc
    .tuple(chosen, fc.array(one, { minLength: 6, maxLength: 6 }))
    .map(([{ all, own }, reports]) =>
      own.map((index, i) => {
        const report = reports[i] as One;
        return {
          ...report,
          plan: { ...report.plan, shard: { index, count: all } },
        } as unknown as Generated;
      }),
    );
}

/** Runs of one plan that was not split; no two of them took as long. */
function runsOf<One extends { durationMs: number }>(
  one: fc.Arbitrary<One>,
): fc.Arbitrary<Generated[]> {
  return fc.uniqueArray(one, {
    minLength: 1,
    maxLength: 6,
    selector: ({ durationMs }) => durationMs,
  }) as unknown as fc.Arbitrary<Generated[]>;
}

/** Lists of documents that can become one, of every kind that has numbers. */
export const mergeable: fc.Arbitrary<Generated[]> = fc.oneof(
  shardsOf(stress),
  runsOf(stress),
  shardsOf(explore),
  runsOf(demo),
  runsOf(bench),
);
