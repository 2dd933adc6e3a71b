import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { HostEvent } from '../../../lib/own/protocol';
import { askHost, type HostRun, runHost } from '../../../lib/own/run';

const HOST = path.join(__dirname, '../children/own-host.cjs');
const PATIENCE = { stop: 200, grace: 200, silence: 400 };
const progress = { type: 'progress', executions: 3, states: 0, elapsedNs: 5e6 };

/** A run of a host that does what `asked` says. */
function run(asked: object, more: Partial<HostRun> = {}): HostRun & { seen: HostEvent[] } {
  const seen: HostEvent[] = [];
  const command = [process.execPath, HOST, JSON.stringify(asked)];
  return {
    args: ['search'],
    command,
    patience: PATIENCE,
    onEvent: (event) => void seen.push(event),
    seen,
    ...more,
  };
}

/** The process is gone. */
const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

describe('lines of a host', () => {
  test('come in their order, and the last is what it ends with', async () => {
    const asked = run({ lines: [progress, progress, { type: 'finished', executions: 7 }] });
    const { last, refused } = await askHost('finished', asked);
    expect(last).toMatchObject({ executions: 7 });
    expect(refused).toBeUndefined();
    expect(asked.seen.map(({ type }) => type)).toEqual(['progress', 'progress', 'finished']);
  });

  test.each([
    ['a line that is not JSON', { raw: 'Segmentation fault\n' }, /not a line of its own, `Segm/],
    ['a line without a type', { raw: '{"executions":1}\n' }, /not a line of its own/],
    ['half a line', { raw: '{"type":"fin' }, /half a line/],
    ['nothing', { exit: 0 }, /died: exit code 0, without a report/],
    ['nothing but a sentence on stderr', { exit: 3, stderr: 'oh no' }, /code 3.*it said: oh no/],
    ['a death', { lines: [progress], kill: 'SIGSEGV' }, /died: SIGSEGV/],
  ])('%s is a failure that says so', async (_, asked, message) => {
    const asking = askHost('finished', run(asked));
    await expect(asking).rejects.toMatchObject({ code: 'ERR_NATIVE_CRASH' });
    await expect(asking).rejects.toThrow(message);
  });

  test('a refusal is not a failure, whatever its exit status', async () => {
    const refused = { type: 'refused', message: 'no', at: '12ab' };
    const asked = run({ lines: [refused], exit: 2 });
    expect((await askHost('finished', asked)).refused).toMatchObject({ message: 'no' });
  });

  test('what a listener throws ends the host and comes out', async () => {
    const onEvent = (): void => {
      throw new RangeError('mine');
    };
    const asked = run({ lines: [progress], wait: 'for ever' }, { onEvent });
    await expect(runHost(asked)).rejects.toThrow(RangeError);
  });

  test('a host that is not there is said to be missing', async () => {
    const asked = run({}, { command: ['/nowhere/dmtorture-own'] });
    await expect(runHost(asked)).rejects.toMatchObject({ code: 'ERR_NATIVE_MISSING' });
  });
});

describe('a host that goes on', () => {
  test('is asked to stop, and prints what there is', async () => {
    const stop = new AbortController();
    const asked = run({ lines: [progress], wait: 'until-stopped' }, { signal: stop.signal });
    asked.onEvent = (event) => {
      if (event.type === 'progress') stop.abort();
    };
    expect((await askHost('finished', asked)).last).toMatchObject({ limit: 'stopped' });
  });

  test('is killed where it does not hear, and that is not a failure', async () => {
    const stop = new AbortController();
    let began = 0;
    const asked = run({ lines: [progress], wait: 'x', deaf: true }, { signal: stop.signal });
    asked.onEvent = () => {
      began = performance.now();
      stop.abort();
    };
    const end = await runHost(asked);
    expect(end).toMatchObject({ killed: true, signal: 'SIGKILL' });
    expect(performance.now() - began).toBeGreaterThanOrEqual(PATIENCE.stop - 20);
  });

  test('is killed where it is silent, and the failure says for how long', async () => {
    const asked = run({ lines: [{ ...progress, pid: 0 }], wait: 'x', deaf: true });
    await expect(runHost(asked)).rejects.toThrow('it was silent for 0.4 s');
  });

  test('is killed where it does not keep its limit', async () => {
    const loud = { ...PATIENCE, silence: 60_000 };
    const asked = run({ wait: 'x', deaf: true }, { limitMs: 100, patience: loud });
    await expect(runHost(asked)).rejects.toThrow('it did not end 0.2 s after its limit');
  });

  test('is gone when its end was reported', async () => {
    let pid = 0;
    const code = 'console.log(JSON.stringify({type:"pid",pid:process.pid}));setInterval(()=>0,9)';
    const stop = new AbortController();
    await runHost({
      ...run({}, { command: [process.execPath, '-e', code], signal: stop.signal }),
      onEvent: (event) => {
        ({ pid } = event as unknown as { pid: number });
        stop.abort();
      },
    });
    expect(pid).toBeGreaterThan(0);
    expect(isGone(pid)).toBe(true);
  });
});
