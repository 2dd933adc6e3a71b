import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from '@jest/globals';
import { nextMessage, untilExit } from '../worker-events';

const dist = path.join(__dirname, '../../../dist/index.js');

/** Run `code` in a process of its own, with the library as `lib`. */
function runNode(code: string): { status: number | null; stdout: string; stderr: string } {
  const script = `const lib = require(${JSON.stringify(dist)});\n${code}`;
  return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 110_000 });
}

const MANY = `
  for (let i = 0; i < 3; i += 1) lib.stress({ patches: 'none', duration: '1h', threads: 2 });
  lib.stress({ scenario: 'remove-open', patches: 'none', duration: '1h' });
  const dm = new lib.DeviceMapper();
  dm.open(dm.create());`;

describe('a process that ends in mid-run', () => {
  test.each([
    ['process.exit', `${MANY} setTimeout(() => process.exit(7), 100);`, 7],
    ['process.exit at once', `${MANY} process.exit(7);`, 7],
    ['an uncaught error', `${MANY} setTimeout(() => { throw new Error('mine'); }, 100);`, 1],
    [
      'an uncaught error in a listener',
      `${MANY} lib.stress({ duration: '1h' }).on('progress', () => { throw new Error('mine'); });`,
      1,
    ],
    ['a rejection', `${MANY} setTimeout(() => Promise.reject(new Error('mine')), 100);`, 1],
  ])('by %s leaves with its own code', (_, code, status) => {
    expect(runNode(code)).toMatchObject({ status });
  });

  test('a run keeps its process alive, and lets go of it at its end', () => {
    const code = `lib.stress({ duration: 200 }).result.then((r) => console.log(r.verdict));`;
    expect(runNode(code)).toMatchObject({ status: 0, stdout: 'clean\n', stderr: '' });
  });
});

const WORKER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { stress, DeviceMapper, Idr } = require(workerData.dist);
  const dm = new DeviceMapper();
  dm.open(dm.create());
  const idr = new Idr();
  idr.preload();
  idr.alloc('kept');
  const run = stress({ patches: 'none', threads: 2, tickMs: 1, duration: workerData.duration });
  run.once('progress', () => parentPort.postMessage('running'));
  run.result.then(({ verdict }) => parentPort.postMessage(verdict));`;

function startWorker(duration: string): Worker {
  return new Worker(WORKER, { eval: true, workerData: { dist, duration } });
}

describe('workers', () => {
  test('100 are started, used and terminated', async () => {
    for (let batch = 0; batch < 25; batch += 1) {
      const workers = [0, 1, 2, 3].map(() => startWorker('1h'));
      expect(await Promise.all(workers.map(nextMessage))).toEqual(Array(4).fill('running'));
      const codes = await Promise.all(workers.map((worker) => worker.terminate()));
      expect(codes).toEqual([1, 1, 1, 1]);
    }
  });

  test('some are terminated before they get anywhere', async () => {
    for (let i = 0; i < 20; i += 1) {
      const worker = startWorker('1h');
      await new Promise((resolve) => setTimeout(resolve, i * 3));
      await worker.terminate();
    }
  });

  test('runs in workers end by themselves', async () => {
    expect(await untilExit(startWorker('100ms'))).toEqual({
      code: 0,
      messages: ['running', expect.stringMatching(/^(fault|clean)$/)],
    });
  });
});
