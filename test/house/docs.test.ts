import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = path.join(__dirname, '..', '..');
const load = createRequire(__filename);
const docs: {
  fill(text: string, sources: unknown): string;
  pages(): string[];
  sources(): unknown;
} = load(path.join(root, 'scripts', 'docs.cjs'));
const sources = docs.sources();
const textOf = (page: string): string => readFileSync(path.join(root, page), 'utf8');
const readme = textOf('README.md');

describe.each(docs.pages())('%s', (page) => {
  test('its tables are those of the C tables and of the command (npm run gen writes them)', () => {
    expect(docs.fill(textOf(page), sources)).toBe(textOf(page));
  });
});

describe('the tables', () => {
  test('a table that is not current shows', () => {
    const stale = readme.replace('| `freeing` |', '| `frozen` |');
    expect(stale).not.toBe(readme);
    expect(docs.fill(stale, sources)).toBe(readme);
  });

  test('a block that nothing fills is an error', () => {
    expect(() => docs.fill('<!-- table: nonsense -->\n<!-- /table -->', sources)).toThrow(
      /nonsense/,
    );
  });

  test('the reference has every option of every command', () => {
    const reference = textOf('docs/reference.md');
    for (const option of ['--all-faults', '--perturb', '--windows', '--html', '--step'])
      expect(reference).toContain(`| \`${option}`);
  });
});

describe('README.md', () => {
  test('fits on a few screens', () => {
    expect(readme.split('\n').length).toBeLessThan(190);
  });

  test('shows a diagram in its first screen', () => {
    expect(readme.split('\n').slice(0, 40).join('\n')).toContain('step | thread 1');
  });

  test('names the two commands that do all the set-up', () => {
    expect(readme).toContain('npm ci && npm start');
    expect(readme).toContain('npm ci && npm test');
  });
});
