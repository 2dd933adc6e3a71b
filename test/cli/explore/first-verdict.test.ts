import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { root, start } from '../command';

/*
 * What a first verdict costs is processes that are started and modules that are loaded: time differs
 * from machine to machine, these do not. `benchmarks/first-verdict.mjs` has the time.
 */

const FILE = path.join(root, 'benchmarks/own/pool.c');
const preload = (name: string): string => path.join(__dirname, '..', name);

let folder = '';
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-first-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Explore the file; the verdict, and what was preloaded said about it. */
async function explored(
  cache: string,
  preloaded: string,
  ...args: string[]
): Promise<{ verdict: string; said: string[] }> {
  const words = ['explore', FILE, '--json', '--quiet', ...args];
  const { stdout, stderr } = await start(words, {
    XDG_CACHE_HOME: path.join(folder, cache),
    NODE_OPTIONS: `--require ${preload(preloaded)}`,
  }).ended;
  const { verdict } = JSON.parse(stdout) as { verdict: string };
  return { verdict, said: JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as string[] };
}

describe.each(['gcc', 'clang'])('processes, with %s', (cc) => {
  // Clang compiles in two steps: between them its text is changed.
  const compile = cc === 'clang' ? ['clang -S', 'clang -c'] : [`${cc} -c`];
  const build = [...compile, 'objcopy', `${cc} -shared`, 'objdump'];
  test('each tool is started once for a clean program, and none that builds the second time', async () => {
    const first = await explored(cc, 'spawned.cjs', '--cc', cc);
    expect(first.verdict).toBe('clean');
    expect(first.said).toEqual([`${cc} -v`, ...build, 'dmtorture-own search']);
    const second = await explored(cc, 'spawned.cjs', '--cc', cc);
    expect(second).toEqual({ verdict: 'clean', said: [`${cc} -v`, 'dmtorture-own search'] });
  });

  test('a fault takes one replay, and its lines come from one process', async () => {
    const story = ['dmtorture-own search', 'dmtorture-own replay', 'addr2line'];
    const first = await explored(cc, 'spawned.cjs', '--cc', cc, '--flag', '-DBUG');
    expect(first.verdict).toBe('fault');
    expect(first.said).toEqual([`${cc} -v`, ...build, ...story]);
    const second = await explored(cc, 'spawned.cjs', '--cc', cc, '--flag', '-DBUG');
    expect(second).toEqual({ verdict: 'fault', said: [`${cc} -v`, ...story] });
  });
});

describe('modules', () => {
  test('of a file of the user’s: no engine, no schemas, no other search', async () => {
    const { said } = await explored('modules', 'loaded.cjs');
    const names = said.map((file) => path.relative(path.join(root, 'dist'), file));
    expect(names).toContain('own/compile.js');
    const heavy =
      /\.node$|valibot|^(reports\/(documents|schemas|merge)|run\/journal|explore\/(explore|units))\b/;
    expect(names.filter((name) => heavy.test(name))).toEqual([]);
  });
});
