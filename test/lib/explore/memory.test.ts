import { describe, expect, test } from '@jest/globals';
import { describeEvidence } from '../../../lib/explore/evidence';
import { makeCut } from '../../../lib/explore/matrix';
import { type ExploreOptions, makeExplorePlan } from '../../../lib/explore/plan';
import { explore, race } from '../../../lib/index';
import type { NativeExplored } from '../../../lib/native/explore';
import { makeProgramPlan } from '../../../lib/own/plan';
import { program } from '../../../lib/own/program';
import { exploreSection } from '../../../lib/render/kinds/explore';
import type { ExploreDocument } from '../../../lib/reports/documents';
import { tables } from '../../../lib/tables/tables';

const planOf = (options: ExploreOptions) => makeExplorePlan('create-find', options).report;
const refused = (options: ExploreOptions) => () => planOf(options);
const nine = race(
  'nine',
  Object.fromEntries(
    Array.from({ length: 9 }, (_, i) => [
      `cpu${i + 1}`,
      (d: { create(minor: number): void }) => d.create(i),
    ]),
  ) as never,
);

describe('`memory`', () => {
  test('is sc where nobody says, and stands in plan and report', async () => {
    expect(planOf({}).memory).toBe('sc');
    const report = await explore('create-find', { memory: 'sc' });
    expect(report).toMatchObject({ memory: 'sc', plan: { memory: 'sc' } });
    expect(report.evidence).toMatch(/^exhaustive under sequential consistency: /);
  });

  test('is one of the models of the table', () => {
    const what = tables.models.map(({ name }) => `\`${name}\``).join(', ');
    const message = `Expected \`memory\` to be ${what}, got \`c11\``;
    expect(refused({ memory: 'c11' as never })).toThrow(message);
    expect(() => makeCut({ memory: 'c11' as never })).toThrow(message);
  });

  test.each(['dpor', 'sticky'] as const)('tso and rc11 do not go with %s', (strategy) => {
    for (const memory of ['tso', 'rc11'] as const) {
      expect(refused({ memory, strategy })).toThrow(
        `\`${strategy}\` is for \`memory\` sc, and not for ${memory}`,
      );
    }
    expect(planOf({ memory: 'sc', strategy }).strategy).toBe(strategy);
  });

  test.each(['portfolio', 'stateful', 'dfs', 'random', 'pct'] as const)(
    'tso and rc11 go with %s',
    (strategy) => {
      for (const memory of ['tso', 'rc11'] as const) {
        expect(planOf({ memory, strategy })).toMatchObject({ memory, strategy });
      }
    },
  );

  test('rc11 always looks for data races, with every strategy; tso does not', () => {
    expect(planOf({ memory: 'rc11' }).races).toBe(true);
    expect(planOf({ memory: 'rc11', races: true, strategy: 'stateful', states: 9 })).toMatchObject({
      races: true,
      states: 9,
    });
    expect(planOf({ memory: 'tso' }).races).toBe(false);
    expect(refused({ memory: 'tso', races: true })).toThrow(
      '`races` are not looked for under x86-TSO',
    );
    expect(refused({ races: true, strategy: 'stateful' })).toThrow('`races` needs schedules');
    expect(refused({ memory: 'rc11', races: 'yes' as never })).toThrow('`races`');
  });

  test('tso takes eight threads', () => {
    const message = 'Expected `memory` to be sc or rc11 for more than 8 threads, got `tso`';
    expect(() => makeExplorePlan(nine, { memory: 'tso' })).toThrow(message);
    expect(makeExplorePlan(nine, { memory: 'rc11' }).report.memory).toBe('rc11');
  });

  test('a search in parts is one of sc, or one that samples', () => {
    const split = { memory: 'rc11', slices: 2 } as const;
    expect(refused({ ...split, strategy: 'dfs' })).toThrow('`dfs` cannot be split under `memory`');
    expect(planOf({ ...split, strategy: 'random', executions: 10 }).slices).toBe(2);
  });

  test('dfs has no bound of preemptions where what an access reads is a choice, too', async () => {
    const options = { memory: 'rc11', strategy: 'dfs' } as const;
    expect(refused({ ...options, preemptions: 2 })).toThrow(
      '`preemptions` cannot be a bound under',
    );
    const { verdict, plan } = await explore('create-find', options);
    expect(verdict).toBe('clean');
    expect(makeExplorePlan('create-find', plan as ExploreOptions).report).toEqual(plan);
  });

  test('a plan of before, which does not have it, is still one', () => {
    const { memory, ...before } = planOf({ patches: 'none', seed: 5 });
    expect(memory).toBe('sc');
    const again = makeExplorePlan('create-find', before as ExploreOptions).report;
    expect(again).toMatchObject({ seed: 5, memory: 'sc', patches: { mask: 0 } });
  });

  test('own C refuses `orders: all` beside it', () => {
    const plan = () => makeProgramPlan(program('queue.c'), { memory: 'rc11', orders: 'all' });
    expect(plan).toThrow('`orders` all is for `memory` sc');
  });
});

describe('evidence under a model', () => {
  const explored = (more: Partial<NativeExplored>) =>
    ({
      exhausted: false,
      states: 0,
      executions: 7,
      blocked: 0,
      limit: 0,
      ...more,
    }) as NativeExplored;
  const limit = tables.ends.findIndex(({ name }) => name === 'executions');

  test('names the model and the size', () => {
    const found = explored({ exhausted: true, states: 730_924 });
    expect(describeEvidence(found, planOf({ memory: 'rc11' }))).toBe(
      'exhaustive under RC11 without load buffering: 730,924 states',
    );
    expect(describeEvidence(found, planOf({ memory: 'tso' }))).toBe(
      'exhaustive under x86-TSO: 730,924 states',
    );
  });

  test('promises no bound of pct, which is of orders of steps alone', () => {
    const found = explored({ limit, cpus: 2, stepsLongest: 10, longestAt: 1 });
    const bound = /a fault that takes 3 orderings is missed/;
    expect(describeEvidence(found, planOf({ strategy: 'pct' }))).toMatch(bound);
    const weak = describeEvidence(found, planOf({ strategy: 'pct', memory: 'rc11' }));
    expect(weak).not.toMatch(bound);
    expect(weak).toContain('under RC11 without load buffering');
  });

  test('of a document: data races are ruled out by rc11, and not by tso', async () => {
    const { checks } = await exploreSection(await documentOf('rc11'));
    const { checks: others } = await exploreSection(await documentOf('tso'));
    const skipped = (all: typeof checks) => all.find(({ name }) => name === 'data-race')?.skipped;
    expect(skipped(checks)).toBeUndefined();
    expect(skipped(others)).toBe('data races were not looked for');
  });
});

/** A clean report, as if it was of another model. */
async function documentOf(memory: 'tso' | 'rc11'): Promise<ExploreDocument> {
  const report = await explore('create-find');
  const { plan } = report;
  return { ...report, memory, plan: { ...plan, memory } } as unknown as ExploreDocument;
}
