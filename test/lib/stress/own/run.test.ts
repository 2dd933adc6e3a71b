import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { program } from '../../../../lib/own/program';
import { makeProgramStressPlan, type ProgramStressOptions } from '../../../../lib/stress/own/plan';
import type { ProgramStressReport } from '../../../../lib/stress/own/report';
import { ProgramStressRun } from '../../../../lib/stress/own/run';

let folder: string;
const cache = process.env.XDG_CACHE_HOME;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-rounds-'));
  process.env.XDG_CACHE_HOME = path.join(folder, 'cache');
});
afterAll(() => {
  if (cache === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = cache;
  fs.rmSync(folder, { recursive: true });
});

/** One program with every way to end, chosen by -DHOW. */
const WAYS = `#include <assert.h>
#include <dmtorture.h>
#include <pthread.h>
#include <stdlib.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int *nothing;
static void *thread(void *unused) { pthread_mutex_lock(&lock); return unused; }
int main(void)
{
	pthread_t other;
	pthread_create(&other, NULL, thread, NULL);
	if (HOW == 1) pthread_mutex_lock(&lock);
	if (HOW == 2) *nothing = 1;
	if (HOW == 3) assert(!"reached");
	if (HOW == 4) for (volatile int i = 1; i;) ;
	if (HOW == 5) { record("r1", 1); record("r2", 0); }
	if (HOW == 6) return 7;
	pthread_join(other, NULL);
}
`;

function run(how: number, options: ProgramStressOptions): ProgramStressRun {
  const file = path.join(folder, 'ways.c');
  fs.writeFileSync(file, WAYS);
  return new ProgramStressRun(
    makeProgramStressPlan(program(file, { flags: [`-DHOW=${how}`] }), { seed: 1, ...options }),
  );
}

const ran = (how: number, options: ProgramStressOptions): Promise<ProgramStressReport> =>
  run(how, options).result;

describe('rounds of a program', () => {
  test('that end well are clean, and say what was run', async () => {
    const report = await ran(0, { rounds: 5 });
    expect(report).toMatchObject({
      kind: 'stress',
      verdict: 'clean',
      complete: true,
      rounds: 5,
      faults: [],
      outcomes: [],
      plan: { seed: 1, rounds: 5, durationMs: 0, flags: ['-DHOW=0'] },
      subject: { kind: 'own', threads: 2 },
    });
    expect(report.subject.files[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(report).not.toHaveProperty('ops');
  });

  test.each([
    [2, 'crash', { line: 13, function: 'main' }],
    [3, 'check-failed', { line: 14, function: 'main' }],
    [6, 'check-failed', { line: null, function: '' }],
  ])('that end badly are faults, with their line: %d', async (how, kind, place) => {
    const { faults, verdict } = await ran(how, { rounds: 3 });
    expect(verdict).toBe('fault');
    expect(faults).toMatchObject([{ kind, count: 3, ...place, preventedBy: [] }]);
    expect(faults[0]?.first).toMatchObject({ ...place, seed: expect.any(Number) });
  });

  test('that wait for each other are a deadlock, long before the limit', async () => {
    const beganMs = performance.now();
    const { faults } = await ran(1, { rounds: 2, roundLimit: '60s' });
    // The second thread ends with the lock held, or the first waits for it: one of them waits.
    expect(faults).toMatchObject([{ kind: 'deadlock', count: 2 }]);
    expect(performance.now() - beganMs).toBeLessThan(60_000);
  });

  test('that do not end are killed at the limit', async () => {
    const { faults } = await ran(4, { rounds: 2, roundLimit: '200ms' });
    expect(faults).toMatchObject([
      { kind: 'hang', count: 2, first: { message: 'the round did not end in 200ms' } },
    ]);
  });

  test('have outcomes, with their grades', async () => {
    const free = await ran(5, { rounds: 3 });
    expect(free.outcomes).toEqual([{ results: 'r1=1 r2=0', count: 3, grade: 'interesting' }]);
    const allowed = await ran(5, { rounds: 3, allowOutcomes: ['r2=0 r1=1'] });
    expect(allowed.outcomes[0]?.grade).toBe('acceptable');
    expect(allowed.verdict).toBe('clean');
    const forbidden = await ran(5, { rounds: 3, forbidOutcomes: ['r1=1'] });
    expect(forbidden.outcomes[0]?.grade).toBe('forbidden');
    expect(forbidden.faults).toMatchObject([
      { kind: 'check-failed', count: 3, first: { message: 'the outcome r1=1 r2=0 is forbidden' } },
    ]);
  });

  test('stop at a fault where that is asked for', async () => {
    const { rounds, complete } = await ran(6, { rounds: 1000, stopOnFault: true });
    expect(rounds).toBeLessThan(100);
    expect(complete).toBe(true);
  });

  test('are given one by one, and leaving the loop stops them', async () => {
    const one = run(6, { rounds: 100_000 });
    for await (const fault of one) {
      expect(fault).toMatchObject({ kind: 'check-failed', message: 'exit status 7' });
      break;
    }
    const { complete, verdict } = await one.result;
    expect(complete).toBe(false);
    expect(verdict).toBe('fault');
  });

  test('end at the time limit, in the middle of a round', async () => {
    const { rounds, verdict, complete, durationMs } = await ran(4, { duration: '300ms' });
    expect({ rounds, verdict, complete }).toEqual({ rounds: 0, verdict: 'clean', complete: true });
    expect(durationMs).toBeGreaterThanOrEqual(300);
  });

  test('leave nothing behind', async () => {
    const before = fs
      .readdirSync(os.tmpdir())
      .filter((name) => name.startsWith('dmtorture-stress'));
    await ran(0, { rounds: 1 });
    const after = fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith('dmtorture-stress'));
    expect(after.filter((name) => !before.includes(name))).toEqual([]);
  });
});

describe('a program that cannot be run', () => {
  test('because it does not compile: what the compiler says', async () => {
    const file = path.join(folder, 'broken.c');
    fs.writeFileSync(file, 'int main(void) { return nothing; }\n');
    const broken = new ProgramStressRun(makeProgramStressPlan(program(file)));
    await expect(broken.result).rejects.toMatchObject({
      code: 'ERR_COMPILE',
      message: expect.stringContaining('nothing'),
    });
  });

  test('because the signal came first', async () => {
    const reason = new Error('not now');
    const late = run(0, { signal: AbortSignal.abort(reason) });
    await expect(late.result).rejects.toBe(reason);
  });
});

describe('the plan', () => {
  test.each([
    [{ rounds: -1 }, 'Expected `rounds` to be 0..'],
    [{ sanitizer: 'tread' }, 'Expected `sanitizer` to be `thread` or `address`, got `tread`'],
    [{ roundLimit: 1 }, 'Expected `roundLimit` to be 10..3600000 (milliseconds), got `1`'],
    [{ tickets: 1 }, 'Expected `tickets` to be `true` or `false`'],
    [{ ops: 3 }, 'Unknown option `ops`'],
  ])('refuses %j', (options, message) => {
    expect(() => makeProgramStressPlan(program('queue.c'), options as object)).toThrow(message);
  });
});
