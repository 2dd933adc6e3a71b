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

  test('shows what commands print in blocks that are run, and in no others', () => {
    expect(readme).not.toContain('<!-- output');
    const lines = [...readme.matchAll(/<!-- run(?: roughly)?: (.+?) -->/g)].map(([, line]) => line);
    expect(lines).toEqual(['explore create-find --patches all,-02', 'demo', 'explore', 'matrix']);
  });

  test('names the two commands that do all the set-up', () => {
    expect(readme).toContain('npm ci && npm start');
    expect(readme).toContain('npm ci && npm test');
  });
});
