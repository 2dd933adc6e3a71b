import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { databaseFlags, splitCommand } from '../../../lib/own/database';
import { workshop } from './building';

const { folder, write, build } = workshop();

test.each([
  ['cc -c x.c', ['cc', '-c', 'x.c']],
  ['cc  -DA=1\t-c x.c ', ['cc', '-DA=1', '-c', 'x.c']],
  [String.raw`cc -DS=\"text\" x.c`, ['cc', '-DS="text"', 'x.c']],
  [String.raw`cc "-DS=\"a b\"" 'it is'`, ['cc', '-DS="a b"', 'it is']],
  [String.raw`cc -I"my dir"/include a\ b.c`, ['cc', '-Imy dir/include', 'a b.c']],
  [`cc '' ""`, ['cc', '', '']],
  ['', []],
])('%j is the words %j', (command, words) => {
  expect(splitCommand(command)).toEqual(words);
});

/** A database in the folder of the test. */
const database = (entries: unknown): string =>
  write('compile_commands.json', JSON.stringify(entries));

describe('flags of a file', () => {
  test('are those of its entry, without what a build decides', () => {
    const file = write('src/queue.c', '');
    const words =
      'ccache /usr/bin/cc -O2 -DN=2 -I ../include -o queue.o -MD -MF queue.d -g3 -c queue.c -lm';
    const entries = [{ directory: path.join(folder(), 'src'), file: 'queue.c', command: words }];
    const { byFile, warnings } = databaseFlags(database(entries), [file]);
    expect(warnings).toEqual([]);
    expect(byFile.get(file)).toEqual({
      directory: path.join(folder(), 'src'),
      flags: ['-O2', '-DN=2', '-I', '../include', '-lm'],
    });
  });

  test('are found by `arguments`, and by names relative to the database', () => {
    const file = write('src/queue.c', '');
    const entries = [
      { directory: 'src', file: 'other.c', arguments: ['cc', '-DOTHER', 'other.c'] },
      { directory: 'src', file: './queue.c', arguments: ['cc', '-DOURS', './queue.c'] },
    ];
    expect(databaseFlags(database(entries), [file]).byFile.get(file)?.flags).toEqual(['-DOURS']);
  });

  test('a file that has none takes those of the first that has, with a warning', () => {
    const [one, two] = [write('queue.c', ''), write('queue_test.c', '')];
    const entries = [{ directory: folder(), file: one, command: `cc -DN=3 -c ${one}` }];
    const { byFile, warnings } = databaseFlags(database(entries), [two, one]);
    expect(byFile.get(two)?.flags).toEqual(['-DN=3']);
    expect(warnings).toEqual([
      `${two} is not in ${database(entries)}: compiled with the flags of ${one}`,
    ]);
  });
});

describe('an entry', () => {
  const entry = (file: string, command: string, more = {}) => ({
    directory: folder(),
    file,
    command,
    ...more,
  });

  test('may have its flags in files, which may name others', () => {
    const file = write('queue.c', '');
    write('all.rsp', '-DA="one two" @more.rsp\n-Iinclude');
    write('more.rsp', "-DB='2'");
    const entries = [entry(file, `cc @all.rsp @none.rsp -c ${file}`)];
    expect(databaseFlags(database(entries), [file]).byFile.get(file)?.flags).toEqual([
      ...['-DA=one two', '-DB=2', '-Iinclude', '@none.rsp'],
    ]);
  });

  test('that differs from another one of the file is said to be the first', () => {
    const file = write('queue.c', '');
    const [one, two] = [entry(file, `cc -DN=1 -c ${file}`), entry(file, `cc -DN=2 -c ${file}`)];
    const twice = databaseFlags(database([one, two, one]), [file]);
    expect(twice.byFile.get(file)?.flags).toEqual(['-DN=1']);
    expect(twice.warnings).toEqual([
      `${database([one, two])} has several commands for ${file}: compiled as the first one says`,
    ]);
    expect(databaseFlags(database([one, one]), [file]).warnings).toEqual([]);
  });

  test('is found where its folders are links', () => {
    const file = write('real/queue.c', '');
    fs.symlinkSync(path.join(folder(), 'real'), path.join(folder(), 'link'));
    const entries = [
      entry(path.join(folder(), 'other/queue.c'), 'cc -DOTHER -c other/queue.c'),
      entry(path.join(folder(), 'link/queue.c'), 'cc -DOURS -c link/queue.c'),
    ];
    const { byFile, warnings } = databaseFlags(database(entries), [file]);
    expect(byFile.get(file)?.flags).toEqual(['-DOURS']);
    expect(warnings).toEqual([]);
  });

  test('does not rename sources in what debuggers read', () => {
    const file = write('queue.c', '');
    const maps = '-ffile-prefix-map=/a=. -fdebug-prefix-map=/a=/b -ffile-compilation-dir=/b';
    const entries = [entry(file, `cc ${maps} -fmacro-prefix-map=/a=. -c ${file}`)];
    const flags = databaseFlags(database(entries), [file]).byFile.get(file)?.flags;
    expect(flags).toEqual(['-fmacro-prefix-map=/a=.']);
  });
});

describe('what cannot be read', () => {
  test.each([
    ['nowhere.json', undefined, /Expected `compileCommands` to be .*nowhere\.json`: no such file/],
    ['broken.json', '[', /Expected `compileCommands` to be a compile_commands\.json, got .*broken/],
    ['object.json', '{}', /Expected `compileCommands` to be a file with a list of commands/],
    ['empty.json', '[]', /Expected `compileCommands` to be a file with commands for .*queue\.c/],
    ['odd.json', '[null, 3, {"file": 4}]', /to be a file with commands for .*queue\.c/],
  ])('%s', (name, text, says) => {
    const file = text === undefined ? path.join(folder(), name) : write(name, text);
    expect(() => databaseFlags(file, [write('queue.c', '')])).toThrow(
      expect.objectContaining({ code: 'ERR_OUT_OF_RANGE', message: expect.stringMatching(says) }),
    );
  });

  test('a folder that is gone', () => {
    const file = write('queue.c', '');
    const entries = [{ directory: '/nowhere/at/all', file, command: `cc -c ${file}` }];
    expect(() => databaseFlags(database(entries), [file])).toThrow(
      /whose `directory` entries are there/,
    );
  });
});

test('a program is built with them, in the folder that they are for', async () => {
  write('project/include/size.h', '#define SIZE N\n');
  const file = write(
    'project/src/main.c',
    '#include <size.h>\nint main(void) { return SIZE - 7; }\n',
  );
  const directory = path.join(folder(), 'project');
  const command = 'cc -DN=7 -Iinclude -o main.o -c src/main.c';
  const compileCommands = write(
    'project/compile_commands.json',
    JSON.stringify([{ directory, file: 'src/main.c', command }]),
  );
  await expect(build(file)).rejects.toMatchObject({ code: 'ERR_COMPILE' });
  const { object, files } = await build(file, { compileCommands });
  expect(fs.existsSync(object)).toBe(true);
  expect(files.map(({ name }) => path.basename(name))).toEqual(['main.c', 'size.h']);
});
