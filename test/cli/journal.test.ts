import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { MatrixReport } from '../../lib/explore/matrix';
import type { ExploreReport } from '../../lib/explore/report';
import type { StressReport } from '../../lib/stress/report';
import { run, runJson, start } from './command';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-kill-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const sizeOf = (file: string): number => (fs.existsSync(file) ? fs.statSync(file).size : 0);

/** The records of the units, and what a kill has left of one more. */
function read(file: string): { unit: number; content: Record<string, unknown> }[] {
  const lines = fs.readFileSync(file, 'utf8').split('\n').slice(1, -1);
  return lines.map((line) => JSON.parse(line).record);
}

/** Start it, wait until it has written something, and some time more; then kill it. */
async function startAndKill(args: string[], file: string): Promise<boolean> {
  const before = sizeOf(file);
  const { child, ended } = start([...args, '--journal', file, '--resume', '--quiet']);
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!over && sizeOf(file) === before) await sleep(1);
  await sleep(Math.random() * 40);
  child.kill('SIGKILL');
  return (await ended).signal === 'SIGKILL';
}

/**
 * Kill it that number of times, each in another place; what was there stays as it was. A run that
 * ends is compared with what it should be; one that was too fast to be killed begins again with
 * another journal.
 */
async function killAgainAndAgain(
  name: string,
  args: string[],
  check: (file: string) => Promise<void>,
): Promise<void> {
  const lengths = new Set<number>();
  let runs = 0;
  let file = path.join(folder, `${name}.ndjson`);
  for (let kills = 0; kills < 20; ) {
    const known = fs.existsSync(file) ? read(file) : [];
    if (await startAndKill(args, file)) {
      expect(read(file).slice(0, known.length)).toEqual(known);
      lengths.add(read(file).length);
      kills++;
    } else {
      await check(file);
      expect(++runs).toBeLessThan(20);
      file = path.join(folder, `${name}${runs}.ndjson`);
    }
  }
  expect(lengths.size).toBeGreaterThan(5);
  await check(file);
}

describe('killed 20 times and gone on with', () => {
  test('a matrix is the same as one that was left alone, cell by cell', async () => {
    const args = ['matrix', '--scenarios', 'remove-find-open,open-open-remove'];
    const { durationMs: _, ...whole } = (await runJson(...args)).json as MatrixReport;
    await killAgainAndAgain('matrix', args, async (file) => {
      const { code, json } = await runJson(...args, '--journal', file, '--resume');
      const { durationMs, ...report } = json as MatrixReport;
      expect(code).toBe(0);
      expect(report).toEqual(whole);
      const units = read(file).map(({ unit }) => unit);
      expect(units.sort((a, b) => a - b)).toEqual(whole.plan.masks);
    });
  }, 600_000);

  test('a stress run has each slice once, and its sums are theirs', async () => {
    const slices = 300;
    const args = ['stress', '--scenario', 'remove-open', '--patches', 'all,-05', '--seed', '50'];
    args.push('--rounds', '30000', '--slices', String(slices), '--no-tickets');
    await killAgainAndAgain('stress', args, async (file) => {
      const { code, json } = await runJson(...args, '--journal', file, '--resume');
      const report = json as StressReport;
      expect(code).toBe(1);
      const done = read(file).map(
        ({ content }) => content as unknown as { seed: number; report: StressReport },
      );
      const seeds = done.map(({ seed }) => seed).sort((a, b) => a - b);
      expect(seeds).toEqual(Array.from({ length: slices }, (_, i) => 50 + i));
      expect(done.every((slice) => slice.report.rounds === 100)).toBe(true);
      expect(report).toMatchObject({ complete: true, rounds: 30_000 });
      const sum = (of: (part: StressReport) => number): number =>
        done.reduce((total, slice) => total + of(slice.report), 0);
      for (const [op, { count, ok }] of Object.entries(report.ops)) {
        const own = ({ ops }: StressReport) => ops[op as keyof typeof ops];
        expect(count).toBe(sum((part) => own(part)?.count ?? 0));
        expect(ok).toBe(sum((part) => own(part)?.ok ?? 0));
      }
      const faults = ({ faults: all }: StressReport): number =>
        all.reduce((total, { count }) => total + count, 0);
      expect(faults(report)).toBe(sum(faults));
      expect(faults(report)).toBeGreaterThan(0);
    });
  }, 600_000);

  test('a search has each of its traces once', async () => {
    const args = ['explore', 'open-open-remove', '--patches', 'all,-05', '--all-faults'];
    args.push('--strategy', 'dpor', '--no-minimise');
    const whole = (await runJson(...args)).json as ExploreReport;
    const outcomes = ({ outcomes: all }: ExploreReport): string[] =>
      all.map(({ results, count, grade }) => `${results} ${count} ${grade}`).sort();
    const sliced = [...args, '--slices', '400'];
    await killAgainAndAgain('explore', sliced, async (file) => {
      const { code, json } = await runJson(...sliced, '--journal', file, '--resume');
      const report = json as ExploreReport;
      expect(code).toBe(1);
      expect(report).toMatchObject({ exhaustive: true, complete: true, traces: whole.traces });
      expect(outcomes(report)).toEqual(outcomes(whole));
    });
  }, 600_000);
});

