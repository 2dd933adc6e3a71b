import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { appendToFile, makeFolder, replaceFile } from '../../../lib/base/files';
import { filesUnder } from '../../house/rules';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-files-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

let turn = 0;
function place(content?: string, mode = 0o644): string {
  const own = path.join(folder, String(turn++));
  fs.mkdirSync(own);
  const file = path.join(own, 'page');
  if (content !== undefined) fs.writeFileSync(file, content, { mode });
  return file;
}

const beside = (file: string): string[] => fs.readdirSync(path.dirname(file));
const permissions = (file: string): number => fs.statSync(file).mode & 0o777;

describe('a file that is replaced', () => {
  test('is new, and has the permissions that it had; nothing is left beside it', async () => {
    const file = place('old', 0o604);
    await replaceFile(file, 'new');
    expect(fs.readFileSync(file, 'utf8')).toBe('new');
    expect(permissions(file)).toBe(0o604);
    expect(beside(file)).toEqual(['page']);
  });

  test('that was not there has the permissions of any new file', async () => {
    const file = place();
    await replaceFile(file, 'new');
    const other = path.join(path.dirname(file), 'other');
    fs.writeFileSync(other, '');
    expect(permissions(file)).toBe(permissions(other));
  });

  test('is whole for a reader that had it open', async () => {
    const file = place('old');
    const fd = fs.openSync(file, 'r');
    await replaceFile(file, 'new');
    expect(fs.readFileSync(fd, 'utf8')).toBe('old');
    fs.closeSync(fd);
  });

  test('is not a link: neither the link nor its target is changed', async () => {
    const file = place('old');
    const link = path.join(path.dirname(file), 'link');
    fs.symlinkSync('page', link);
    await expect(replaceFile(link, 'new')).rejects.toMatchObject({ code: 'ELOOP', path: link });
    fs.symlinkSync('nowhere', `${link}2`);
    await expect(replaceFile(`${link}2`, 'new')).rejects.toMatchObject({ code: 'ELOOP' });
    expect(() => appendToFile(link, 'new')).toThrow(/ELOOP/);
    expect(fs.readFileSync(file, 'utf8')).toBe('old');
    expect(beside(file).sort()).toEqual(['link', 'link2', 'page']);
  });

  test('is not a folder', async () => {
    const file = place();
    await expect(replaceFile(path.dirname(file), 'new')).rejects.toMatchObject({ code: 'EISDIR' });
    const lost = path.join(file, 'none');
    await expect(replaceFile(lost, '')).rejects.toMatchObject({ code: 'ENOENT', path: lost });
  });

  test('is whole, old or new, after `kill -9` at any moment', async () => {
    const file = place('a');
    const length = 4 << 20;
    const written = new Set<string>();
    for (let kills = 0; kills < 12; kills++) {
      const writer = spawn(process.execPath, [require.resolve('../children/write-pages.cjs')], {
        env: { ...process.env, PAGE: file, LENGTH: String(length) },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(writer.stdout, 'data');
      await sleep(Math.random() * 30);
      writer.kill('SIGKILL');
      await once(writer, 'close');
      const page = fs.readFileSync(file, 'utf8');
      const [letter = ''] = page;
      expect(page.length).toBe(length);
      expect(page === letter.repeat(length)).toBe(true);
      written.add(letter);
    }
    expect(written.size).toBeGreaterThan(1);
  });

  test('a fifo is written to, whether or not its reader is there yet', async () => {
    const file = place();
    expect(spawnSync('mkfifo', [file]).status).toBe(0);
    const text = 'line\n'.repeat(100_000);
    const writing = replaceFile(file, text);
    await sleep(80);
    const reader = spawn('cat', [file]);
    let read = '';
    reader.stdout.setEncoding('utf8').on('data', (piece: string) => {
      read += piece;
    });
    await Promise.all([writing, once(reader, 'close')]);
    expect(read === text).toBe(true);
    expect(fs.statSync(file).isFIFO()).toBe(true);
  });
});

test('what is appended comes behind what is there', () => {
  const file = place('one\n');
  appendToFile(file, 'two\n');
  appendToFile(`${file}2`, 'two\n', 0o600);
  expect(fs.readFileSync(file, 'utf8')).toBe('one\ntwo\n');
  expect(permissions(`${file}2`)).toBe(0o600);
});

test('folders are made with those that they are in, and where that is impossible it ends', () => {
  const file = place();
  const deep = path.join(path.dirname(file), 'a', 'b', 'c');
  makeFolder(deep);
  makeFolder(deep);
  expect(fs.statSync(deep).isDirectory()).toBe(true);
  fs.writeFileSync(file, '');
  expect(() => makeFolder(file)).toThrow(/EEXIST/);
  expect(() => makeFolder(path.join(file, 'a'))).toThrow(/ENOTDIR/);
  expect(() => makeFolder('/proc/nowhere/a')).toThrow(/ENOENT/);
});

test('no other part of `lib` writes files, except locks of journals, and builds of own C', () => {
  const writes =
    /\bfs\.(promises\.)?(writeFile|mkdirSync|appendFile|createWriteStream|rename|copyFile)/;
  const root = path.join(__dirname, '../../..');
  const writers = filesUnder(root, 'lib', '.ts').filter((file) =>
    fs
      .readFileSync(path.join(root, file), 'utf8')
      .split('\n')
      .some((line) => writes.test(line) && !line.startsWith(' *')),
  );
  expect(writers).toEqual([
    'lib/base/files.ts',
    'lib/base/work-folder.ts', // a folder to build and run in, which goes
    'lib/cli/doctor/own.ts', // five lines to try a compiler on, in a folder that goes
    'lib/cli/init/run.ts', // what it is for; never over a file
    'lib/own/cache.ts',
    'lib/own/compile.ts',
    'lib/own/headers.ts', // the list of places in headers, beside the build
    'lib/own/shell.ts', // the source around a lock, beside the build
    'lib/run/journal/lock.ts',
  ]);
});
