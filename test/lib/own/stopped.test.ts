import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import { explore, program } from '../../../lib/index';
import { findHost } from '../../../lib/own/run';
import { workshop } from './building';
import { type Finished, readLine } from './searching';

const { write, build } = workshop();

/** Its fault comes in the first execution; to look at all that have fewer preemptions takes long. */
const text = (after: string): string => `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static atomic_int a, b;
static void *add(void *u)
{
  for (int i = 0; i < 12; i++) {
    int seen = a;
    b++;
    a = seen + 1;
  }
  return u;
}
int main(void)
{
  pthread_t t[4];
  for (int i = 0; i < 4; i++) pthread_create(&t[i], 0, add, 0);
  for (int i = 0; i < 4; i++) pthread_join(t[i], 0);
  ${after}
}
`;
const FAULTY = 'assert(a == 48);';

/** Have the host search, and ask it to end when it has run more than `enough` executions; its last line. */
async function stopped(object: string, enough = 1000): Promise<Finished> {
  const asked = ['search', object, '--strategy=portfolio', '--seed=1'];
  const child = spawn(findHost(), asked, { stdio: ['ignore', 'pipe', 'inherit'] });
  let last: unknown;
  for await (const line of createInterface(child.stdout)) {
    last = readLine(line);
    const { type, executions } = last as { type: string; executions: number };
    if (type === 'progress' && executions > enough) child.kill('SIGTERM');
  }
  return last as Finished;
}

test('a fault that is being minimised is not lost where the search is stopped', async () => {
  const { object } = await build(write('faulty.c', text(FAULTY)));
  expect(await stopped(object)).toMatchObject({
    type: 'finished',
    exhausted: false,
    limit: 'fault',
    executions: 1,
    threads: 5,
    faults: [{ kind: 'check-failed', minimal: false, message: expect.stringContaining('a == 48') }],
  });
});

test('what a schedule is short already is kept when the search is stopped, and said', async () => {
  const file = write('shorter.c', text(FAULTY));
  const { object } = await build(file);
  const { faults } = await stopped(object, 10_000);
  expect(faults).toMatchObject([{ minimal: false, minimiseLimit: 'stopped' }]);
  const found = await explore(program(file), { minimise: false, seed: 1 });
  expect(faults[0]?.preemptions).toBeLessThanOrEqual(2);
  expect(found.faults[0]?.preemptions).toBeGreaterThan(2);
  const stop = new AbortController();
  const report = await explore(program(file), {
    seed: 1,
    signal: stop.signal,
    onProgress: ({ executions }) => executions > 10_000 && stop.abort(),
  });
  expect(report.faults).toMatchObject([{ minimiseLimit: 'stopped' }]);
  const said = "it was stopped from outside while a fault's schedule was made shorter";
  expect(report.evidence).toContain(said);
});

test('a search that is stopped says how far it came', async () => {
  const { object } = await build(write('endless.c', text('')));
  const { executions, ...rest } = await stopped(object);
  expect(rest).toMatchObject({
    type: 'finished',
    exhausted: false,
    limit: 'stopped',
    threads: 5,
    faults: [],
    heaps: [{ heap: 'fresh', exhausted: false }],
  });
  expect(executions).toBeGreaterThan(1000);
});

test('what was found before a signal is in the report, with its ticket', async () => {
  const controller = new AbortController();
  const report = await explore(program(write('aborted.c', text(FAULTY))), {
    allFaults: true,
    signal: controller.signal,
    onProgress: ({ executions }) => executions > 1000 && controller.abort(),
  });
  expect(report).toMatchObject({
    verdict: 'fault',
    complete: false,
    limit: 'stopped',
    faults: [{ kind: 'check-failed', ticket: expect.stringMatching(/^dmo1\./) }],
  });
});
