import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const root = path.join(__dirname, '..', '..');
const load = createRequire(__filename);
const stale: {
  staleness(folder?: string): string | undefined;
  writeNote(folder?: string): void;
} = load(path.join(root, 'scripts', 'stale.cjs'));

describe('a dist that is not what lib says', () => {
  let copy: string;
  const write = (name: string, text: string) => fs.writeFileSync(path.join(copy, name), text);

  beforeEach(() => {
    copy = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-stale-'));
    for (const folder of ['lib', 'dist', 'scripts']) fs.mkdirSync(path.join(copy, folder));
    const others = ['package.json', 'tsconfig.json', 'tsconfig.build.json'];
    for (const name of [...others, 'scripts/finish-dist.cjs', 'lib/a.ts']) write(name, name);
  });
  afterEach(() => fs.rmSync(copy, { recursive: true }));

  test('is refused when it was never built', () => {
    expect(stale.staleness(copy)).toMatch(/has not been built/);
  });

  test.each([
    ['an edited file', () => write('lib/a.ts', 'edited')],
    ['a new file', () => write('lib/b.ts', '')],
    ['a removed file', () => fs.rmSync(path.join(copy, 'lib/a.ts'))],
    ['other compiler options', () => write('tsconfig.json', '{}')],
  ])('is refused after %s', (_, change) => {
    stale.writeNote(copy);
    expect(stale.staleness(copy)).toBeUndefined();
    change();
    expect(stale.staleness(copy)).toMatch(/built from other sources/);
  });

  test('is refused by Jest before the first test', () => {
    const config: { globalSetup?: string } = load(path.join(root, 'jest.config.cjs'));
    expect(config.globalSetup).toBe('<rootDir>/scripts/stale.cjs');
    expect(stale.staleness()).toBeUndefined();
  });
});
