import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = path.join(__dirname, '..', '..');
const load = createRequire(__filename);
const docs: {
  fill(text: string, library: unknown): string;
} = load(path.join(root, 'scripts', 'docs.cjs'));
const library: Record<string, unknown> = load(path.join(root, 'dist', 'index.js'));
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');

describe('README.md', () => {
  test('its tables are those of the C tables (npm run gen writes them)', () => {
    expect(docs.fill(readme, library)).toBe(readme);
  });

  test('a table that is not current shows', () => {
    const stale = readme.replace('| `freeing` |', '| `frozen` |');
    expect(stale).not.toBe(readme);
    expect(docs.fill(stale, library)).toBe(readme);
  });

  test('a block that nothing fills is an error', () => {
    expect(() => docs.fill('<!-- table: nonsense -->\n<!-- /table -->', library)).toThrow(
      /nonsense/,
    );
  });

  test('names the two commands that do all the set-up', () => {
    expect(readme).toContain('npm ci && npm start');
    expect(readme).toContain('npm ci && npm test');
  });

  test('every output that it shows is there', () => {
    const blocks = [...readme.matchAll(/<!-- output: (\w+) -->([\s\S]*?)<!-- \/output -->/g)];
    expect(blocks.map(([, name]) => name)).toEqual(['headline', 'demo', 'explore', 'matrix']);
    for (const [, , text] of blocks) expect(text?.trim().length).toBeGreaterThan(100);
  });
});
