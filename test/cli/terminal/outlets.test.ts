import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { terminalText } from '../../../lib/base/sinks/terminal';
import { Outlet } from '../../../lib/cli/terminal/outlet';
import { main, plainEnv, run, start } from '../command';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-outlets-'));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

/** Run a shell line with `$dmtorture` as the command, its files under a folder of these tests. */
function shell(line: string): SpawnSyncReturns<string> {
  const env = plainEnv({ dmtorture: `${process.execPath} ${main}`, TMPDIR: scratch });
  return spawnSync('bash', ['-c', line], { env, encoding: 'utf8', timeout: 110_000 });
}

const RUN = 'stress --ops 1000 --seed 3';

describe('a full disk under standard output', () => {
  test.each([
    [`${RUN} --json`, /^\{\n {2}"tool": "dmtorture"[\s\S]*\n\}\n$/],
    [RUN, /^operation [\s\S]* seed 3\n$/],
    [`${RUN} --ndjson`, /^\{"event":"start"[\s\S]*\{"event":"report",.*\n$/],
    ['explore create-find --json', /^\{\n {2}"tool": "dmtorture"[\s\S]*\n\}\n$/],
  ])('%s: a sentence, exit 3, and the report is kept', (args, whole) => {
    const { status, stderr } = shell(
      `$dmtorture ${args} --quiet > /dev/full`.replace('--quiet', ''),
    );
    expect(status).toBe(3);
    const [, file = ''] =
      /^error: standard output cannot be written, no space is left \(ENOSPC\); what it did not take is in (.*)$/m.exec(
        stderr,
      ) ?? [];
    expect(path.dirname(path.dirname(file))).toBe(scratch);
    expect(fs.statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    expect(fs.readFileSync(file, 'utf8')).toMatch(whole);
  });

  test.each(['list faults', '--help', 'completion bash', 'stress --print-config'])(
    '%s: a sentence and exit 3; what can be printed again is not kept',
    (args) => {
      fs.readdirSync(scratch).forEach((name) => {
        fs.rmSync(path.join(scratch, name), { recursive: true });
      });
      const { status, stderr } = shell(`$dmtorture ${args} > /dev/full`);
      expect(status).toBe(3);
      expect(stderr).toBe('error: standard output cannot be written, no space is left (ENOSPC)\n');
      expect(fs.readdirSync(scratch)).toEqual([]);
    },
  );

  test('where nothing can be kept either, that is said', () => {
    const { status, stderr } = shell(`TMPDIR=/dev/full $dmtorture ${RUN} > /dev/full`);
    expect(status).toBe(3);
    expect(stderr).toMatch(
      /; nor could it be kept in \/dev\/full: a part of that path is not a folder/,
    );
  });

  test('progress that cannot be written stops nothing', () => {
    const { status, stdout } = shell(`$dmtorture ${RUN} 2> /dev/full`);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^clean: /m);
  });
});

describe('a reader that goes away', () => {
  test.each(['list faults', '--help', `${RUN} --json`, 'explore --json'])(
    '%s | head -1: nothing is said, the exit code is that of the command',
    (args) => {
      const { stdout, stderr } = shell(
        `$dmtorture ${args} --quiet | head -1; echo \${PIPESTATUS[0]}`,
      );
      expect(stdout.split('\n')).toHaveLength(3);
      expect(stdout).toMatch(/\n0\n$/);
      expect(stderr).toBe('');
    },
  );

  test('a run that nobody reads any more is stopped: 130, as interrupted', () => {
    const line = `$dmtorture stress --duration 1h --ndjson | head -1; echo \${PIPESTATUS[0]}`;
    const { stdout, stderr } = shell(line);
    expect(stdout).toMatch(/^\{"event":"start".*\n130\n$/);
    expect(stderr).toBe('');
  });

  test('standard output that is closed from the start', () => {
    expect(shell(`$dmtorture ${RUN} >&-`).status).toBe(0);
  });
});

describe('Outlet', () => {
  type Done = (error?: Error | null) => void;

  const plainText = (text: string) => terminalText(text, { colors: false, live: false });

  function outletOn(take: (text: string, done: Done) => void) {
    const listeners: ((error: NodeJS.ErrnoException) => void)[] = [];
    const outlet = new Outlet({
      write: take,
      on: (_, listener) => listeners.push(listener),
    });
    return {
      outlet,
      fail: (error: NodeJS.ErrnoException) => listeners.forEach((l) => void l(error)),
    };
  }

  const refusal = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });

  test('waits for what is on its way', async () => {
    const waiting: Done[] = [];
    const { outlet } = outletOn((_, done) => waiting.push(done));
    outlet.write(plainText('a'));
    outlet.write(plainText('b'));
    let settled = false;
    const end = outlet.settle(true).then((said) => {
      settled = true;
      return said;
    });
    waiting[0]?.();
    await Promise.resolve();
    expect(settled).toBe(false);
    waiting[1]?.();
    expect(await end).toBeUndefined();
  });

  test('keeps what was refused and what came after, in order, and not what was taken', async () => {
    let count = 0;
    const { outlet } = outletOn((_, done) => done(count++ === 1 ? refusal('EDQUOT') : null));
    for (const text of ['taken\n', 'refused\n', 'after\n']) outlet.write(plainText(text));
    const said = await outlet.settle(true);
    const file = /is in (.*)$/.exec(said ?? '')?.[1] ?? '';
    expect(said).toContain('the quota is used up (EDQUOT)');
    expect(fs.readFileSync(file, 'utf8')).toBe('refused\nafter\n');
    fs.rmSync(path.dirname(file), { recursive: true });
  });

  test('a closed pipe causes no failure, and is not written to again', async () => {
    const taken: string[] = [];
    const { outlet, fail } = outletOn((text, done) => {
      taken.push(text);
      done();
    });
    outlet.write(plainText('a'));
    fail(refusal('EPIPE'));
    outlet.write(plainText('b'));
    expect([taken, outlet.closed.aborted, await outlet.settle(true)]).toEqual([
      ['a'],
      true,
      undefined,
    ]);
  });
});

describe('signals', () => {
  const RUNS: [args: string[], said: string][] = [
    [['stress', '--duration', '60s'], 'stress storm'],
    [['explore', 'remove-open', '--strategy', 'random', '--executions', '9e15'], 'explore remove'],
    [['matrix'], 'exploring every cell'],
    [['demo'], 'left out'],
  ];

  describe.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s', (signal) => {
    test.each(RUNS)('%j: the partial report, and exit 130', async (args, said) => {
      const command = start([...args, '--json']);
      await command.said(said);
      command.child.kill(signal);
      const { code, stdout, stderr } = await command.ended;
      expect(code).toBe(130);
      expect(JSON.parse(stdout)).toMatchObject({ complete: false });
      expect(stderr).toContain('stopping the threads; Ctrl-C again leaves at once');
    });

    test('where there is nothing to report: a sentence, and exit 130', async () => {
      // It waits in the config file, before any command has begun.
      const config = path.join(scratch, 'slow.mjs');
      const wait = 'await new Promise((resolve) => setTimeout(resolve, 60_000));';
      fs.writeFileSync(config, `console.error('waiting'); ${wait} export default {};`);
      const command = start(['doctor', '--config', config]);
      await command.said('waiting');
      command.child.kill(signal);
      const { code, stdout, stderr } = await command.ended;
      expect([code, stdout]).toEqual([130, '']);
      expect(stderr).toContain(`error: interrupted by ${signal}\n`);
    });
  });

  test('a second one leaves at once', async () => {
    const child = spawn(process.execPath, [main, 'stress', '--duration', '60s'], {
      env: plainEnv(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('stress storm') && !said.includes('stopping')) child.kill('SIGINT');
      if (said.includes('stopping')) child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(130);
  });
});

describe('an output that cannot be written', () => {
  test.each([
    [['--html', '/proc/nowhere/r.html'], '/proc/nowhere/r.html: cannot be written, there is no'],
    [['--html', '/dev/full'], '/dev/full: cannot be written, no space is left (ENOSPC)'],
    [['--junit', '/dev/full/r.xml'], 'a part of that path is not a folder (ENOTDIR)'],
    [['--html', scratch], 'that is a folder (EISDIR)'],
    [['--svg', '/proc/nowhere'], '/proc/nowhere: cannot be written, there is no such file'],
  ])('report %j: a sentence, exit 3, and the text is printed all the same', async (args, says) => {
    const file = path.join(scratch, 'r.json');
    const { stdout: json } = await run('explore', 'create-find', '--json');
    fs.writeFileSync(file, json);
    const { code, stdout, stderr } = await run('report', file, ...args);
    expect(code).toBe(3);
    expect(stderr).toContain(says);
    expect(stdout).toContain('create-find');
  });
});

describe('outputs of `report`, on a disk that becomes full', () => {
  const good = 'the page of yesterday';

  test('each is as it was, each has its sentence, and no temporary file is left', async () => {
    const folder = fs.mkdtempSync(path.join(scratch, 'full-'));
    const { stdout } = await run('explore', 'create-find', '--patches', 'all,-02', '--json');
    fs.writeFileSync(path.join(folder, 'r.json'), stdout);
    const write = `cd ${folder} && $dmtorture report r.json --html r.html --junit r.xml --svg svg`;
    expect(shell(write).status).toBe(1);
    const made = fs.readdirSync(path.join(folder, 'svg')).map((name) => path.join('svg', name));
    const outputs = ['r.html', 'r.xml', ...made];
    expect(outputs.length).toBeGreaterThan(2);
    for (const name of [...outputs, 'summary.md']) {
      fs.writeFileSync(path.join(folder, name), good, { mode: 0o640 });
    }
    const before = fs.readdirSync(folder, { recursive: true }).sort();
    const limited = `ulimit -f 1; export GITHUB_STEP_SUMMARY=summary.md; ${write} --github`;
    const { status, stderr } = shell(limited);
    expect(status).toBe(3);
    for (const name of [...outputs, 'summary.md']) {
      expect(stderr).toContain(`error: ${name}: cannot be written, the file would be too large`);
      expect(fs.readFileSync(path.join(folder, name), 'utf8')).toBe(good);
    }
    expect(fs.readdirSync(folder, { recursive: true }).sort()).toEqual(before);
  });
});
