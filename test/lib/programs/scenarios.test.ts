import { expect, test } from '@jest/globals';
import { findScenario, scenarios } from '../../../lib/programs/scenarios';
import { compileFormula } from '../../../lib/tables/formula';
import { patches } from '../../../lib/tables/patches';

test('names are unique, and none is the storm', () => {
  const names = scenarios.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).not.toContain('storm');
});

test.each([
  'create-find',
  'create-get',
  'remove-find',
  'clash-find',
  'remove-get',
  'remove-open',
  'create-create',
  'create-uevent',
  'create-unload',
  'get-unload',
  'remove-find-open',
  'open-open-remove',
  'open-remove-unload',
  'create-find-uevent',
  'recycle-get-uevent',
])('%s is there and says what it is', (name) => {
  expect(findScenario(name)?.says).toMatch(/^[A-Z].*\.$/);
});

test('with every patch in, no scenario expects a fault', () => {
  const { mask } = patches.parse('all');
  for (const { name, expects } of scenarios) {
    const expected = Object.entries(expects).filter(([, formula]) => compileFormula(formula)(mask));
    expect([name, expected]).toEqual([name, []]);
  }
});

test('with no patch in, all but three scenarios expect a fault', () => {
  const clean = scenarios.filter(({ expects }) =>
    Object.values(expects).every((formula) => !compileFormula(formula)(0)),
  );
  // 2.6.16 had no placeholder to steal, its last put was inside _hash_lock, and unload removes.
  const names = ['remove-find', 'create-create', 'create-unload'];
  expect(clean.map(({ name }) => name)).toEqual(names);
});
