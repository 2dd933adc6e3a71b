import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { native, nativeBench, nativeExplore } from '../../../lib/native/load';
import { errnoName, errnoNumber, formatResult } from '../../../lib/tables/errno';
import { evaluateFormula, formulaInWords } from '../../../lib/tables/formula';
import { patches } from '../../../lib/tables/patches';
import { machineFaults, tables } from '../../../lib/tables/tables';

const { render } = require('../../../scripts/gen.cjs') as {
  render(described: unknown, locks: unknown, rwlocks: unknown, refcounts: unknown): string;
};

test('tables.gen.ts is what the binaries describe; if not: npm run gen', () => {
  const file = path.join(__dirname, '../../../lib/tables/tables.gen.ts');
  const bench = nativeBench();
  const text = render(bench.describe(), bench.locks(), bench.rwlocks(), bench.refcounts());
  expect(fs.readFileSync(file, 'utf8')).toBe(text);
});

test('every binary describes the same', () => {
  expect(nativeExplore().describe()).toEqual(native().describe());
  expect(nativeBench().describe()).toEqual(native().describe());
});

test('error numbers are those of the operating system', () => {
  const { errnos } = native().describe() as { errnos: { name: string; value: number }[] };
  for (const { name, value } of errnos) {
    expect([name, value]).toEqual([name, new Map(Object.entries(os.constants.errno)).get(name)]);
  }
});

test('errors have names', () => {
  expect(errnoName(-errnoNumber('EBUSY'))).toBe('EBUSY');
  expect(errnoName(0)).toBeUndefined();
  expect(errnoName(16)).toBeUndefined();
  expect(errnoName(-9999)).toBeUndefined();
  expect(formatResult(-errnoNumber('ENXIO'))).toBe('-ENXIO');
  expect(formatResult(5)).toBe('5');
  expect(formatResult(-9999)).toBe('-9999');
});

test('what a patch needs is a formula over patches, which holds of `all` for the rows of `all`', () => {
  const all = patches.parse('all');
  for (const { no, needs } of tables.patches) {
    if (needs !== '' && all.has(no)) expect([no, evaluateFormula(needs, all)]).toEqual([no, true]);
  }
  const followUp = tables.patches.find(({ slug }) => slug === 'find-put')?.needs ?? '';
  expect(formulaInWords(followUp)).toBe('06 or 06m');
  expect(
    ['all', 'merged', 'all,-06'].map((set) => evaluateFormula(followUp, patches.parse(set))),
  ).toEqual([true, true, false]);
});

test('a fault names an invariant that is there, and patches that are there', () => {
  const invariants = tables.invariants.map(({ name }) => name);
  for (const { invariant, preventedBy } of tables.faults) {
    expect(invariants).toContain(invariant);
    expect(patches.parse(preventedBy.join() || 'none')).toHaveProperty(
      'names.length',
      preventedBy.length,
    );
  }
});

test('what only own C can show is claimed of no run of the device mapper', () => {
  const own = ['out-of-bounds', 'bad-free', 'leak', 'livelock', 'crash', 'abort', 'hang'];
  const kinds = tables.faults.map(({ slug }) => slug);
  const claimed = [...machineFaults.map(({ slug }) => slug), ...own];
  expect([...kinds].sort()).toEqual([...claimed].sort());
});
