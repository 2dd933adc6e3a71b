import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { explore } from '../../../lib/explore/explore';
import { matrix } from '../../../lib/explore/matrix';
import { replay } from '../../../lib/explore/replay';
import type { BenchDocument, StressDocument } from '../../../lib/reports/documents';
import { parseBuckets } from '../../../lib/reports/latency';
import { type MergedReport, mergeReports } from '../../../lib/reports/merge';
import type { StressReport } from '../../../lib/stress/report';
import { stress } from '../../../lib/stress/stress';
import { type Generated, mergeable } from '../merge-documents';

/** Merge in pairs, in the order and the shape that `choose` says. */
function mergeAnyhow(documents: Generated[], choose: (below: number) => number): unknown {
  const left = [...documents];
  while (left.length > 1) {
    const take = (): Generated => left.splice(choose(left.length), 1)[0] as Generated;
    left.push(mergeReports([take(), take()]) as Generated);
  }
  return mergeReports(left);
}

describe('whatever is merged', () => {
  test('the order and the shape do not matter', () => {
    fc.assert(
      fc.property(mergeable, fc.infiniteStream(fc.nat()), (documents, stream) => {
        const whole = JSON.stringify(mergeReports(documents), null, 1);
        const choose = (below: number): number => (stream.next().value as number) % below;
        expect(JSON.stringify(mergeAnyhow(documents, choose), null, 1)).toBe(whole);
      }),
      { numRuns: 300 },
    );
  });

  test('counts and histograms add up', () => {
    fc.assert(
      fc.property(mergeable, (documents) => {
        const [whole] = [mergeReports(documents)];
        fc.pre(whole.kind === 'stress');
        const all = documents as StressDocument[];
        const sum = (of: (document: StressDocument) => number): number =>
          all.reduce((total, document) => total + of(document), 0);
        const created = (document: StressDocument): number => document.ops.create?.count ?? 0;
        expect((whole as StressDocument).rounds).toBe(sum(({ rounds }) => rounds));
        expect(created(whole as StressDocument)).toBe(sum(created));
        const measured = (document: StressDocument): number =>
          parseBuckets(document.ops.create?.latencyBuckets ?? '').reduce((n, b) => n + b.count, 0);
        expect(measured(whole as StressDocument)).toBe(sum(measured));
        const faults = ({ faults: told }: StressDocument): number =>
          told.reduce((n, { count }) => n + count, 0);
        expect(faults(whole as StressDocument)).toBe(sum(faults));
      }),
    );
  });

  test('is complete with every shard, and not before', () => {
    fc.assert(
      fc.property(mergeable, (documents) => {
        fc.pre(documents.length > 1);
        const whole = mergeReports(documents);
        const [{ plan }] = documents as [Generated];
        const shard = (plan as { shard?: { count: number } }).shard;
        const all = shard === undefined || shard.count === documents.length;
        expect(whole.complete).toBe(all && documents.every(({ complete }) => complete));
        expect(whole.plan).not.toHaveProperty('shard');
        expect(whole.parts).toHaveLength(documents.length);
      }),
    );
  });
});

test('a threshold that one missed is missed, a kind that one has seen is seen', () => {
  fc.assert(
    fc.property(mergeable, (documents) => {
      const whole = mergeReports(documents);
      fc.pre(whole.kind === 'stress');
      const all = documents as StressDocument[];
      for (const [i, { held, says }] of (whole.thresholds ?? []).entries()) {
        expect(held).toBe(all.every(({ thresholds = [] }) => thresholds[i]?.held));
        expect(says !== undefined).toBe(i === 0 && !held);
      }
      for (const kind of whole.expected?.kinds ?? []) {
        const missing = all.every(({ expected }) => expected?.missing.includes(kind));
        expect((whole as StressDocument).expected?.missing.includes(kind)).toBe(missing);
      }
      expect(whole.thresholds).toHaveLength(2);
    }),
  );
});

test('rows of benchmarks stay apart, each with its run, and what that was worth', () => {
  fc.assert(
    fc.property(mergeable, (documents) => {
      const whole = mergeReports(documents);
      fc.pre(whole.kind === 'bench' && documents.length > 1);
      const all = documents as BenchDocument[];
      const { rows, warnings, parts = [] } = whole as MergedReport<BenchDocument>;
      expect(rows).toHaveLength(all.reduce((sum, one) => sum + one.rows.length, 0));
      for (const [run, { durationMs, machine }] of parts.entries()) {
        const own = all.find((one) => one.durationMs === durationMs);
        expect(machine).toEqual(own?.machine);
        const nsOf = (row: object): unknown => (row as { ns?: number }).ns;
        expect(rows.filter((row) => row.run === run).map(nsOf)).toEqual(own?.rows.map(nsOf));
      }
      expect(new Set(warnings as string[])).toEqual(
        new Set(all.flatMap((one) => one.warnings as string[])),
      );
    }),
  );
});

