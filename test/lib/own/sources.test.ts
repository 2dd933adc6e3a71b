import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { compile } from '../../../lib/own/compile';
import { COMPILERS, workshop } from './building';

const { folder, write, build } = workshop();
const here = process.cwd();
afterEach(() => process.chdir(here));

const MAIN = 'int main(void) { return 0; }\n';

describe('names of sources', () => {
  test.each([
    'with blank.c',
    'quote\'s "and" $HOME `x`.c',
    'größe-キュー.c',
    '-dash.c',
    '@at.c',
    'a;b&c|d.c',
    'hash#and:colon.c',
    'percent%41.c',
  ])('%s, with its header', async (name) => {
    write(`odd/${name}.h`, '#define ZERO 0\n');
    // A name with a double quote cannot be included.
    const header = name.includes('"') ? undefined : `${name}.h`;
    const head = header === undefined ? '#define ZERO 0' : `#include "${header}"`;
    write(`odd/${name}`, `${head}\nint main(void) { return ZERO; }\n`);
    process.chdir(path.join(folder(), 'odd'));
    for (const cc of COMPILERS) {
      const { object, files } = await build(name, { cc });
      expect(fs.existsSync(object)).toBe(true);
      expect(files.map((file) => file.name)).toEqual(
        header === undefined ? [name] : [name, header],
      );
    }
  });

  test('nothing is written beside them', async () => {
    const file = write('beside/queue.c', MAIN);
    process.chdir(path.dirname(file));
    await build('queue.c', { flags: ['-save-temps', '--coverage'], allow: [] }).catch(() => null);
    await build('queue.c', { flags: ['-save-temps', '-gsplit-dwarf', '-MMD'] });
    expect(fs.readdirSync(path.dirname(file))).toEqual(['queue.c']);
  });

  test('below the working directory they are relative, elsewhere absolute', async () => {
    const file = write('above/queue.c', MAIN);
    fs.mkdirSync(path.join(folder(), 'above/below'));
    process.chdir(path.join(folder(), 'above/below'));
    expect((await build('../queue.c')).files[0]?.name).toBe(fs.realpathSync(file));
    process.chdir(folder());
    expect((await build(file)).files[0]?.name).toBe('above/queue.c');
  });

  test.each([
    ['nowhere.c', /^Expected `files` to be sources that can be read, got `.*nowhere\.c`: no such/],
    ['folder.c', /^Expected `files` to be sources that can be read, got `.*folder\.c`: not a file/],
  ])('%s is refused', async (name, says) => {
    fs.mkdirSync(path.join(folder(), 'folder.c'), { recursive: true });
    const error = await build(path.join(folder(), name)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_OUT_OF_RANGE', option: 'files' });
    expect((error as Error).message).toMatch(says);
  });
});

describe.each(COMPILERS)('what %s says', (cc) => {
  test('of an error is the message, all of it and nothing else', async () => {
    const [one, two] = [
      write('one.c', 'int main(void) { return one; }\n'),
      write('two.c', 'int x = y;\n'),
    ];
    const alone = spawnSync(cc, ['-w', '-c', one, '-o', '/dev/null'], { encoding: 'utf8' }).stderr;
    await expect(build(one, { cc })).rejects.toMatchObject({
      code: 'ERR_COMPILE',
      message: alone.trimEnd(),
    });
    const both = await build([one, two], { cc }).catch((reason: Error) => reason.message);
    expect(both).toMatch(/one\.c:1.*two\.c:1/s);
  });

  test('of linking, too', async () => {
    const files = [write('twice.c', MAIN), write('again.c', MAIN)];
    await expect(build(files, { cc })).rejects.toMatchObject({
      code: 'ERR_COMPILE',
      message: expect.stringMatching(/multiple definition of `main'/),
    });
  });

  test('a program may be C and C++, each with its standard', async () => {
    const files = [
      write('half.c', 'extern int half(void);\nint restrict_of(int *restrict p) { return *p; }\n'),
      write(
        'whole.cpp',
        'extern "C" int restrict_of(int *);\nint main() { auto [a, b] = new int[2] ? std::pair{0, 1} : std::pair{1, 0}; return a + b == 1 && restrict_of(&a); }\n'.replace(
          'extern "C"',
          '#include <utility>\nextern "C"',
        ),
      ),
    ];
    await build(files, { cc });
    await build(files, { cc, flags: ['-std=c11', '-std=gnu++20'] });
  });

  test.each([
    [[], false, '-O0'],
    [[], true, '-O1'],
    [['-O2'], false, '-O2'],
    [['-O'], false, '-O1'],
  ])('flags %j, optimize %p: %s', async (flags, optimize, level) => {
    expect((await build(write('level.c', MAIN), { cc, flags, optimize })).optimization).toBe(level);
  });

  test('flags of a build do not change what is built', async () => {
    const flags = [
      '-fsanitize=address',
      '--coverage',
      '-flto',
      '-static',
      '-shared',
      '-D_FORTIFY_SOURCE=2',
      '-Werror',
    ];
    const text =
      '#include <string.h>\nchar b[8];\nint main(void) { int unused; memset(b, 0, 8); return 0; }\n';
    const { object } = await build(write('flags.c', text), { cc, flags });
    const { stdout } = spawnSync('nm', ['-D', object], { encoding: 'utf8' });
    expect(stdout).toContain('own_memset');
    expect(stdout).not.toContain('_chk');
  });

  test('an abort ends it, with its reason', async () => {
    const file = write('slow.c', `#include <stdio.h>\n${MAIN}`);
    const rest = { cc, flags: [], optimize: false, allow: [], compileCommands: undefined };
    const reason = new Error('enough');
    await expect(
      compile({ files: [file], ...rest }, { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    const controller = new AbortController();
    const building = compile({ files: [file], ...rest }, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 20);
    await expect(building).rejects.toBe(reason);
    const left = fs.readdirSync(path.join(folder(), 'cache/dmtorture'));
    expect(left.filter((name) => name.startsWith('.building'))).toEqual([]);
  });
});

describe('the cache, by many', () => {
  const cache = (): string => path.join(folder(), 'cache/dmtorture');

  test('processes that build the same at once all get it', async () => {
    const file = write('many.c', MAIN);
    const script = write(
      'many.cjs',
      `
      const { compile } = require(${JSON.stringify(path.join(__dirname, '../../../dist/own/compile.js'))});
      compile({ files: [${JSON.stringify(file)}], flags: [], optimize: false, allow: [] })
        .then(({ object }) => console.log(object));`,
    );
    const objects = await Promise.all(
      Array.from(
        { length: 4 },
        () =>
          new Promise<string>((resolve) => {
            const child = spawn(process.execPath, [script], {
              stdio: ['ignore', 'pipe', 'inherit'],
            });
            let text = '';
            child.stdout.setEncoding('utf8').on('data', (more: string) => {
              text += more;
            });
            child.on('close', () => resolve(text.trim()));
          }),
      ),
    );
    expect(new Set(objects).size).toBe(1);
    expect(fs.existsSync(objects[0] ?? '')).toBe(true);
  });

  test('beyond 500 MB the oldest goes, and what a dead process left behind', async () => {
    await build(write('first.c', MAIN));
    const large = path.join(cache(), 'large-1');
    const left = path.join(cache(), '.building-1-x');
    const fresh = path.join(cache(), '.building-2-x');
    for (const made of [large, left, fresh]) fs.mkdirSync(made);
    fs.writeFileSync(path.join(large, 'program.so'), '');
    fs.truncateSync(path.join(large, 'program.so'), 501 * 1024 * 1024);
    for (const made of [large, left]) fs.utimesSync(made, 1, 1);
    const { object } = await build(write('second.c', MAIN));
    // A build is thrown out only when the caller has the new one.
    await turn();
    expect([large, left, fresh, object].map((made) => fs.existsSync(made))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    fs.rmdirSync(fresh);
  });

  test('a damaged one is built again', async () => {
    const file = write('damaged.c', MAIN);
    const { object } = await build(file);
    fs.writeFileSync(path.join(path.dirname(object), 'note.json'), '{"read": ');
    expect((await build(file)).object).toBe(object);
    fs.rmSync(object);
    expect(fs.existsSync((await build(file)).object)).toBe(true);
  });

  test('a folder that others could write to is made private, or is not used', async () => {
    fs.chmodSync(cache(), 0o777);
    await build(write('private.c', MAIN));
    expect(fs.statSync(cache()).mode & 0o777).toBe(0o700);
  });
});
