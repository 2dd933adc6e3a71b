import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { explore } from '../../../lib/explore/explore';
import { replay } from '../../../lib/explore/replay';
import { databaseFlags } from '../../../lib/own/database';
import { program } from '../../../lib/own/program';
import type { ProgramReport } from '../../../lib/own/report';
import { readTicket, sealTicket } from '../../../lib/own/ticket';
import { workshop } from './building';

const { folder, write } = workshop();
const MAIN = path.join(__dirname, '../../../dist/cli/main.js');

const RACE = `#include <pthread.h>
static int x;
static void *f(void *a) { x = 1; return a; }
int main(void)
{
  pthread_t t;
  pthread_create(&t, 0, f, 0);
  x = 2;
  pthread_join(t, 0);
  return 0;
}
`;

/** What the command says, and its exit code; a name may be any bytes. */
function command(words: readonly string[], name: Buffer, cwd = folder()): [string, number | null] {
  // The system's shell passes bytes on; node writes arguments as UTF-8.
  const octal = [...name].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  const script = `exec "$0" "$@" "$(printf '${octal}')"`;
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', script, process.execPath, MAIN, ...words],
    { cwd, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  );
  return [`${stdout}${stderr}`.trim(), status];
}

describe('a line break in the name of a source', () => {
  const REFUSED =
    'be sources without a line break in their names and folders, got `a\\nb.c`: rename what has one';

  test('is refused by program(), before anything is compiled', () => {
    expect(() => program('a\nb.c')).toThrow(REFUSED);
    expect(() => program('a.c', { sources: ['a\nb.c'] })).toThrow(REFUSED);
    expect(() => program('a\rb.c')).toThrow('got `a\\rb.c`');
    expect(() => program('queue.c')).not.toThrow();
  });

  test('and in that of its folder', () => {
    expect(() => program('a\nb/c.c')).toThrow('got `a\\nb/c.c`: rename');
    expect(() => program('/a\nb/c.c')).toThrow('got `/a\\nb/c.c`: rename');
  });

  test.each([['explore'], ['stress']])('is refused by %s', (verb) => {
    write('a\nb.c', RACE);
    const [text, status] = command([verb], Buffer.from('a\nb.c'));
    expect(text.split('\n')).toHaveLength(1);
    expect(text).toContain(REFUSED);
    expect(status).toBe(2);
  });

  test('is refused where a report or a ticket has it', async () => {
    const report = await explore(program(write('named.c', RACE)));
    const text = JSON.stringify(report).replaceAll('named.c', 'a\\nb.c');
    const other = JSON.parse(text) as ProgramReport;
    await expect(explore(other)).rejects.toThrow('a\\nb.c`: rename what has one');
    const sealed = readTicket(report.faults[0]?.ticket ?? '');
    const files = sealed.files.map((file) => ({ ...file, name: 'a\nb.c' }));
    await expect(replay(sealTicket({ ...sealed, files }))).rejects.toThrow(REFUSED);
  });
});

describe('a line break in a flag', () => {
  const REFUSED = ' to be flags without a line break, got `-Ia\\nb`: rename what has one';

  test('is refused by program(), before anything is compiled', () => {
    expect(() => program('a.c', { flags: ['-DN', '-Ia\nb'] })).toThrow(`\`flags\`${REFUSED}`);
    expect(() => program('a.c', { flags: ['-I', 'a\rb'] })).toThrow('got `a\\rb`');
    expect(() => program('a.c', { flags: ['-Ia b'] })).not.toThrow();
  });

  test.each([['explore'], ['stress']])('is refused by %s, which names the option', (verb) => {
    const file = write('flagged.c', RACE);
    const [text, status] = command([verb, file, '--flag'], Buffer.from('-Ia\nb'));
    expect(text).toBe(`error: Expected --flag${REFUSED}`);
    expect(status).toBe(2);
  });
});

describe('a line break in a flag of a database', () => {
  const database = (file: string, words: readonly string[], command?: string): string => {
    const entry = { directory: folder(), file, ...(command ? { command } : { arguments: words }) };
    return write('compile_commands.json', JSON.stringify([entry]));
  };
  const refused = (flag: string, file: string, from: string): string =>
    `a file of flags without a line break, got \`${flag}\` in the entry of ${file} in ${from}: ` +
    'rename what has one';

  test('is refused wherever it stands, and what is not taken may have one', () => {
    const file = write('listed.c', RACE);
    const inWords = database(file, ['cc', '-DN', '-Ia\nb', '-c', file]);
    expect(() => databaseFlags(inWords, [file])).toThrow(refused('-Ia\\nb', file, inWords));
    const inText = database(file, [], `cc -I 'a\rb' -c ${file}`);
    expect(() => databaseFlags(inText, [file])).toThrow(refused('a\\rb', file, inText));
    write('flags.rsp', "'-Ia\nb'");
    const inFile = database(file, ['cc', '@flags.rsp', '-c', file]);
    expect(() => databaseFlags(inFile, [file])).toThrow(refused('-Ia\\nb', file, inFile));
    const left = database(file, ['cc', '-DN', '-o', 'a\nb.o', '-c', file]);
    expect(databaseFlags(left, [file]).byFile.get(file)?.flags).toEqual(['-DN']);
  });

  test.each([['explore'], ['stress']])('is refused by %s, which names the option', (verb) => {
    const file = write('listed.c', RACE);
    const from = database(file, ['cc', '-Ia\nb', '-c', file]);
    const [text, status] = command([verb, file, '--compile-commands'], Buffer.from(from));
    expect(text.split('\n').at(-1)).toBe(
      `error: Expected --compile-commands to be ${refused('-Ia\\nb', file, from)}`,
    );
    expect(status).toBe(2);
  });
});

test('a separator of lines in the name of a source is a part of its name', async () => {
  const file = write('a\u2028b.c', RACE);
  const { faults } = await explore(program(file));
  expect(faults.map(({ file: name, line }) => [path.basename(name ?? ''), line])).toEqual([
    ['a\u2028b.c', 3],
  ]);
});

describe('a name that is not UTF-8', () => {
  const BROKEN = Buffer.from('b\u00e4d.c', 'latin1');
  const inFolder = (...parts: (string | Buffer)[]): Buffer =>
    Buffer.concat(parts.map((part) => Buffer.from(part)));

  test.each([['explore'], ['stress']])('is what %s says is the matter', (verb) => {
    fs.writeFileSync(inFolder(`${folder()}/`, BROKEN), RACE);
    const [text, status] = command([verb], BROKEN);
    expect(text).toContain(`the name of \`${folder()}/b\ufffdd.c\` is not UTF-8, rename it`);
    expect(status).toBe(2);
  });

  test('may be that of a folder', () => {
    const name = inFolder(`${folder()}/f`, Buffer.from([0xff]));
    fs.mkdirSync(name);
    fs.writeFileSync(inFolder(name, '/queue.c'), RACE);
    const says = `the name of \`${folder()}/f\ufffd\` is not UTF-8, rename it`;
    expect(command(['explore'], inFolder('f', Buffer.from([0xff]), '/queue.c'))[0]).toContain(says);
  });

  test('is not what is the matter where there is no such file, or where it is UTF-8', async () => {
    expect(command(['explore'], Buffer.from([0xff, 0x2e, 0x63]))[0]).toContain(': no such file');
    const [text] = command(['explore'], Buffer.from('none\ufffd.c'));
    expect(text).toContain('got `none\ufffd.c`: no such file');
    const file = write('is\ufffd.c', RACE);
    expect((await explore(program(file))).verdict).toBe('fault');
  });
});