describe('real runs', () => {
  const short = { scenario: 'remove-open', patches: 'all,-05', rounds: 3000 } as const;

  test('of stress: seeds may differ, faults are reported once, the earliest first', async () => {
    const runs: StressReport[] = [];
    for (const seed of [1, 2, 3, 4]) runs.push(await stress({ ...short, seed }).result);
    const [a, b, c, d] = runs as [StressReport, StressReport, StressReport, StressReport];
    const left = mergeReports([mergeReports([a, b]), mergeReports([c, d])]);
    const right = mergeReports([mergeReports([mergeReports([d, c]), b]), a]);
    expect(JSON.stringify(left)).toBe(JSON.stringify(right));
    expect(left).toMatchObject({ rounds: 12_000, plan: { seed: 1, rounds: 3000 }, complete: true });
    expect(left.parts?.map(({ seed }) => seed)).toEqual([1, 2, 3, 4]);
    expect(left.durationMs).toBeCloseTo(
      runs.reduce((ms, { durationMs }) => ms + durationMs, 0),
      6,
    );
    const kinds = left.faults.map(({ kind }) => kind);
    expect(new Set(kinds).size).toBe(kinds.length);
    expect(new Set(kinds)).toEqual(
      new Set(runs.flatMap((run) => run.faults.map(({ kind }) => kind))),
    );
    const times = left.faults.map(({ first }) => first.atMs);
    expect(times).toEqual([...times].sort((x, y) => x - y));
    expect(left.outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(12_000);
  });

  test('of a sampling search add up; diagrams are still drawn', async () => {
    const options = {
      patches: 'all,-05',
      strategy: 'random',
      executions: 2000,
      allFaults: true,
    } as const;
    const runs = await Promise.all(
      [1, 2].map((seed) => explore('remove-open', { ...options, seed })),
    );
    // As from a file.
    const merged = mergeReports(JSON.parse(JSON.stringify(runs)) as typeof runs);
    expect(merged).toMatchObject({ executions: 4000, exhaustive: false, verdict: 'fault' });
    expect(merged.evidence).toBe(
      'not exhaustive: random, 4,000 executions in 2 runs, under sequential consistency',
    );
    const [fault] = merged.faults;
    expect(String(fault?.trace)).toBe(String((await replay(fault?.ticket ?? '')).trace));
  });
});

describe('is refused, with the two values:', () => {
  const run = (options: object): Promise<StressReport> =>
    stress({ scenario: 'create-find', rounds: 10, seed: 1, ...options }).result;

  test('another plan', async () => {
    const [all, less] = [await run({}), await run({ patches: 'all,-05' })];
    expect(() => mergeReports([all, less])).toThrow(
      'report 1 and report 2 have different plans: `patches` is `all` in the one, `all,-05` in the other',
    );
    const more = await run({ rounds: 11 });
    expect(() => mergeReports([all, more], ['a.json', 'b.json'])).toThrow(
      'a.json and b.json have different plans: `rounds` is `10` in the one, `11` in the other',
    );
  });

  test('another kind, another version', async () => {
    const one = await run({});
    const other = await explore('create-find');
    expect(() => mergeReports<typeof one | typeof other>([one, other])).toThrow(
      'report 1 and report 2 cannot become one: `kind` is `stress` in the one, `explore` in the other',
    );
    const older = { ...one, version: '0.0.1', durationMs: 5 };
    expect(() => mergeReports([one, older])).toThrow(
      /cannot become one: `version` is `.*` in the one, `0\.0\.1` in the other/,
    );
  });

  test('the same run twice, in whichever company', async () => {
    const [one, two] = [await run({}), await run({ seed: 2 })];
    expect(() => mergeReports([one, two, one])).toThrow(
      'report 1 and report 3 are of the same run, the whole: it would count twice',
    );
    expect(() => mergeReports([mergeReports([one, two]), one])).toThrow(/would count twice/);
    const found = await explore('create-find', { strategy: 'dpor', seed: 3 });
    const again = await explore('create-find', { strategy: 'dpor', seed: 3 });
    expect(() => mergeReports([found, again])).toThrow(
      'report 1 and report 2 are of the same run, the whole of seed 3: it would count twice',
    );
    const half = { scenarios: ['create-find'], masks: [0] };
    const cells = [await matrix(half), await matrix(half)];
    expect(() => mergeReports(cells)).toThrow(/are of the same run, the whole of seed 0/);
  });

  test('what is neither a report nor a list of reports', () => {
    expect(() => mergeReports([])).toThrow('Expected `reports` to be one at least, got `none`');
    expect(() => mergeReports('x' as unknown as [])).toThrow(/^Expected `reports` to be an array/);
    expect(() => mergeReports([{ tool: 'x' } as unknown as StressReport])).toThrow(
      'report 1: this is not a report of dmtorture; --json of a command writes one. Expected `tool` to be `dmtorture`, got `x`',
    );
  });
});
