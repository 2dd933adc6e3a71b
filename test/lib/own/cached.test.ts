import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildFolder, cacheFolder, lookUp } from '../../../lib/own/cache';
import { askedBy } from '../../../lib/own/dependencies';
import { workshop } from './building';

const { folder, write, build } = workshop();

const MAIN = 'int main(void) { return 0; }\n';

/** What files were made a while ago: what is written while a compiler runs is never used again. */
const written = (name: string, text: string): string => {
  const file = write(name, text);
  const before = Date.now() / 1000 - 60;
  fs.utimesSync(file, before, before);
  return file;
};

describe('a header that a source asks for by __has_include()', () => {
  const ask = (what: string): string => `#if __has_include(${what})\n#define N 1\n#endif\n${MAIN}`;

  test.each([
    ['beside the source', '"soon.h"', 'beside/soon.h'],
    ['in a folder of the flags', '<later.h>', 'flags/include/later.h'],
  ])('%s, and that appears, is a change', async (_, what, name) => {
    const file = written(`${name.split('/')[0]}/asks.c`, ask(what));
    const options = { flags: [`-I${folder()}/flags/include`] };
    const first = await build(file, options);
    expect(await build(file, options)).toEqual(first);
    const header = written(name, '');
    const second = await build(file, options);
    expect(second.object).not.toBe(first.object);
    fs.rmSync(header);
    expect((await build(file, options)).object).not.toBe(second.object);
  });

  test('and that a macro names may be any: each build is a new one', async () => {
    const file = written('macro.c', `#define OTHER "other.h"\n${ask('OTHER')}`);
    const builds = [await build(file), await build(file), await build(file)];
    expect(new Set(builds.map(({ object }) => object)).size).toBe(3);
  });

  test('is not asked for where a source looks whether it can ask', () => {
    const file = write(
      'may.c',
      '#ifdef __has_include\n#if defined(__has_include) && __has_include(<a/b.h>)\n#endif\n#endif\n',
    );
    const { files, anything } = askedBy([file], ['/include']);
    expect(anything).toBe(false);
    expect(files).toContain('/include/a/b.h');
  });
});

test.each([
  ['cut off', (file: string) => fs.truncateSync(file, 100)],
  ['full of zeros', (file: string) => fs.writeFileSync(file, Buffer.alloc(fs.statSync(file).size))],
  ['gone', (file: string) => fs.rmSync(file)],
])('a build that is %s is made again', async (how, damage) => {
  const file = written(`damaged-${how.length}.c`, MAIN);
  const { object } = await build(file);
  const good = fs.readFileSync(object);
  damage(object);
  const again = await build(file);
  expect(again.object).toBe(object);
  expect(fs.readFileSync(object).equals(good)).toBe(true);
});

test('a link in place of the cache is not used, and what it leads to stays as it is', () => {
  const other = path.join(folder(), 'shared');
  const home = path.join(folder(), 'linked');
  fs.mkdirSync(other, { mode: 0o755 });
  fs.chmodSync(other, 0o755);
  fs.mkdirSync(home);
  fs.symlinkSync(other, path.join(home, 'dmtorture'));
  const before = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = home;
  try {
    expect(cacheFolder().startsWith(home)).toBe(false);
  } finally {
    process.env.XDG_CACHE_HOME = before;
  }
  expect(fs.statSync(other).mode & 0o777).toBe(0o755);
});

describe('a folder in which something was being built', () => {
  const onLinux = process.platform === 'linux' ? test : test.skip;
  const DIST = path.join(__dirname, '../../../dist/own/cache.js');
  /** A cache that this process has not looked into. */
  const makeCache = (): string => fs.mkdtempSync(path.join(folder(), 'left-behind-'));

  /** Another process makes such a folder, and is killed right then. */
  function killedIn(cache: string): void {
    const text = `require(${JSON.stringify(DIST)}).buildFolder(${JSON.stringify(cache)});
      process.kill(process.pid, 'SIGKILL');`;
    expect(spawnSync(process.execPath, ['-e', text]).signal).toBe('SIGKILL');
  }

  onLinux('goes in the next run where the process was killed, and others stay', () => {
    const cache = makeCache();
    const mine = buildFolder(cache);
    killedIn(cache);
    expect(fs.readdirSync(cache)).toHaveLength(2);
    // As of one in another container, of whose processes nothing is known here.
    const elsewhere = path.basename(mine).replace(/-[0-9a-f]{16}-/, '-0123456789abcdef-');
    fs.mkdirSync(path.join(cache, elsewhere));
    expect(lookUp(cache, 'any', 'program.so')).toBe(undefined);
    expect(fs.readdirSync(cache).sort()).toEqual([path.basename(mine), elsewhere].sort());
  });

  onLinux('goes where its process number is that of a process started later', () => {
    const cache = makeCache();
    const mine = buildFolder(cache);
    const name = path.basename(mine).replace(/^(\.building-\d+)-\d+-/, '$1-1-');
    fs.renameSync(mine, path.join(cache, name));
    lookUp(cache, 'any', 'program.so');
    expect(fs.readdirSync(cache)).toEqual([]);
  });

  test('goes after an hour where nobody knows whether its process lives', () => {
    const cache = makeCache();
    const [old, young] = ['.building-1-old', '.building-1-young'];
    for (const name of [old, young]) fs.mkdirSync(path.join(cache, name));
    const before = Date.now() / 1000 - 3700;
    fs.utimesSync(path.join(cache, old), before, before);
    lookUp(cache, 'any', 'program.so');
    expect(fs.readdirSync(cache)).toEqual([young]);
  });
});
