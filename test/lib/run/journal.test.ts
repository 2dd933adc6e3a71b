import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DmTortureError } from '../../../lib/base/errors';
import { version } from '../../../lib/base/version';
import { Journal } from '../../../lib/run/journal';
import { lineOf } from '../../../lib/run/journal/records';
import { patches } from '../../../lib/tables/patches';

const head = { kind: 'stress', plan: { seed: 1, patches: patches.parse('all'), rounds: 10 } };
let folder: string;
let file: string;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-journal-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));
let turn = 0;
beforeEach(() => {
  file = path.join(folder, `${turn++}.ndjson`);
});

async function write(...units: number[]): Promise<void> {
  const journal = await Journal.open({ file, resume: false }, head);
  for (const unit of units) await journal.add(unit, { is: `unit ${unit}` });
  await journal.close();
}

async function read(wanted = head, free: string[] = []): Promise<[number, unknown][]> {
  const journal = await Journal.open({ file, resume: true }, wanted, { free });
  await journal.close();
  return [...journal.units];
}

/** A line with the checksum of a text, whatever that is. */
const summed = (text: string): string =>
  `{"crc32":"${crc32(text).toString(16).padStart(8, '0')}","record":${text}}\n`;

const lines = (): string[] => fs.readFileSync(file, 'utf8').split('\n');

test('what was added is there again, in lines of JSON', async () => {
  await write(0, 2);
  expect(await read()).toEqual([
    [0, { is: 'unit 0' }],
    [2, { is: 'unit 2' }],
  ]);
  const [first, second] = lines().map((line) => line && JSON.parse(line));
  expect(first).toMatchObject({
    crc32: expect.stringMatching(/^[0-9a-f]{8}$/),
    record: { tool: 'dmtorture', version, kind: 'stress', plan: { seed: 1 } },
  });
  expect(second.record).toEqual({ unit: 0, content: { is: 'unit 0' } });
});

test('every length that a crash can leave is gone on with, from the last whole line', async () => {
  await write(0, 1, 2);
  const whole = fs.readFileSync(file);
  const ends = [...whole.keys()].filter((i) => whole[i] === 10).map((i) => i + 1);
  for (let length = 0; length <= whole.length; length++) {
    fs.writeFileSync(file, whole.subarray(0, length));
    const units = ends.slice(1).filter((end) => end <= length).length;
    expect((await read()).map(([unit]) => unit)).toEqual([0, 1, 2].slice(0, units));
    // The torn line is gone, and the head is there.
    const kept = Math.max(ends[0] ?? 0, ...ends.filter((end) => end <= length));
    expect(fs.readFileSync(file).equals(whole.subarray(0, kept))).toBe(true);
  }
});

test('what follows a torn line is sound', async () => {
  await write(0, 1);
  fs.truncateSync(file, fs.statSync(file).size - 3);
  const journal = await Journal.open({ file, resume: true }, head);
  await journal.add(1, { is: 'unit 1' });
  await journal.close();
  expect((await read()).map(([unit]) => unit)).toEqual([0, 1]);
});

