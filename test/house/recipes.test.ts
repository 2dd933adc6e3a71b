import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

interface Step {
  kind: 'change' | 'file' | 'commands';
  file?: string;
  body: string;
}

const { applyStep, recipesOf } = require('../recipes/recipes.cjs') as {
  recipesOf(text: string): { name: string; steps: Step[] }[];
  applyStep(step: Step, text?: string): string;
};

const root = path.join(__dirname, '../..');
const recipes = recipesOf(fs.readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8'));

/** The text of a file of this repository; undefined: there is no such file. */
function textOf(file: string): string | undefined {
  const full = path.join(root, file);
  return fs.existsSync(full) ? fs.readFileSync(full, 'utf8') : undefined;
}

describe('the recipes of CONTRIBUTING.md', () => {
  test('are there for all that is added', () => {
    const names = recipes.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        ...[
          'A fault',
          'An op',
          'A scenario',
          'A strategy',
          'A lock',
          'A patch row',
          'A call',
          'A report kind',
        ],
      ]),
    );
  });

  test.each(recipes)('$name fits the files, and says how to prove it', ({ steps }) => {
    const files = new Map<string, string>();
    for (const step of steps) {
      if (step.file === undefined) continue;
      files.set(step.file, applyStep(step, files.get(step.file) ?? textOf(step.file)));
    }
    expect(files.size).toBeGreaterThan(0);
    const proof = steps.at(-1);
    expect(proof?.kind).toBe('commands');
    // `set -e` of bash does not see that the first command of such a list failed.
    expect(proof?.body).not.toContain('&&');
  });
});

describe('a step', () => {
  const change = (body: string): Step => ({ kind: 'change', file: 'a.c', body });

  test('puts lines between others, in their place, or at the end', () => {
    expect(applyStep(change(' one\n+two\n@@ then\n-three\n+3\n'), 'one\nthree\n')).toBe(
      'one\ntwo\n3\n',
    );
    expect(applyStep(change(' …\n+two\n'), 'one\n')).toBe('one\ntwo\n');
  });

  test.each([
    ['what is gone', ' two\n+three\n', 'one\n', 'a.c lacks:'],
    ['what is there twice', ' one\n+two\n', 'one\none\n', 'a.c has twice:'],
    ['a part of a line', ' one\n+two\n', 'one more\n', 'a.c lacks:'],
    ['nothing to find', '+two\n', 'one\n', 'a.c lacks:'],
    ['a file that is gone', ' one\n+two\n', undefined, 'a.c is not there'],
  ])('refuses %s', (_, body, text, message) => {
    expect(() => applyStep(change(body), text)).toThrow(message);
  });

  test('refuses a new file that is there', () => {
    expect(() => applyStep({ kind: 'file', file: 'a.c', body: 'one\n' }, '')).toThrow(
      'a.c is there already',
    );
  });
});
