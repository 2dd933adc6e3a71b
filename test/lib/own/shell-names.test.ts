import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const native = path.join(__dirname, '../../../native');
const FOLDERS = ['bench', 'locks', 'locks/threads', 'machine', 'machine/threads', 'programs'];
const SYSTEM = ['pthread', 'sched', 'stdatomic', 'stdbool', 'stddef', 'stdint', 'time'];
/** What back.h needs again, and parameters that have a type of a function. */
const LEFT = ['PLUG_VERSION', 'acquire', 'release', '__cold', '__always_inline'];

function preprocess(input: string, ...args: string[]): string {
  const folders = FOLDERS.flatMap((folder) => ['-iquote', path.join(native, folder)]);
  return execFileSync('cc', ['-E', ...args, ...folders, '-x', 'c', '-'], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
}

const macrosOf = (text: string): string[] =>
  [...text.matchAll(/^#define (\w+)/gm)].map(([, name = '']) => name);

const OURS = '#include "loop.h"\n#include "plug.h"\n';
const THEIRS = SYSTEM.map((name) => `#include <${name}.h>\n`).join('');

/** What the compiler reads of our headers, without what it reads of the system's. */
function oursOf(text: string): string {
  let isOurs = false;
  return text
    .split('\n')
    .filter((line) => {
      const file = /^# \d+ "([^"]+)"/.exec(line)?.[1];
      if (file !== undefined) isOurs = file.startsWith(native);
      return file === undefined && isOurs;
    })
    .join('\n');
}

test('a lock in plain C may have any name that the headers of the loop have', () => {
  const text = oursOf(preprocess(OURS));
  const tags = [...text.matchAll(/\b(?:struct|enum|union) (\w+)(?= [{;])/g)].map(([, n = '']) => n);
  const functions = [
    ...text.matchAll(/^(?:static|uint|int|void|double|struct)[^;{}()=]*?(\w+)\(/gm),
  ];
  const values = [...text.matchAll(/\benum \w+ \{([^}]*)\}/g)].flatMap(([, body = '']) =>
    [...body.matchAll(/\b([A-Z][A-Z_]+)\b/g)].map(([, name = '']) => name),
  );
  const theirs = new Set(macrosOf(preprocess(THEIRS, '-dM')));
  const macros = macrosOf(preprocess(OURS, '-dM')).filter(
    (name) => !theirs.has(name) && !name.startsWith('DMTORTURE_'),
  );
  const freed = fs.readFileSync(path.join(native, 'bench/shell/no_names.h'), 'utf8');
  const known = new Set([...freed.matchAll(/^#undef (\w+)/gm)].map(([, name]) => name));
  const names = [...tags, ...functions.map(([, n = '']) => n), ...values, ...macros];
  expect(names.length).toBeGreaterThan(100);
  const missing = new Set(
    names.filter((name) => !known.has(name) && !LEFT.includes(name) && !name.startsWith('__')),
  );
  expect([...missing]).toEqual([]);
});
