import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkPlatform } from '../../../lib/own/compile';
import { workshop } from './building';

const { folder, write, build } = workshop();

/** A compiler that notes each time that it compiles something. */
function countingCompiler(): { cc: string; compiled(): number } {
  const log = path.join(folder(), 'compiled');
  const cc = write(
    'counting cc/cc',
    `#!/bin/sh\ncase "$*" in *" -c "*) echo >> '${log}';; esac\nexec gcc "$@"\n`,
  );
  fs.chmodSync(cc, 0o755);
  fs.rmSync(log, { force: true });
  return { cc, compiled: () => (fs.existsSync(log) ? fs.readFileSync(log).length : 0) };
}

const MAIN = 'int main(void) { return 0; }\n';

test.each([
  ['linux-x64-glibc', undefined],
  ['linux-arm64-glibc', undefined],
  [
    'linux-x64-musl',
    /^Own C can be explored on Linux with the GNU C library, .* this is linux-x64-/,
  ],
  [
    'linux-riscv64-glibc',
    /this is linux-riscv64-glibc\. A model in C that stands on `explore\.h` can/,
  ],
  ['darwin-arm64', /this is darwin-arm64/],
])('%s', (platform, says) => {
  const check = (): void => checkPlatform(platform);
  if (says === undefined) check();
  else
    expect(check).toThrow(
      expect.objectContaining({ code: 'ERR_PROGRAM', message: expect.stringMatching(says) }),
    );
});

describe('the cache', () => {
  test('a second build compiles nothing, until a file that was read changes', async () => {
    const { cc, compiled } = countingCompiler();
    const header = write('cached/queue.h', '#define N 1\n');
    const file = write('cached/queue.c', `#include "queue.h"\n${MAIN}`);
    const first = await build(file, { cc });
    expect(compiled()).toBe(1);
    expect(await build(file, { cc })).toEqual(first);
    expect(compiled()).toBe(1);
    fs.writeFileSync(header, '#define N 2\n');
    expect((await build(file, { cc })).object).not.toBe(first.object);
    expect(compiled()).toBe(2);
    fs.writeFileSync(header, '#define N 1\n');
    expect(await build(file, { cc })).toEqual(first);
    expect(compiled()).toBe(2);
  });

  test('a header that appears before the one that was read is a change', async () => {
    const { cc, compiled } = countingCompiler();
    const options = { cc, flags: [`-I${folder()}/a`, `-I${folder()}/b`] };
    fs.mkdirSync(path.join(folder(), 'a'));
    write('b/where.h', '#define WHERE 2\n');
    const file = write('shadowed.c', `#include <where.h>\n${MAIN}`);
    const first = await build(file, options);
    write('a/where.h', '#define WHERE 1\n');
    expect((await build(file, options)).object).not.toBe(first.object);
    expect(compiled()).toBe(2);
  });

  test('a header that is written while the compiler reads is compiled again', async () => {
    const { cc, compiled } = countingCompiler();
    const header = write('written/queue.h', '#define N 1\n');
    const soon = Date.now() / 1000 + 60;
    fs.utimesSync(header, soon, soon);
    const file = write('written/queue.c', `#include "queue.h"\n${MAIN}`);
    await build(file, { cc });
    await build(file, { cc });
    expect(compiled()).toBe(2);
  });

  test('others cannot read it', async () => {
    const { object } = await build(write('private.c', MAIN));
    expect(object.startsWith(path.join(folder(), 'cache/dmtorture'))).toBe(true);
    for (const place of [path.dirname(object), path.join(folder(), 'cache/dmtorture')])
      expect(fs.statSync(place).mode & 0o777).toBe(0o700);
  });

  test('builds of the same at once are one, and nothing is left over', async () => {
    const file = write('together.c', MAIN);
    const built = await Promise.all(Array.from({ length: 4 }, () => build(file)));
    expect(new Set(built.map(({ object }) => object)).size).toBe(1);
    expect(fs.existsSync(built[0]?.object ?? '')).toBe(true);
    const left = fs.readdirSync(path.join(folder(), 'cache/dmtorture'));
    expect(left.filter((name) => name.startsWith('.building'))).toEqual([]);
  });
});
