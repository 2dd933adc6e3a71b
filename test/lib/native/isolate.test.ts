import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { DmTortureError, stress } from '../../../lib/index';

test('an isolated run reports as any other', async () => {
  const run = stress({
    isolate: true,
    scenario: 'remove-open',
    patches: 'all,-05',
    duration: '20s',
    stopOnFault: true,
  });
  const kinds: string[] = [];
  for await (const { kind } of run) kinds.push(kind);
  const report = await run.result;
  expect(report).toMatchObject({ verdict: 'fault', complete: true, plan: { isolate: true } });
  expect(kinds).toContain(report.faults[0]?.kind);
});

test('a crash of its process becomes an error', async () => {
  const run = stress({ isolate: true, duration: '1h' });
  await once(run, 'progress');
  process.kill(run.pid ?? 0, 'SIGSEGV');
  const error: unknown = await run.result.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DmTortureError);
  expect(error).toMatchObject({
    code: 'ERR_NATIVE_CRASH',
    message: expect.stringMatching(/process \d+\) died: SIGSEGV/),
  });
});

test('abort stops the other process', async () => {
  const controller = new AbortController();
  const run = stress({ isolate: true, duration: '1h', signal: controller.signal });
  await once(run, 'progress');
  controller.abort();
  expect(await run.result).toMatchObject({ complete: false, verdict: 'unfinished' });
  const { pid = 0 } = run;
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
});

test('an abort at once stops it as well', async () => {
  const controller = new AbortController();
  const run = stress({ isolate: true, duration: '1h', signal: controller.signal });
  controller.abort();
  expect(await run.result).toMatchObject({ complete: false });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