describe('--journal', () => {
  const args = ['matrix', '--scenarios', 'create-find', '--quiet'];

  test('of another plan is refused, naming the parameter and both values: exit code 2', async () => {
    const file = path.join(folder, 'plan.ndjson');
    expect((await run(...args, '--journal', file)).code).toBe(0);
    const { code, stderr } = await run(
      ...['matrix', '--scenarios', 'create-get', '--quiet'],
      ...['--journal', file, '--resume'],
    );
    expect(code).toBe(2);
    expect(stderr).toContain(
      'the journal of another run: --scenarios is `["create-find"]` in the journal, `["create-get"]` now',
    );
  });

  test('of another duration is refused as it was typed, with what to do', async () => {
    const file = path.join(folder, 'duration.ndjson');
    const short = ['stress', '--quiet', '--no-tickets', '--journal', file, '--duration'];
    expect((await run(...short, '20ms')).code).toBe(0);
    const { code, stderr } = await run(...short, '30ms', '--resume');
    expect(code).toBe(2);
    expect(stderr).toContain(
      '--duration is `20ms` in the journal, `30ms` now; give the options that it was begun with, ' +
        'or another journal',
    );
  });

  test('that is there is not written over: exit code 2', async () => {
    const file = path.join(folder, 'there.ndjson');
    fs.writeFileSync(file, 'mine');
    const { code, stderr } = await run(...args, '--journal', file);
    expect(code).toBe(2);
    expect(stderr).toContain('there is such a file; --resume goes on with a journal');
    const resumed = await run(...args, '--journal', file, '--resume');
    expect(resumed.code).toBe(2);
    expect(resumed.stderr).toContain('it is not a journal');
    expect(fs.readFileSync(file, 'utf8')).toBe('mine');
  });

  test('damaged in the middle is refused, with the line: exit code 2', async () => {
    const file = path.join(folder, 'damaged.ndjson');
    await run(...args, '--journal', file);
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, text.replace('"unit":1,', '"unit":9,'));
    const { code, stderr } = await run(...args, '--journal', file, '--resume');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /damaged\.ndjson: line 3 is damaged, and it is not the last: begin another journal, or delete this line/,
    );
  });

  test('needs a file to go on with, and a place to be written', async () => {
    const { code, stderr } = await run(...args, '--resume');
    expect(code).toBe(2);
    expect(stderr).toContain('--resume goes on with a journal');
    const none = await run(...args, '--journal', path.join(folder, 'none', 'file'));
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('cannot be opened: ENOENT');
  });

  test('that is not a file is refused', async () => {
    const { code, stderr } = await run(...args, '--journal', '/dev/zero', '--resume');
    expect(code).toBe(2);
    expect(stderr).toContain('/dev/zero: it is not a regular file');
  });
});

test('Ctrl-C: what there is, and the journal goes on', async () => {
  const file = path.join(folder, 'interrupted.ndjson');
  // Long enough that it is not over before the signal comes, on a busy machine either.
  const args = ['stress', '--scenario', 'create-find', '--rounds', '200000', '--slices', '100'];
  args.push('--journal', file, '--resume', '--json');
  const { child, ended } = start(args);
  while (sizeOf(file) < 3000) await sleep(2);
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({ complete: false, verdict: 'unfinished' });
  expect(read(file).length).toBeGreaterThan(0);
  const again = await runJson(...args);
  expect(again).toMatchObject({ code: 0, json: { complete: true, rounds: 200_000 } });
});
