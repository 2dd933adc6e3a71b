import { beforeAll, describe, expect, test } from '@jest/globals';
import { hasBit } from '../../../lib/base/bounds';
import { explore } from '../../../lib/explore/explore';
import { nativeExplore } from '../../../lib/native/load';
import { encodePrograms } from '../../../lib/programs/program';
import type { Race } from '../../../lib/programs/race';
import { findScenario, historyScenarios, scenarios } from '../../../lib/programs/scenarios';
import { compileFormula } from '../../../lib/tables/formula';
import { type PatchSet, patches } from '../../../lib/tables/patches';
import { tables } from '../../../lib/tables/tables';

const races = [...scenarios, ...historyScenarios];
const named = tables.sets.map(({ name }) => patches.parse(name));

/** Every named set, each of them without one of its rows, and with one more of the past. */
function everySet(): PatchSet[] {
  const sets = named.flatMap((set) => [
    set,
    ...[...set].filter(({ kind }) => kind !== 'past').map(({ no }) => set.without(no)),
    ...tables.patches.filter(({ kind }) => kind === 'past').map(({ no }) => set.with(no)),
  ]);
  return [...new Map(sets.map((set) => [set.canonical().mask, set.canonical()])).values()];
}

/** What every set shows in every scenario: kinds of fault, explored to the end. */
const shown = new Map<string, string[]>();
const few = races.filter(({ cpus }) => cpus.length === 2);
const key = (set: PatchSet, scenario: string): string => `${scenario} with ${set.format()}`;

async function fill(sets: readonly PatchSet[], of: readonly Race[]): Promise<void> {
  const numbers = Float64Array.of(2, 0);
  const masks = Float64Array.from(sets, ({ mask }) => mask);
  const { faultKinds, exhausted } = await new Promise<{
    faultKinds: ArrayLike<number>;
    exhausted: ArrayLike<number>;
  }>((resolve) => {
    nativeExplore().matrix(numbers, masks, of.map(encodePrograms), (event) => {
      if ('faultKinds' in event) resolve(event);
    });
  });
  expect(Array.from(exhausted).every((one) => one === 1)).toBe(true);
  for (const [i, set] of sets.entries()) {
    for (const [k, { name }] of of.entries()) {
      const kinds = faultKinds[i * of.length + k] ?? 0;
      const slugs = tables.faults.filter((_, bit) => hasBit(kinds, bit)).map(({ slug }) => slug);
      shown.set(key(set, name), slugs);
    }
  }
}

/** All of them where two threads run; where there are more, the sets that have a name. */
const setsOf = ({ cpus }: Race): readonly PatchSet[] => (cpus.length === 2 ? sets : named);
const sets = everySet();

beforeAll(async () => {
  await fill(sets, few);
  await fill(named, races);
}, 300_000);

describe('the history', () => {
  test.each(races.map(({ name }) => name))(
    '%s shows what its formulas say, in every set',
    (name) => {
      const formulas = Object.entries(findScenario(name)?.expects ?? {}).map(
        ([kind, when]) => [kind, compileFormula(when)] as const,
      );
      const race = findScenario(name);
      const wrong = (race ? setsOf(race) : []).flatMap((set) => {
        const said = formulas.filter(([, holds]) => holds(set)).map(([kind]) => kind);
        const rules = said.filter((kind) => kind !== 'check-failed');
        const found = shown.get(key(set, name)) ?? [];
        return [...rules].sort().join() === [...found].sort().join()
          ? []
          : [{ set: set.format(), said, found }];
      });
      expect(wrong).toEqual([]);
    },
  );

  test.each(tables.history.map(({ no, scenario, ...row }) => ({ no, scenario, row })))(
    '$no has its fault in $scenario with the one set, and not with the other',
    async ({ no, scenario, row }) => {
      const [before, after] = [row.shown, row.cured].map((rows) =>
        patches.parse(['none', ...rows].join()),
      ) as [PatchSet, PatchSet];
      expect(before.has(no)).not.toBe(after.has(no));
      const [faults, others] = (await Promise.all(
        [before, after].map(async (set) => {
          const report = await explore(scenario, { patches: set, allFaults: true });
          expect(report.exhaustive).toBe(true);
          return report.faults.map(({ kind }) => kind);
        }),
      )) as [string[], string[]];
      expect(faults.filter((kind) => !others.includes(kind))).not.toEqual([]);
    },
  );

  test.each(historyScenarios.filter(({ check }) => check).map(({ name }) => name))(
    'the check of %s refuses ends where its formula says so',
    async (name) => {
      const refuses = compileFormula(findScenario(name)?.expects['check-failed'] ?? 'false');
      for (const set of named) {
        const { faults } = await explore(name, { patches: set, allFaults: true, minimise: false });
        const refused = faults.some(({ kind }) => kind === 'check-failed');
        expect([set.format(), refused]).toEqual([set.format(), refuses(set)]);
      }
    },
    120_000,
  );

  test('every row has one bug, and the scenarios of history are of rows', () => {
    const numbers = tables.patches.map(({ no }) => no);
    expect(tables.history.map(({ no }) => no).sort()).toEqual([...numbers].sort());
    const slugs: readonly string[] = tables.patches.map(({ slug }) => slug);
    expect(historyScenarios.filter(({ name }) => !slugs.includes(name))).toEqual([]);
    const patterns = tables.patterns.map(({ slug }) => slug);
    const inOrder = tables.history.map(({ pattern }) => patterns.indexOf(pattern));
    expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
  });
});

describe('sets', () => {
  test('all is clean in the scenarios of 2006, and has only what is good for ever', () => {
    const all = patches.parse('all');
    expect(scenarios.flatMap(({ name }) => shown.get(key(all, name)))).toEqual([]);
    expect([...all].map(({ kind }) => kind)).toEqual(Array.from(all, () => 'fix'));
  });

  test('today is clean in every scenario of both lists, except the one of the fix that was taken back', () => {
    const today = patches.parse('today');
    const found = races.filter(({ name }) => shown.get(key(today, name))?.length !== 0);
    expect(found.map(({ name }) => name)).toEqual(['deps-locked']);
    const late = patches.parse('6.x');
    expect(races.filter(({ name }) => shown.get(key(late, name))?.length !== 0)).toEqual([]);
    const expected = tables.patches.filter(({ no, kind }) => kind !== 'past' && no !== 'R24');
    expect([...today].map(({ no }) => no)).toEqual(expected.map(({ no }) => no));
  });

  test('the oldest is the first, and none is the kernel of the cover letter', () => {
    expect(tables.sets.filter(({ kernel }) => kernel).map(({ name }) => name)[0]).toBe('2.6.9');
    expect(patches.parse('2.6.16').equals(patches.parse('none'))).toBe(true);
    expect(patches.parse('none').format()).toBe('none');
  });

  test('what overrides a row leaves the same program without it', () => {
    expect(patches.parse('2.6.17,P2').canonical().format()).toBe('2.6.17');
    expect(patches.parse('merged,P2,R0').canonical().format()).toBe('merged');
    expect(patches.parse('P1,P2,R0').canonical().format()).toBe('P1');
    const same = patches.parse('2.6.17,P2');
    expect(same.mask).not.toBe(same.canonical().mask);
  });
});
