import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { elements, parseXml, wrongInJunit } from '../../lib/junit';
import { type Ended, run, start } from '../command';

let folder = '';
const at = (name: string): string => path.join(folder, name);
const read = (name: string): string => fs.readFileSync(at(name), 'utf8');
const write = (name: string, text: string): string => {
  fs.writeFileSync(at(name), text);
  return at(name);
};

/** The command as Actions runs it, or as nobody does. */
function report(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return start(['report', ...args], { GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '', ...env }).ended;
}

async function save(name: string, ...args: string[]): Promise<void> {
  write(name, (await run(...args, '--json')).stdout);
}

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'report-'));
  await Promise.all([
    save('fault.json', 'explore', 'create-find', '--patches', 'all,-02'),
    save('clean.json', 'explore', 'create-find'),
    save('matrix.json', 'matrix', '--scenarios', 'create-find'),
    save('seed-1.json', 'stress', '--scenario', 'create-find', '--rounds', '200', '--seed', '1'),
    save('seed-2.json', 'stress', '--scenario', 'create-find', '--rounds', '200', '--seed', '2'),
    save('longer.json', 'stress', '--scenario', 'create-find', '--rounds', '300', '--seed', '3'),
  ]);
});

afterAll(() => fs.rmSync(folder, { recursive: true }));

