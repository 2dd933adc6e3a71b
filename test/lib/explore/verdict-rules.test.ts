import { describe, expect, test } from '@jest/globals';
import { describeEvidence } from '../../../lib/explore/evidence';
import { explore } from '../../../lib/explore/explore';
import { makeExplorePlan } from '../../../lib/explore/plan';
import { foldUnits } from '../../../lib/explore/units';
import { matrix, mergeReports, race } from '../../../lib/index';
import type { NativeExplored } from '../../../lib/native/explore';
import { describeOutcome } from '../../../lib/programs/outcomes';
import type { Section } from '../../../lib/render/section';
import { worstVerdict } from '../../../lib/render/sections';
import { toVerdict } from '../../../lib/reports/head';
import { mergeOutcomes } from '../../../lib/reports/merge/stress';
import { limitOf, wasStopped, worstLimit } from '../../../lib/tables/limit';
import { tables } from '../../../lib/tables/tables';

describe('a verdict', () => {
  test('is clean only where nothing was found and nothing cut off', () => {
    expect(toVerdict(false, true)).toBe('clean');
    expect(toVerdict(false, false)).toBe('unfinished');
    expect(toVerdict(true, true)).toBe('fault');
    expect(toVerdict(true, false)).toBe('fault');
  });

  test('of several is the worst, in whichever order', () => {
    const worst = (...verdicts: Section['verdict'][]) =>
      worstVerdict(verdicts.map((verdict) => ({ verdict }) as Section));
    expect(worst('clean', 'clean')).toBe('clean');
    expect(worst('unfinished', 'clean')).toBe('unfinished');
    expect(worst('clean', 'unfinished')).toBe('unfinished');
    expect(worst('unfinished', 'fault', 'clean')).toBe('fault');
  });
});

describe('a limit', () => {
  test('is what cuts a search off, and not what a search that samples is asked for', () => {
    const limits = (samples: boolean) => tables.ends.map(({ name }) => limitOf(name, samples));
    const [none, fault, ...cut] = tables.ends.map(({ name }) => name);
    expect([none, fault]).toEqual(['none', 'fault']);
    expect(limits(false)).toEqual([null, null, ...cut]);
    const others = cut.map((name) => (name === 'executions' || name === 'time' ? null : name));
    expect(limits(true)).toEqual([null, null, ...others]);
  });

  test('of several searches is the later row of the table', () => {
    const cut = tables.ends.map(({ name }) => name).slice(2);
    for (const [i, one] of cut.entries()) {
      for (const [j, other] of cut.entries()) {
        expect(worstLimit([one, null, other])).toBe(cut[Math.max(i, j)]);
      }
    }
    expect(worstLimit(['none', 'fault', null, undefined])).toBeNull();
  });

  test('that was asked for does not count as an interruption, nor does a missing shard', () => {
    expect(wasStopped({ complete: true, limit: 'stopped' })).toBe(false);
    expect(wasStopped({ complete: false, limit: 'stopped' })).toBe(true);
    expect(wasStopped({ complete: false, limit: 'time' })).toBe(false);
    expect(wasStopped({ complete: false })).toBe(true);
    expect(wasStopped({ complete: false, parts: [{ complete: true }] })).toBe(false);
    expect(wasStopped({ complete: false, parts: [{ complete: false }] })).toBe(true);
  });
});

describe('evidence', () => {
  const looked = {
    cpus: 2,
    stepsLongest: 9,
    executions: 7,
    longestAt: 1,
    blocked: 2,
    states: 0,
    exhausted: true,
    beforeFailed: false,
    limit: 0,
    foundBy: 0,
  } as NativeExplored;
  const says = (explored: object, plan: object) =>
    describeEvidence(
      { ...looked, ...explored },
      {
        ...makeExplorePlan('create-find', {}).report,
        ...plan,
      },
    );
  const states = tables.ends.findIndex(({ name }) => name === 'states');

  test('of a search that came to its end is what it went through', () => {
    const text = 'exhaustive under sequential consistency: ';
    expect(says({}, { strategy: 'dfs' })).toBe(`${text}7 executions`);
    expect(says({}, { strategy: 'dpor' })).toBe(`${text}5 traces`);
    expect(says({ states: 30 }, {})).toBe(`${text}30 states`);
    expect(says({}, { strategy: 'dfs', shard: { index: 1, count: 2 } })).toBe(
      `${text}7 executions, in shard 1/2`,
    );
  });

  test('of one that was cut off names the limit, and claims no more', () => {
    expect(says({ exhausted: false, limit: states }, { strategy: 'stateful' })).toBe(
      'not exhaustive: stateful, 7 executions under sequential consistency; the limit of states was reached',
    );
  });
});

describe('what several searches have seen together', () => {
  const plan = makeExplorePlan('create-find', { strategy: 'dpor', slices: 2 });

  test('is exhaustive and complete only with all of them', async () => {
    const {
      tool,
      version,
      kind,
      plan: _,
      ...part
    } = await explore('create-find', {
      strategy: 'dpor',
    });
    const whole = { verdict: 'clean', complete: true, exhaustive: true, limit: null };
    expect(foldUnits(plan, [part, part], false)).toMatchObject(whole);
    expect(foldUnits(plan, [part], true)).toMatchObject({
      verdict: 'unfinished',
      complete: false,
      exhaustive: false,
      limit: 'stopped',
    });
    const cut = { ...part, complete: false, exhaustive: false, limit: 'states' as const };
    expect(foldUnits(plan, [part, cut], false)).toMatchObject({
      verdict: 'unfinished',
      complete: false,
      exhaustive: false,
      limit: 'states',
      evidence: expect.stringMatching(/^not exhaustive: dpor, /),
    });
  });

  test('does not count twice what a deterministic search saw', async () => {
    const [one, same] = [await explore('create-find'), await explore('create-find')];
    expect(() => mergeReports([one, same])).toThrow('it would count twice');
    const seeds = [1, 2].map((seed) => explore('create-find', { strategy: 'dpor', seed }));
    const reports = await Promise.all(seeds);
    expect(() => mergeReports(reports)).toThrow('`seed` is `1` in the one, `2` in the other');
  });

  test('has the worst grade of an outcome', () => {
    const one = { results: 'a', count: 1 };
    for (const grades of [
      ['acceptable', 'forbidden'],
      ['forbidden', 'acceptable'],
      ['interesting', 'forbidden'],
    ] as const) {
      expect(mergeOutcomes(grades.map((grade) => ({ ...one, grade })))).toEqual([
        { ...one, count: 2, grade: 'forbidden' },
      ]);
    }
  });
});

test('an end that the check refuses is forbidden, whatever the engine says of it', () => {
  const mine = race('mine', {
    cpu1: (d) => d.create(0),
    cpu2: (d) => d.find(0),
    check: ({ results }) => results[1]?.[0] === 0 || 'cpu2 has to find it',
  });
  const graded = (found: number) =>
    describeOutcome({ results: [0, found, 1], count: 1, grade: 0 }, mine);
  expect(graded(0)).toMatchObject({ grade: 'acceptable' });
  expect(graded(-6)).toMatchObject({ grade: 'forbidden', refused: 'cpu2 has to find it' });
});

test('a matrix of a race with a check has the follow-ups that patches names', async () => {
  const checked = race('checked', {
    cpu1: (d) => d.create(0),
    cpu2: (d) => d.find(0),
    check: () => true,
  });
  const faults = async (patches: string) =>
    (await matrix({ scenarios: [checked], masks: [255], patches })).cells[0]?.faults;
  expect(await faults('all')).toEqual([]);
  expect(await faults('series')).toEqual(['reference-leak']);
});
