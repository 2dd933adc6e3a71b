import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

const folder = path.join(__dirname, '../../../examples/weak');
const names = fs.readdirSync(folder).filter((name) => name.endsWith('.c'));

test('there are 19 programs', () => {
  expect(names).toHaveLength(19);
});

describe.each(names)('%s', (name) => {
  const file = path.join(folder, name);

  test('names its bug, the command that shows it, and the one that shows its fix', () => {
    const text = fs.readFileSync(file, 'utf8');
    expect(text.match(/BUG/g)).toHaveLength(1);
    expect(text).toContain(`npx dmtorture explore ${name} --memory rc11\n`);
    expect(text).toContain(`npx dmtorture explore ${name} --memory rc11 --flag -DFIXED\n`);
  });

  test.each(['-UFIXED', '-DFIXED'])('is plain C without a warning: %s', (form) => {
    const strict = ['-std=c11', '-Wall', '-Wextra', '-pedantic', '-Werror', '-fsyntax-only'];
    expect(spawnSync('cc', [...strict, form, file], { encoding: 'utf8' }).stderr).toBe('');
  });
});
