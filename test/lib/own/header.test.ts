import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const root = path.join(__dirname, '../../..');
const include = path.join(root, 'include');

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-header-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Compile `text`, run it, and give what it prints. */
function printed(compiler: string, name: string, text: string, flags: string[]): string {
  const source = path.join(folder, name);
  const program = path.join(folder, 'program');
  fs.writeFileSync(source, text);
  const strict = ['-Wall', '-Wextra', '-pedantic', '-Werror', `-I${include}`, ...flags];
  const compiled = spawnSync(compiler, [...strict, source, '-o', program], { encoding: 'utf8' });
  expect(compiled.stderr).toBe('');
  return spawnSync(program, { encoding: 'utf8' }).stdout;
}

const RECORDS = `#include <dmtorture.h>
int main(void) { record("r1", 1); record("r2", -9000000000LL); return 0; }
`;

const EXPLORED = `#include <dmtorture.h>
void dmtorture_record(const char *name, long long value) { printf("%s is %lld\\n", name, value); }
int main(void) { record("r1", 1); return 0; }
`;

describe('<dmtorture.h> without dmtorture', () => {
  test.each([
    ['cc', 'records.c', '-std=c11'],
    ['c++', 'records.cpp', '-std=c++11'],
    ['c++', 'records.cpp', '-std=c++17'],
  ])('%s compiles it without a warning, and %s prints what it records', (compiler, name, flag) => {
    expect(printed(compiler, name, RECORDS, [flag])).toBe('r1=1\nr2=-9000000000\n');
  });

  test('a program that never records compiles as well', () => {
    const text = '#include <dmtorture.h>\nint main(void) { return 0; }\n';
    expect(printed('cc', 'silent.c', text, ['-std=c11', '-O2'])).toBe('');
  });

  test('where something has dmtorture_record(), as the explorer, it gets the values', () => {
    expect(printed('cc', 'explored.c', EXPLORED, ['-std=c11'])).toBe('r1 is 1\n');
  });
});
