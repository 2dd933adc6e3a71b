import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import { EXIT } from '../../../lib/cli/exit';
import { inRunFrame, type RunMode, searchExitCode } from '../../../lib/cli/terminal/run-frame';
import type { Terminal } from '../../../lib/cli/terminal/terminal';

/** A terminal that notes what is written to it, and in which order. */
function notebook(): { terminal: Terminal; notes: string[]; close(): void } {
  const notes: string[] = [];
  const closed = new AbortController();
  const colors = pc.createColors(false);
  const terminal: Terminal = {
    out: colors,
    err: colors,
    width: () => 80,
    progressWidth: () => 80,
    live: true,
    closed: closed.signal,
    print: (text) => notes.push(`out ${text}`),
    tell: (text) => notes.push(`err ${text}`),
    annotate: () => undefined,
    see: () => notes.push('seen'),
    settle: async () => undefined,
  };
  return { terminal, notes, close: () => closed.abort() };
}

const mode = (format: RunMode['format'], quiet = false): RunMode => ({ format, quiet });

describe('the frame of a run', () => {
  test.each([
    ['text', ['seen', 'out for people\n']],
    ['json', ['seen', 'out {\n  "verdict": "clean"\n}\n']],
    [
      'ndjson',
      ['out {"event":"start","n":1}\n', 'seen', 'out {"event":"report","verdict":"clean"}\n'],
    ],
  ] as const)('prints the report as %s, once it was seen', async (format, expected) => {
    const { terminal, notes } = notebook();
    const code = await inRunFrame(mode(format), terminal, async ({ tell, finish }) => {
      tell('start', { n: 1 });
      finish({ verdict: 'clean' }, () => 'for people\n');
      return EXIT.missed;
    });
    expect([code, notes]).toEqual([EXIT.missed, expected]);
  });

  test('a report of many lines can be one', async () => {
    const { terminal, notes } = notebook();
    await inRunFrame(mode('json'), terminal, async ({ finish }) => {
      finish({ rows: [1, 2] }, () => '', 0);
      return EXIT.clean;
    });
    expect(notes.at(-1)).toBe('out {"rows":[1,2]}\n');
  });

  test('the live line is gone before the report, and before an error', async () => {
    const cleared = 'err \r\x1b[2K';
    const facts = { elapsedMs: 1, ops: 1, opsPerSecond: 1 };
    const { terminal, notes } = notebook();
    await inRunFrame(mode('text'), terminal, async ({ progress, finish }) => {
      progress.update(facts);
      finish({}, () => 'for people\n');
      return EXIT.clean;
    });
    expect(notes.slice(1)).toEqual([cleared, 'seen', 'out for people\n']);
    const failing = notebook();
    const run = inRunFrame(mode('text'), failing.terminal, async ({ progress }) => {
      progress.update(facts);
      throw new Error('no memory');
    });
    await expect(run).rejects.toThrow('no memory');
    expect(failing.notes.slice(1)).toEqual([cleared]);
  });

  test.each([
    ['quiet', mode('text', true)],
    ['as events', mode('ndjson')],
  ])('a run that is %s has no progress', async (_, how) => {
    const { terminal, notes } = notebook();
    await inRunFrame(how, terminal, async ({ progress }) => {
      progress.note('about to run');
      return EXIT.clean;
    });
    expect(notes).toEqual([]);
  });

  test('nobody reads any more: the run is stopped, and that is an interruption', async () => {
    const { terminal, close } = notebook();
    const run = inRunFrame(mode('text'), terminal, async ({ signal }) => {
      close();
      signal.throwIfAborted();
      return EXIT.clean;
    });
    expect(await run).toBe(EXIT.interrupted);
  });

  test('an error of a run that was stopped is an error all the same', async () => {
    const { terminal, close } = notebook();
    const run = inRunFrame(mode('text'), terminal, async () => {
      close();
      throw new Error('disk full');
    });
    await expect(run).rejects.toThrow('disk full');
  });
});

test.each([
  [{ verdict: 'fault', complete: true }, EXIT.fault],
  [{ verdict: 'clean', complete: true }, EXIT.clean],
  [{ verdict: 'fault', complete: false, limit: 'stopped' }, EXIT.interrupted],
  [{ verdict: 'unfinished', complete: false, limit: 'executions' }, EXIT.clean],
])('a search that is %o exits with %i', (report, code) => {
  expect(searchExitCode(report)).toBe(code);
});
