import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import { ProgressDisplay } from '../../../lib/cli/terminal/progress';
import { type StatusFacts, statusLine } from '../../../lib/cli/terminal/status';
import { wantsColor, wantsLiveStatus } from '../../../lib/cli/terminal/terminal';

const facts: StatusFacts = {
  elapsedMs: 12_300,
  totalMs: 60_000,
  etaMs: 47_700,
  ops: 15_000_000,
  opsPerSecond: 1_230_000,
  faults: 15,
  faultsByKind: new Map([
    ['double-free', 1],
    ['use-after-free', 12],
    ['minor-leak', 2],
  ]),
  seed: 42,
};

describe('statusLine', () => {
  test('says everything where there is room', () => {
    expect(statusLine(facts, 160)).toBe(
      '12s of 1m00s | ETA 48s | 15M ops | 1.23M ops/s' +
        ' | 15 faults: use-after-free 12, minor-leak 2, double-free 1 | seed 42',
    );
  });

  test('names the kinds that fit, most frequent first', () => {
    expect(statusLine(facts, 100)).toBe(
      '12s of 1m00s | ETA 48s | 15M ops | 1.23M ops/s' +
        ' | 15 faults: use-after-free 12, +2 | seed 42',
    );
  });

  test('drops what matters least', () => {
    expect(statusLine(facts, 70)).toBe(
      '12s of 1m00s | ETA 48s | 15M ops | 1.23M ops/s | 15 faults | seed 42',
    );
    expect(statusLine(facts, 59)).toBe(
      '12s of 1m00s | ETA 48s | 1.23M ops/s | 15 faults | seed 42',
    );
    expect(statusLine(facts, 40)).toBe('12s of 1m00s | 1.23M ops/s | 15 faults');
    expect(statusLine(facts, 30)).toBe('12s of 1m00s | 15 faults');
  });

  test('of a run without a time limit, what is left to do stays', () => {
    const cells = { elapsedMs: 2600, etaMs: 12_000, ops: 1090, opsTotal: 3584, unit: 'cells' };
    const matrix = { ...cells, opsPerSecond: 419, label: 'matrix' };
    expect(statusLine(matrix, 80)).toBe(
      'matrix | 2.6s | ETA 12s | 1.09k of 3.58k cells | 419 cells/s',
    );
    expect(statusLine(matrix, 39)).toBe('2.6s | ETA 12s | 1.09k of 3.58k cells');
    expect(statusLine(matrix, 20)).toBe('2.6s | ETA 12s');
  });

  test('never runs over, whatever the width', () => {
    const wide = { ...facts, seed: 2 ** 53 - 1, label: 'all, every scenario' };
    for (let width = 0; width < 200; width += 1) {
      expect(statusLine(wide, width).length).toBeLessThanOrEqual(width);
    }
  });

  test('a run without a time limit shows no time left', () => {
    const { totalMs, etaMs, ...open } = facts;
    expect(totalMs && etaMs).toBeTruthy();
    expect(statusLine({ ...open, faults: 0, faultsByKind: new Map() }, 160)).toBe(
      '12s | 15M ops | 1.23M ops/s | no faults | seed 42',
    );
  });
});

function display(live: boolean, quiet = false) {
  const clock = { ms: 0, width: 60 };
  const written: string[] = [];
  const sink = {
    live,
    err: pc.createColors(false),
    progressWidth: () => clock.width,
    tell: (text: string) => void written.push(text),
  };
  return { clock, written, progress: new ProgressDisplay(sink, quiet, () => clock.ms) };
}

describe('ProgressDisplay', () => {
  test('a plain line every ten seconds, the first after ten', () => {
    const { clock, written, progress } = display(false);
    for (clock.ms = 0; clock.ms <= 30_000; clock.ms += 50) progress.update(facts);
    progress.end();
    expect(written).toHaveLength(3);
    for (const text of written) expect(text).toMatch(/^12s of .* seed 42\n$/);
  });

  test('a live line is rewritten in place and taken away', () => {
    const { clock, written, progress } = display(true);
    for (clock.ms = 0; clock.ms < 1000; clock.ms += 20) progress.update(facts);
    expect(written).toHaveLength(10);
    expect(written[0]).not.toContain('\n');
    expect(written[1]?.startsWith('\r\x1b[2K')).toBe(true);
    expect(written[1]?.length).toBeLessThanOrEqual(59 + 5);
    progress.end();
    expect(written.at(-1)).toBe('\r\x1b[2K');
  });

  test('a line that a narrower terminal has broken is taken away as a whole', () => {
    const { clock, written, progress } = display(true);
    progress.update(facts);
    clock.width = 25;
    clock.ms = 200;
    progress.update(facts);
    const rows = Math.ceil((written[0]?.length ?? 0) / 25);
    expect(rows).toBeGreaterThan(1);
    const above = '\x1b[1A\x1b[2K'.repeat(rows - 1);
    expect(written[1]?.startsWith(`\r\x1b[2K${above}12s`)).toBe(true);
    progress.end();
    expect(written.at(-1)).toBe('\r\x1b[2K');
  });

  test('a note goes above the live line, which comes back', () => {
    const { written, progress } = display(true);
    progress.update(facts);
    progress.note('fault: x');
    expect(written.slice(1)).toEqual(['\r\x1b[2Kfault: x\n', written[0]]);
  });

  test('quiet says nothing', () => {
    const { clock, written, progress } = display(true, true);
    progress.note('fault: x');
    clock.ms = 60_000;
    progress.update(facts);
    progress.end();
    expect(written).toEqual([]);
  });
});

describe('what the environment asks for', () => {
  test.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ TERM: 'dumb' }, true, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ CI: 'true' }, false, false],
  ])('color with %p on a terminal %p: %p', (env, isTty, wanted) => {
    expect(wantsColor(env, isTty)).toBe(wanted);
  });

  test.each([
    [{}, true, true],
    [{}, false, false],
    [{ CI: 'true' }, true, false],
    [{ CI: 'false' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ NO_COLOR: '1' }, true, true],
  ])('live status with %p on a terminal %p: %p', (env, isTty, wanted) => {
    expect(wantsLiveStatus(env, isTty)).toBe(wanted);
  });
});
