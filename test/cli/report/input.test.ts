import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { main, plainEnv, run } from '../command';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-input-'));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

const file = path.join(scratch, 'report.json');
beforeAll(async () => {
  fs.writeFileSync(file, (await run('explore', 'create-find', '--json')).stdout);
});

let turn = 0;
function fifo(): string {
  const file = path.join(scratch, `fifo${turn++}`);
  expect(spawnSync('mkfifo', [file]).status).toBe(0);
  return file;
}

const bash = (line: string) =>
  spawnSync('bash', ['-c', line], {
    env: plainEnv({ dmtorture: `${process.execPath} ${main}`, report: file, fifo: fifo() }),
    encoding: 'utf8',
    timeout: 110_000,
  });

describe('`report` reads', () => {
  test.each([
    ['a file', '$dmtorture report $report'],
    ['standard input', 'cat $report | $dmtorture report -'],
    ['a file as standard input', '$dmtorture report - < $report'],
    ['what a shell substitutes', '$dmtorture report <(cat $report)'],
    ['a substitution that is slow', '$dmtorture report <(sleep 0.5; cat $report)'],
    ['a fifo', 'cat $report > $fifo & $dmtorture report $fifo'],
    ['a fifo whose writer is late', '(sleep 0.5; cat $report > $fifo) & $dmtorture report $fifo'],
    [
      'a fifo whose writer stops in between',
      '(head -c 99; sleep 0.3; cat) < $report > $fifo & $dmtorture report $fifo',
    ],
  ])('%s', (_, line) => {
    const { status, stdout, stderr } = bash(line);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('create-find');
  });

  test('nothing, where there is nothing: exit code 2', () => {
    expect(bash('$dmtorture report - < /dev/null').stderr).toContain('the file is empty');
    expect(bash('$dmtorture report /dev/null').stderr).toContain('the file is empty');
    expect(bash('$dmtorture report <(true)').status).toBe(2);
  });

  test('no more than a report can have', () => {
    const { status, stderr } = bash('$dmtorture report /dev/zero');
    expect([status, stderr]).toEqual([2, 'error: /dev/zero: it has more than 256 MiB\n']);
  });
});

describe.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends', (signal) => {
  const BEGUN = 'begun\n';
  const config = path.join(scratch, 'begun.mjs');
  fs.writeFileSync(config, "console.error('begun'); export default {};");
  const report = [main, 'report', '--config', config];
  async function interrupted(child: ChildProcess): Promise<[number | null, string]> {
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    // It comes from the config file; what waits comes next, and says nothing.
    while (!said.includes(BEGUN)) await once(child.stderr as Readable, 'data');
    await sleep(300);
    child.kill(signal);
    const [code] = await once(child, 'close');
    return [code, said.replace(BEGUN, '')];
  }

  const INTERRUPTED = [130, `error: interrupted by ${signal}\n`];

  test('a command that waits for standard input', async () => {
    const child = spawn(process.execPath, [...report, '-'], { env: plainEnv() });
    expect(await interrupted(child)).toEqual(INTERRUPTED);
  });

  test('a command that waits for a terminal', async () => {
    // script(1) gives it one, and the signal goes to the command itself.
    const pid = path.join(scratch, 'pid');
    const command = `echo $$ > ${pid}; exec ${process.execPath} ${report.join(' ')} - 2> ${pid}.said`;
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      env: plainEnv(),
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const said = (): string =>
      fs.existsSync(`${pid}.said`) ? fs.readFileSync(`${pid}.said`, 'utf8') : '';
    while (!said().includes(BEGUN)) await sleep(50);
    await sleep(300);
    process.kill(Number(fs.readFileSync(pid, 'utf8')), signal);
    await once(child, 'close');
    expect(said()).toBe(`${BEGUN}${INTERRUPTED[1]}`);
    fs.rmSync(`${pid}.said`);
  });

  test('a command that waits for the writer, or the reader, of a fifo', async () => {
    const reads = spawn(process.execPath, [...report, fifo()], { env: plainEnv() });
    const args = [...report, file, '--html', fifo()];
    const writes = spawn(process.execPath, args, { env: plainEnv() });
    expect(await Promise.all([interrupted(reads), interrupted(writes)])).toEqual([
      INTERRUPTED,
      INTERRUPTED,
    ]);
  });
});

describe('a signal to the group of an isolated run', () => {
  const args = ['stress', '--duration', '60s', '--isolate', '--json'];

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s: the partial report', async (signal) => {
    // Early, when the child process cannot have come far, and when it runs.
    for (const afterMs of [0, 0, 0, 1000]) {
      const child = spawn(process.execPath, [main, ...args], { env: plainEnv(), detached: true });
      let json = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        json += text;
      });
      await once(child.stderr, 'data');
      await sleep(afterMs);
      process.kill(-(child.pid ?? 0), signal);
      const [code] = await once(child, 'close');
      expect(code).toBe(130);
      expect(JSON.parse(json)).toMatchObject({ complete: false, plan: { isolate: true } });
    }
  });
});