describe('outputs', () => {
  test('all of them at once, and what the run itself printed', async () => {
    const outputs = ['--html', at('r.html'), '--junit', at('r.xml'), '--svg', at('pictures')];
    const { code, stdout, stderr } = await report([at('fault.json'), ...outputs]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^outcome +count +grade$/m);
    expect(stdout).toMatch(/^fault: explore create-find, patches all,-02\. use-uninitialized can/m);
    expect(stdout).toContain('BUG: use-uninitialized in find_md / specific_minor');
    expect(stdout).toMatch(/^ {2}12 \| .* find_md: md->disk$/m);
    expect(stdout).toMatch(/^ {2}replay {8}npx dmtorture replay dmt2\.\S+$/m);
    expect(stderr.split('\n').filter((line) => line.startsWith('wrote '))).toHaveLength(3);
    expect(read('r.html')).toContain('<!doctype html>');
    expect(wrongInJunit(parseXml(read('r.xml')))).toEqual([]);
    expect(fs.readdirSync(at('pictures'))).toEqual(['fault-1-use-uninitialized.svg']);
  });

  test('a benchmark has its tables, one of another version its figures in words', async () => {
    const bench = ['bench', 'refcount', '--threads', '1', '--windows', '1', '--window', '100us'];
    const { stdout: printed } = await run(...bench, '--json');
    const all = await report([write('bench.json', printed)]);
    expect(all.stdout).toMatch(/^get and put by +n +ns/m);
    expect(all.stdout).toMatch(/^dm_get, dm_put +1 +[\d.]+/m);
    const document = JSON.parse(printed);
    for (const row of document.rows) delete row.vsXaddCi95;
    const older = await report([write('older.json', JSON.stringify(document))]);
    expect(older.stdout).toMatch(/^measured.*: bench: reference counts/m);
  });

  test('--quiet says the verdict, --markdown is Markdown alone', async () => {
    const quiet = await report([at('clean.json'), '--quiet', '--html', at('q.html')]);
    expect(quiet).toMatchObject({ code: 0, stderr: '' });
    expect(quiet.stdout).toMatch(/^clean: explore create-find, patches all\. .*\n$/);
    const { stdout } = await report([at('clean.json'), '--markdown']);
    expect(stdout).toMatch(/^## ✅ clean: explore create-find/);
  });

  test('runs of one plan become one document', async () => {
    const { code, stdout } = await report([at('seed-1.json'), at('seed-2.json'), '--json']);
    expect(code).toBe(0);
    const merged = JSON.parse(stdout);
    expect(merged).toMatchObject({ kind: 'stress', rounds: 400, ops: { find: { count: 400 } } });
    const again = await report([write('merged.json', stdout), '--html', at('m.html')]);
    expect(again.code).toBe(0);
  });

  test('several kinds are sections of one page; the worst verdict is the exit code', async () => {
    const files = [at('matrix.json'), at('fault.json')];
    const { code, stdout } = await report([
      ...files,
      '--html',
      at('s.html'),
      '--junit',
      at('s.xml'),
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/as expected: matrix of 256 subsets × 1 scenario/);
    expect(read('s.html').match(/<section class="report"/g)).toHaveLength(2);
    expect(elements(parseXml(read('s.xml')), 'testsuite')).toHaveLength(2);
  });

  test('standard input is a file as well', async () => {
    const child = start(['report', '-'], { GITHUB_ACTIONS: '' });
    // Nothing is written to it here: it is closed, and empty.
    const { code, stderr } = await child.ended;
    expect(code).toBe(2);
    expect(stderr).toContain('standard input: the file is empty');
  });

  test('exit codes are those of the runs', async () => {
    const text = read('clean.json');
    const cut = write(
      'cut.json',
      JSON.stringify({ ...JSON.parse(text), complete: false, verdict: 'unfinished' }),
    );
    const missed = write(
      'missed.json',
      JSON.stringify({ ...JSON.parse(text), verdict: 'unfinished' }),
    );
    expect((await report([cut])).code).toBe(130);
    expect((await report([missed])).code).toBe(4);
  });
});

describe('what cannot be', () => {
  const refused: [args: () => string[], message: RegExp][] = [
    [() => [at('nowhere.json')], /nowhere\.json: cannot be read, there is no such file/],
    [() => [folder], /: cannot be read, that is a folder/],
    [() => [write('cut.txt', '{"tool":')], /cut\.txt: not JSON: /],
    [() => [write('list.json', '[]')], /list\.json: a report is an object/],
    [() => [at('seed-1.json'), at('longer.json')], /different plans: `rounds` is `200`/],
    [
      () => [at('clean.json'), at('matrix.json'), '--json'],
      /--json gives one document, and these are 2: explore, matrix/,
    ],
    [() => [at('clean.json'), '--json', '--markdown'], /Give either --json or --markdown/],
    [() => [], /report needs <files>, JSON documents of dmtorture/],
  ];
  test.each(refused)('is a sentence, and exit code 2 (%#)', async (args, message) => {
    const { code, stdout, stderr } = await report(args());
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/dmtorture bug|\n\s+at /);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('every file that is not a report is named', async () => {
    const { stderr } = await report([at('a.json'), at('clean.json'), at('b.json')]);
    expect(stderr).toMatch(/a\.json: cannot.*\n.*b\.json: cannot/);
  });

  const unwritable: [flag: string, file: () => string, why: RegExp][] = [
    ['--html', () => path.join(at('clean.json'), 'r.html'), /a part of that path is not a folder/],
    ['--html', () => folder, /that is a folder/],
    ['--svg', () => at('clean.json'), /clean\.json: cannot be written/],
    ['--junit', () => at('no/such/folder.xml'), /there is no such file/],
  ];
  // Linux has a device that is always full.
  if (fs.existsSync('/dev/full'))
    unwritable.push(['--html', () => '/dev/full', /no space is left/]);

  test.each(unwritable)(
    '%s that cannot be written takes no other output with it',
    async (flag, file, why) => {
      const kept = at('kept.html');
      fs.rmSync(kept, { force: true });
      const others = flag === '--html' ? ['--junit', kept] : ['--html', kept];
      const { code, stdout, stderr } = await report([at('clean.json'), flag, file(), ...others]);
      expect(code).toBe(3);
      expect(stderr).toMatch(why);
      expect(stderr).not.toContain('dmtorture bug');
      expect(stdout).toMatch(/^clean: /m);
      expect(fs.statSync(kept).size).toBeGreaterThan(500);
    },
  );
});

describe('in GitHub Actions', () => {
  const ACTIONS = { GITHUB_ACTIONS: 'true' };

  test('faults become annotations, and the summary gets the Markdown, added to its end', async () => {
    const summary = write('summary.md', 'before\n');
    const env = { ...ACTIONS, GITHUB_STEP_SUMMARY: summary };
    const { stdout, code } = await report([at('fault.json')], env);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^::error file=native\/core\/dm\/dm\.c,line=\d+,title=BUG%3A use-uninitialized/m,
    );
    expect(read('summary.md')).toMatch(/^before\n## ❌ fault/);
  });

  test('beside a document they go to standard error', async () => {
    const { stdout, stderr } = await report([at('fault.json'), '--json'], ACTIONS);
    expect(JSON.parse(stdout).kind).toBe('explore');
    expect(stderr).toMatch(/^::error /m);
  });

  test('--no-github is without them, --github is with them anywhere', async () => {
    const without = await report([at('fault.json'), '--no-github'], ACTIONS);
    expect(without.stdout + without.stderr).not.toContain('::error');
    const anywhere = await report([at('clean.json'), '--github']);
    expect(anywhere.stdout).toMatch(/^::notice title=clean/m);
  });
});

test('--help has examples', async () => {
  const { code, stdout } = await run('report', '--help');
  expect(code).toBe(0);
  for (const flag of ['--html <file>', '--junit <file>', '--markdown', '--svg <dir>', '--github']) {
    expect(stdout).toContain(flag);
  }
  expect(stdout).toContain('dmtorture demo --json > r.json; dmtorture report r.json --html r.html');
});
