import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { errnoName, errnoNumber, formatResult } from '../../lib/errno';
import { native, nativeBench, nativeExplore } from '../../lib/native';
import { tables } from '../../lib/tables';

const { render } = require('../../scripts/gen.cjs') as {
  render(described: unknown, locks: unknown): string;
};

test('tables.gen.ts is what the binaries describe; if not: npm run gen', () => {
  const file = path.join(__dirname, '../../lib/tables.gen.ts');
  const text = render(nativeBench().describe(), nativeBench().locks());
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

test('a fault names an invariant that is there, and patches that are there', () => {
  const invariants = tables.invariants.map(({ name }) => name);
  const full = 2 ** tables.patches.length - 1;
  for (const { invariant, preventedBy } of tables.faults) {
    expect(invariants).toContain(invariant);
    expect(preventedBy & ~full).toBe(0);
  }
});
