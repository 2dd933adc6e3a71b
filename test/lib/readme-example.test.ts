import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runExample, typeProblems } from './example';

const root = path.join(__dirname, '../..');
const guide = ['library', 'benchmark']
  .map((name) => fs.readFileSync(path.join(root, `docs/guides/${name}.md`), 'utf8'))
  .join('\n');

/** The block of TypeScript that follows the mark; it prints what depends on luck, or nothing. */
function example(mark: string): string {
  const match = new RegExp(`<!-- ${mark} -->\\s*\`\`\`ts\\n(.*?)\`\`\``, 's').exec(guide);
  return match?.[1] ?? '';
}

const MARKED = ['library example', 'check example'];
const unmarked = MARKED.reduce((text, mark) => text.replace(example(mark), ''), guide).replace(
  /```ts\n```/g,
  '',
);

test.each(MARKED)('the %s type-checks', (mark) => {
  const code = example(mark);
  expect(code).toContain("from 'dmtorture'");
  expect(typeProblems(code)).toEqual([]);
});

test('the library example runs', async () => {
  expect((await runExample(example('library example'))).length).toBeGreaterThan(0);
});

describe('the guides for programs', () => {
  /** Pieces of code, each with what it prints. */
  const pieces = [...unmarked.matchAll(/```ts\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g)].map(
    ([, code = '', prints = '']) => ({
      title: /(await|new|using run =) \w+/.exec(code)?.[0] ?? code,
      code,
      prints: prints.trimEnd(),
    }),
  );

  test('has no code without what it prints', () => {
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces).toHaveLength([...unmarked.matchAll(/```ts\n/g)].length);
  });

  test.each(pieces)('prints what it says: $title', async ({ code, prints }) => {
    expect(typeProblems(code)).toEqual([]);
    expect((await runExample(code)).join('\n').trimEnd()).toBe(prints);
  });
});

test('an example that does not compile shows', () => {
  expect(typeProblems("import { explode } from 'dmtorture'; explode();")).not.toEqual([]);
});