describe('is refused:', () => {
  test('any byte changed before the last line', async () => {
    await write(0, 1, 2);
    const whole = fs.readFileSync(file);
    const middle = whole.lastIndexOf(10, whole.length - 2);
    for (let at = 0; at < middle; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      fs.writeFileSync(file, damaged);
      await expect(read()).rejects.toThrow(
        /: line \d is damaged, and it is not the last: begin another journal, or /,
      );
    }
    expect(middle).toBeGreaterThan(100);
  });

  test('a line that is gone in the middle is not noticed, and its unit is done again', async () => {
    await write(0, 1, 2);
    const [first, , ...rest] = lines();
    fs.writeFileSync(file, [first, ...rest].join('\n'));
    expect((await read()).map(([unit]) => unit)).toEqual([1, 2]);
  });

  test('a unit that is there twice, with other content', async () => {
    await write(0);
    fs.appendFileSync(file, lineOf({ unit: 0, content: { is: 'another' } }));
    await expect(read()).rejects.toThrow(
      'unit 0 is there twice, and line 3 is not what line 2 says',
    );
  });

  test('a right checksum over what no journal has', async () => {
    await write(0);
    const [first = ''] = lines();
    const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const unit = (text: string): string => `${first}\n${summed(text)}`;
    const heads = ['null', '5', '[]', '{}', 'not JSON', '{"journal":1,"plan":null}'];
    for (const text of heads.map(summed)) {
      fs.writeFileSync(file, text);
      await expect(read()).rejects.toThrow(/the first line is not the head of a journal/);
    }
    const units = ['null', '[]', '{"unit":0}', '{"unit":-1,"content":{}}', 'not JSON'];
    units.push('{"unit":1.5,"content":{}}', '{"unit":0,"content":null}', deep(100_000));
    for (const text of units.map(unit)) {
      fs.writeFileSync(file, text);
      await expect(read()).rejects.toThrow(/line 2 is not the record of a unit/);
    }
    const plan = `{"journal":1,"version":"${version}","kind":"stress","plan":{"a":${deep(20_000)}}}`;
    fs.writeFileSync(file, summed(plan));
    await expect(read()).rejects.toMatchObject({ code: 'ERR_BAD_JOURNAL' });
  });

  test('content that the run refuses, naming file and line', async () => {
    await write(0, 1);
    const check = (unit: number): void => {
      if (unit === 1) throw new DmTortureError('ERR_BAD_REPORT', '`faults` is missing');
    };
    const opened = Journal.open({ file, resume: true }, head, { check });
    await expect(opened).rejects.toMatchObject({
      code: 'ERR_BAD_JOURNAL',
      message: `${file}: line 3, unit 1: \`faults\` is missing`,
    });
    expect(await read()).toHaveLength(2);
  });

  test('a link, which is not followed', async () => {
    await write(0);
    const [target, link] = [file, `${file}.link`];
    fs.symlinkSync(target, link);
    file = link;
    await expect(read()).rejects.toThrow('it is a link, and links are not followed');
    fs.rmSync(target);
    await expect(write(0)).rejects.toThrow('there is such a file');
    await expect(read()).rejects.toMatchObject({ code: 'ERR_BAD_JOURNAL' });
    expect(fs.existsSync(target)).toBe(false);
  });

  test('another plan, kind or version, with the two values', async () => {
    await write(0);
    const plan = { ...head.plan, patches: patches.parse('all,-05') };
    await expect(read({ ...head, plan })).rejects.toThrow(
      'the journal of another run: `patches` is `all` in the journal, `all,-05` now',
    );
    expect(await read({ ...head, plan }, ['patches'])).toHaveLength(1);
    await expect(read({ ...head, plan: { ...head.plan, rounds: 11 } })).rejects.toThrow(
      '`rounds` is `10` in the journal, `11` now',
    );
    await expect(read({ ...head, kind: 'matrix' })).rejects.toThrow(
      '`kind` is `stress` in the journal, `matrix` now',
    );
    expect(lines()).toHaveLength(3);
  });

  test('a file that is there, where nothing is to be gone on with', async () => {
    await write(0);
    await expect(write(1)).rejects.toMatchObject({
      code: 'ERR_BAD_JOURNAL',
      message: expect.stringMatching(/there is such a file; `resume` goes on with a journal/),
    });
    expect(await read()).toHaveLength(1);
  });

  test('a file that is something else, which stays as it is', async () => {
    for (const text of ['no journal', '{"a":1}\n', 'several\nlines\n']) {
      fs.writeFileSync(file, text);
      await expect(read()).rejects.toMatchObject({ code: 'ERR_BAD_JOURNAL' });
      expect(fs.readFileSync(file, 'utf8')).toBe(text);
    }
  });

  test('a folder that is not there', async () => {
    file = path.join(folder, 'none', 'file');
    await expect(write(0)).rejects.toThrow(/cannot be opened: ENOENT/);
  });
});

test('a unit that is there twice in the same words counts once, and is a warning', async () => {
  await write(0, 1);
  fs.appendFileSync(file, `${lines()[1]}\n`);
  const journal = await Journal.open({ file, resume: true }, head);
  expect([...journal.units.keys()]).toEqual([0, 1]);
  expect(journal.notes).toEqual({
    warnings: [`${file}: unit 0 is there twice, in lines 2 and 4; it counts once`],
  });
  await journal.close();
});
