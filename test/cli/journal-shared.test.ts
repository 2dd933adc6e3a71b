import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { lineOf } from '../../lib/run/journal/records';
import { main, plainEnv, run, runJson, start } from './command';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-shared-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

let turn = 0;
const place = (): string => path.join(folder, `${turn++}.ndjson`);
const sizeOf = (file: string): number => (fs.existsSync(file) ? fs.statSync(file).size : 0);

interface Line {
  record: { unit: number; content: Record<string, unknown> };
}
const recordsOf = (file: string): Line['record'][] =>
  fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .slice(1, -1)
    .map((line) => (JSON.parse(line) as Line).record);

const STRESS = ['stress', '--scenario', 'create-find', '--rounds', '4000', '--slices', '40'];
/** A run of each kind that keeps a journal, with a unit each that can be cut off. */
const RUNS: [name: string, args: string[]][] = [
  ['stress', [...STRESS, '--seed', '1']],
  ['a matrix', ['matrix', '--scenarios', 'create-find']],
  ['a search', ['explore', 'create-find', '--strategy', 'dpor', '--slices', '100']],
  ['a sweep', ['explore', '--strategy', 'stateful', '--patches', 'all']],
];

describe('a disk that becomes full', () => {
  test.each(RUNS)('%s: exit code 3, what was done is reported, and kept', async (_, args) => {
    const file = place();
    const command = [process.execPath, main, ...args, '--journal', file, '--resume', '--json'];
    // As far as a file may grow there: 512 or 1024 bytes for each of these.
    const limited = spawnSync('sh', ['-c', 'ulimit -f 16 && exec "$@"', 'sh', ...command], {
      encoding: 'utf8',
      env: plainEnv(),
    });
    const failure = new RegExp(`error: The journal ${file} cannot be written: EFBIG`);
    expect(limited.stderr).toMatch(failure);
    expect(limited.status).toBe(3);
    const report = JSON.parse(limited.stdout);
    expect(report).toMatchObject({ complete: false, verdict: 'unfinished' });
    expect(report.failure).toContain('cannot be written: EFBIG');
    expect(report.executions ?? report.rounds).toBeGreaterThan(0);
    // No half a line is left, and there is no lock of a process that is gone.
    expect(fs.readFileSync(file, 'utf8')).toMatch(/\}\n$/);
    expect(fs.existsSync(`${file}.lock`)).toBe(false);
    const kept = recordsOf(file);
    expect(kept.length).toBeGreaterThan(0);
    const whole = await runJson(...args, '--journal', file, '--resume');
    expect(whole).toMatchObject({ code: 0, json: { complete: true } });
    expect(whole.json).not.toHaveProperty('failure');
    expect(recordsOf(file).slice(0, kept.length)).toEqual(kept);
  });

  test('before the first line: exit code 3, and no file is in the way', () => {
    const file = place();
    const command = [process.execPath, main, ...STRESS, '--journal', file];
    const line = 'ulimit -f 0 && exec "$@"';
    const limited = spawnSync('sh', ['-c', line, 'sh', ...command], {
      encoding: 'utf8',
      env: plainEnv(),
    });
    expect(limited.status).not.toBe(0);
    expect(limited.stderr).toContain(file);
    expect(fs.existsSync(file)).toBe(false);
  });
});

