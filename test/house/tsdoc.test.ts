import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { readDocumentation } from './tsdoc';

const root = path.join(__dirname, '../..');

test('every exported name, and every member of it, has TSDoc', () => {
  const { count, missing } = readDocumentation(root, [
    'lib/index.ts',
    'lib/jest.ts',
    'lib/vitest.ts',
  ]);
  expect(missing).toEqual([]);
  expect(count).toBeGreaterThan(500);
});

test('what has none is found', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-tsdoc-'));
  fs.mkdirSync(path.join(folder, 'lib'));
  fs.writeFileSync(path.join(folder, 'tsconfig.json'), '{ "compilerOptions": { "types": [] } }');
  const text = `/** Said. */
export interface Said {
  unsaid: number;
  /** Said. */
  said: string;
}
export class Unsaid {
  #own = 1;
  private own = 2;
  /** Said. */
  say() {
    return this.#own + this.own;
  }
}
/** Said. */
export const both = {
  unsaid: 1,
  /** Said. */
  said: 2,
};
export type Alias = 'a' | 'b';
`;
  fs.writeFileSync(path.join(folder, 'lib', 'index.ts'), text);
  const { missing } = readDocumentation(folder, ['lib/index.ts']);
  fs.rmSync(folder, { recursive: true });
  expect(missing.map((line) => line.replace('lib/index.ts: ', ''))).toEqual([
    'Said.unsaid',
    'Unsaid',
    'both.unsaid',
    'Alias',
  ]);
});
