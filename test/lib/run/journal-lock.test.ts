import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { JournalLock } from '../../../lib/run/journal/lock';

/** Short, so that tests are. */
const TIMES = { touchMs: 50, watchMs: 600 };

let folder: string;
let journal: string;
let turn = 0;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-lock-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));
beforeEach(() => {
  fs.mkdirSync(path.join(folder, String(++turn)));
  journal = path.join(folder, String(turn), 'j');
});

const take = () => JournalLock.take(journal, TIMES);
const lockFile = (): string => `${journal}.lock`;
const owner = (): Record<string, unknown> => JSON.parse(fs.readFileSync(lockFile(), 'utf8'));
const writeOwner = (facts: object): void => fs.writeFileSync(lockFile(), JSON.stringify(facts));
const beside = (): string[] => fs.readdirSync(path.dirname(journal));

test('one at a time has it, also in one process; nothing is left behind', async () => {
  const lock = await take();
  expect(owner()).toMatchObject({ pid: process.pid, host: os.hostname() });
  await expect(take()).rejects.toMatchObject({
    code: 'ERR_BAD_JOURNAL',
    message:
      `${journal}: process ${process.pid} is writing it, ` +
      `as ${lockFile()} says; run one at a time`,
  });
  lock.check();
  lock.release();
  expect(beside()).toEqual([]);
  (await take()).release();
});

test('of many that come at once one has it', async () => {
  const locks = await Promise.allSettled(Array.from({ length: 20 }, take));
  expect(locks.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

describe('a lock is taken over from', () => {
  test('a process that was killed', async () => {
    const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
    (await take()).release();
    const lock = await take();
    const mine = owner();
    lock.release();
    await once(child, 'exit');
    writeOwner({ ...mine, pid: child.pid, nonce: 'another' });
    const times = { ...TIMES, watchMs: 60_000 };
    const beganMs = performance.now();
    const next = await JournalLock.take(journal, times);
    expect(performance.now() - beganMs).toBeLessThan(times.watchMs);
    expect(owner()).toMatchObject({ pid: process.pid });
    next.release();
    expect(beside()).toEqual([]);
  });

  test('a process whose number another has by now', async () => {
    const lock = await take();
    const mine = owner();
    lock.release();
    // Where the system does not say when processes were started, the number is all there is.
    const started = fs.existsSync('/proc/self/stat') ? '1' : mine.started;
    writeOwner({ ...mine, started, nonce: 'another' });
    if (started === '1') (await take()).release();
    else await expect(take()).rejects.toThrow('is writing it');
  });

  test.each([
    ['another machine', (mine: object) => ({ ...mine, host: 'elsewhere' })],
    ['another container', (mine: object) => ({ ...mine, place: 'pid:[1]' })],
    ['a text that is not an owner', () => 'anything'],
  ])('%s, which shows no sign of life', async (_, other) => {
    const lock = await take();
    const mine = owner();
    lock.release();
    writeOwner(other(mine) as object);
    const beganMs = performance.now();
    const next = await take();
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(TIMES.watchMs);
    next.release();
  });

  test('a dead process by one of many', async () => {
    const lock = await take();
    const mine = owner();
    lock.release();
    writeOwner({ ...mine, started: 'long ago', pid: 1 << 22, nonce: 'another' });
    const locks = await Promise.allSettled(Array.from({ length: 20 }, take));
    expect(locks.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('a process that died while it took a lock over', async () => {
    const lock = await take();
    const dead = { ...owner(), pid: 1 << 22, started: 'long ago' };
    lock.release();
    writeOwner(dead);
    fs.writeFileSync(`${lockFile()}.next`, JSON.stringify({ ...dead, nonce: 'another' }));
    (await take()).release();
    expect(beside()).toEqual([]);
  });
});

test('a process elsewhere that touches its lock keeps it', async () => {
  const lock = await take();
  writeOwner({ ...owner(), host: 'elsewhere' });
  const touching = setInterval(() => {
    const now = new Date();
    fs.utimesSync(lockFile(), now, now);
  }, TIMES.touchMs);
  await expect(take()).rejects.toThrow(/process \d+ of elsewhere is writing it/);
  clearInterval(touching);
  lock.release();
});

test('a lock is touched as long as it is held', async () => {
  const lock = await take();
  const before = fs.statSync(lockFile()).mtimeMs;
  await sleep(400);
  expect(fs.statSync(lockFile()).mtimeMs).toBeGreaterThan(before);
  lock.release();
});

test('a process that lost it learns so before the next record, and leaves it to its owner', async () => {
  const lock = await take();
  const mine = owner();
  fs.rmSync(lockFile());
  lock.check();
  expect(owner()).toEqual(mine);
  writeOwner({ ...mine, nonce: 'another' });
  expect(() => lock.check()).toThrow(`process ${process.pid} has taken it over`);
  lock.release();
  expect(beside()).toEqual(['j.lock']);
});