describe('one process at a time writes a journal:', () => {
  const long = ['stress', '--scenario', 'create-find', '--duration', '60s', '--slices', '600'];

  test('a second one is refused, and the first is not disturbed', async () => {
    const file = place();
    const args = [...long, '--seed', '1', '--quiet', '--json', '--journal', file, '--resume'];
    const first = start(args);
    while (sizeOf(file) < 2000) await sleep(5);
    const second = await run(...args);
    expect([second.code, second.stdout]).toEqual([2, '']);
    expect(second.stderr).toContain(`process ${first.child.pid} is writing it`);
    first.child.kill('SIGINT');
    const { code, stdout } = await first.ended;
    expect(code).toBe(130);
    expect(JSON.parse(stdout).complete).toBe(false);
    const units = recordsOf(file).map(({ unit }) => unit);
    expect(units).toEqual(units.map((_, i) => i));
    expect(fs.existsSync(`${file}.lock`)).toBe(false);
  });

  test('one that was killed is followed at once', async () => {
    const file = place();
    const args = [...long, '--seed', '1', '--quiet', '--journal', file, '--resume'];
    const first = start(args);
    while (sizeOf(file) < 2000) await sleep(5);
    first.child.kill('SIGKILL');
    await first.ended;
    expect(fs.existsSync(`${file}.lock`)).toBe(true);
    const size = sizeOf(file);
    const next = start(args);
    while (sizeOf(file) <= size) await sleep(5);
    next.child.kill('SIGINT');
    expect((await next.ended).code).toBe(130);
  });
});

describe('records with a right checksum', () => {
  /** A journal of a run, with its first unit changed. */
  async function forged(args: string[], change: (record: Line['record']) => void): Promise<string> {
    const file = place();
    expect((await run(...args, '--journal', file, '--quiet')).code).toBe(0);
    const [first, ...rest] = fs.readFileSync(file, 'utf8').split('\n');
    const { record } = JSON.parse(rest[0] ?? '') as Line;
    change(record);
    fs.writeFileSync(file, [first, lineOf(record).trimEnd(), ...rest.slice(1)].join('\n'));
    return file;
  }

  const report = ({ content }: Line['record']): Record<string, unknown> =>
    content.report as Record<string, unknown>;
  const [stress, matrix, search, sweep] = RUNS.map(([, args]) => args) as [
    string[],
    string[],
    string[],
    string[],
  ];

  test.each<[says: string, args: string[], change: (record: Line['record']) => void]>([
    ['report|ops', stress, (record) => delete record.content.report],
    ['faults', stress, (record) => Object.assign(report(record), { faults: null })],
    ['seed', stress, (record) => Object.assign(record.content, { seed: 77 })],
    ['unit', stress, (record) => Object.assign(record, { unit: 4711 })],
    ['complete', stress, (record) => Object.assign(report(record), { complete: false })],
    ['cells', matrix, (record) => delete record.content.cells],
    ['cells', matrix, (record) => Object.assign(record.content, { cells: [] })],
    ['unit', matrix, (record) => Object.assign(record, { unit: 4711 })],
    ['outcomes', search, (record) => delete record.content.outcomes],
    ['scenario', search, (record) => Object.assign(record.content, { scenario: 'other' })],
    ['unit', search, (record) => Object.assign(record, { unit: 4711 })],
    ['tool', sweep, (record) => delete record.content.tool],
    ['scenario', sweep, (record) => Object.assign(record.content, { scenario: 'other' })],
  ])('and wrong content are refused: %s of %j', async (says, args, change) => {
    const file = await forged(args, change);
    const { code, stdout, stderr } = await run(...args, '--journal', file, '--resume');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(new RegExp(`^error: ${file}: line 2, unit \\d+.*(${says})`, 'm'));
  });

  test('that are there twice are a warning, and count once', async () => {
    const file = place();
    const { json } = await runJson(...stress, '--journal', file);
    fs.appendFileSync(file, `${fs.readFileSync(file, 'utf8').split('\n')[1]}\n`);
    const again = await start([...stress, '--journal', file, '--resume', '--json']).ended;
    expect(again.code).toBe(0);
    const warning = `${file}: unit 0 is there twice, in lines 2 and 42; it counts once`;
    expect(again.stderr).toContain(`warning: ${warning}\n`);
    const { warnings, ...rest } = JSON.parse(again.stdout);
    expect(warnings).toEqual([warning]);
    expect(rest).toEqual(json);
  });
});
