import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { MatrixReport } from '../../lib/explore/matrix';
import type { ExploreSweepReport } from '../../lib/explore/sweep';
import type { StressReport } from '../../lib/stress/report';
import { run, runJson } from './command';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-shards-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Run the shards of a command; their documents, as files. */
async function inShards(name: string, count: number, args: string[]): Promise<string[]> {
  const files: string[] = [];
  for (let i = 1; i <= count; i++) {
    const { stdout, stderr } = await run(...args, '--shard', `${i}/${count}`, '--json');
    expect(stderr).not.toContain('error:');
    const file = path.join(folder, `${name}${i}.json`);
    fs.writeFileSync(file, stdout);
    files.push(file);
  }
  return files;
}

describe('four shards, made one by report, are one run:', () => {
  test('a matrix, cell by cell; the report has the same exit code', async () => {
    const args = ['matrix', '--scenarios', 'create-find,remove-open'];
    const files = await inShards('matrix', 4, args);
    const merged = await runJson('report', ...files);
    const whole = await runJson(...args);
    const [a, b] = [merged.json, whole.json] as [MatrixReport, MatrixReport];
    expect(a.cells).toEqual(b.cells);
    expect(a.cleanMasks).toEqual(b.cleanMasks);
    expect(a.plan).toEqual(b.plan);
    expect([merged.code, a.complete]).toEqual([whole.code, true]);
    const some = await runJson('report', ...files.slice(1));
    expect(some.json).toMatchObject({ complete: false, verdict: 'unfinished' });
  });

  test('every scenario, fault by fault', async () => {
    const args = ['explore', '--patches', 'all,-05', '--all-faults'];
    const merged = await runJson('report', ...(await inShards('explore', 4, args)));
    const whole = await runJson(...args);
    const faults = (json: unknown): string[] =>
      (json as ExploreSweepReport).faults.map(
        ({ scenario, kind, ticket, count }) => `${scenario} ${kind} ${ticket} ${count}`,
      );
    expect(faults(merged.json)).toEqual(faults(whole.json));
    expect(merged).toMatchObject({ code: whole.code, json: { exhaustive: true, complete: true } });
  });

  test('stress, in its rounds', async () => {
    const args = ['stress', '--scenario', 'remove-open', '--patches', 'all,-05', '--no-tickets'];
    args.push('--rounds', '4001', '--seed', '3');
    const { code, json } = await runJson('report', ...(await inShards('stress', 4, args)));
    expect(code).toBe(1);
    expect(json).toMatchObject({ rounds: 4001, complete: true, plan: { seed: 3, rounds: 4001 } });
    expect((json as StressReport).plan).not.toHaveProperty('shard');
  });

  test('not those of two runs: exit code 2, with the parameter and both values', async () => {
    const [one = ''] = await inShards('one', 1, ['explore', 'create-find', '--strategy', 'dpor']);
    const other = path.join(folder, 'other.json');
    const args = ['explore', 'create-find', '--strategy', 'dpor', '--patches', 'all,-02'];
    fs.writeFileSync(other, (await run(...args, '--shard', '1/1', '--json')).stdout);
    const { code, stderr } = await run('report', one, other);
    expect(code).toBe(2);
    expect(stderr).toMatch(/`patches` is `all` in the one, `all,-02` in the other/);
    const twice = await run('report', one, one);
    expect(twice.code).toBe(2);
    expect(twice.stderr).toMatch(/are of the same run, shard 1\/1: it would count twice/);
  });
});

describe('one shard that is all there is', () => {
  test.each([
    ['explore', 'create-find', '--strategy', 'dpor'],
    ['stress', '--scenario', 'create-find', '--rounds', '300'],
    ['matrix', '--scenarios', 'create-find'],
    ['explore'],
  ])('makes no clean report: %s', async (...args) => {
    const [file = ''] = await inShards(`alone-${args[0]}-`, 3, args);
    const { code, stdout } = await run('report', file);
    expect([code, stdout]).toEqual([4, expect.stringMatching(/^unfinished: /m)]);
    expect(stdout).not.toMatch(/No fault can\s+be reached|as expected/);
    const { json } = await runJson('report', file);
    expect(json).toMatchObject({ verdict: 'unfinished', complete: false });
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('Of 3 shards this is one.');
    expect((await run('report', file, '--allow-incomplete')).code).toBe(0);
    const junit = path.join(folder, 'alone.xml');
    await run('report', file, '--junit', junit);
    const xml = fs.readFileSync(junit, 'utf8');
    const [tests, skipped] = ['tests', 'skipped'].map(
      (of) => new RegExp(` ${of}="(\\d+)"`).exec(xml)?.[1],
    );
    expect(skipped).toBe(tests);
  });

  test('with a fault it is a fault, and what was expected is unfinished', async () => {
    const args = ['explore', 'remove-open', '--patches', 'all,-05', '--strategy', 'dpor'];
    const files = await inShards('alone-fault', 2, args);
    const codes = await Promise.all(files.map(async (file) => (await run('report', file)).code));
    expect(codes).toContain(1);
    // With --expect a search goes on past its first fault.
    const wantedKinds = 'open-of-freeing,use-after-free';
    const wanted = await inShards('alone-wanted', 2, [...args, '--expect', wantedKinds]);
    const seen = wanted[codes.indexOf(1)] ?? '';
    const { code, stdout } = await run('report', seen);
    expect([code, stdout]).toEqual([4, expect.stringMatching(/^unfinished: /m)]);
  });
});

test('the text says which part it is', async () => {
  const stress = ['stress', '--scenario', 'create-find', '--rounds', '100', '--shard', '2/4'];
  expect((await run(...stress, '--slices', '5')).stdout).toMatch(
    /, shard 2\/4, 5 slices, seed 1\n/,
  );
  const found = await run('explore', 'create-find', '--shard', '2/4');
  expect(found.stdout.replaceAll('\n', ' ')).toMatch(
    /traces, in shard 2\/4; .*strategy dpor, shard 2\/4/,
  );
  const matrix = await run('matrix', '--scenarios', 'create-find', '--shard', '2/4');
  expect(matrix.stdout).toMatch(/, shard 2\/4, seed 0\n/);
});

describe('a wrong value is refused with the option, what it may be, and the value:', () => {
  test.each([
    ['stress', '5/4'],
    ['explore', '0/4'],
    ['matrix', '1/4097'],
    ['matrix', 'half'],
  ])('%s --shard %s', async (command, shard) => {
    const { code, stderr } = await run(command, '--shard', shard);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `Expected --shard to be i/n with 1 <= i <= n <= 4096, got \`${shard}\``,
    );
  });

  test.each([
    [['stress', '--slices', 'x'], 'Expected --slices to be a number (slices), got `x`'],
    [['stress', '--slices', '0'], 'Expected --slices to be 1..1000000 (slices), got `0`'],
    [['explore', '--slices', '4'], '--slices is for one scenario'],
    [['stress', '--ops', '3', '--shard', '1/4'], 'Expected --ops to be 4 at least'],
    [['stress', '--duration', '0', '--journal', 'x'], 'are of a run that ends'],
    [['matrix', '--slices', '4'], "unknown option '--slices'"],
  ])('%j', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
