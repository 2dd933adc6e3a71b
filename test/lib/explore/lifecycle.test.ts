import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from '@jest/globals';

const dist = path.join(__dirname, '../../../dist/index.js');

const MANY = `
  const forever = { strategy: 'random', executions: 1e12 };
  for (let seed = 0; seed < 3; seed += 1) lib.explore('remove-find-open', { ...forever, seed });
  lib.explore('open-open-remove', { strategy: 'dfs', allFaults: true });
  lib.matrix();`;

describe('a process that ends in mid-exploration', () => {
  test.each([
    ['process.exit', `${MANY} setTimeout(() => process.exit(7), 100);`, 7],
    ['process.exit at once', `${MANY} process.exit(7);`, 7],
    ['an uncaught error', `${MANY} setTimeout(() => { throw new Error('mine'); }, 100);`, 1],
  ])('by %s leaves with its own code', (_, code, status) => {
    const script = `const lib = require(${JSON.stringify(dist)});\n${code}`;
    const options = { encoding: 'utf8', timeout: 110_000 } as const;
    expect(spawnSync(process.execPath, ['-e', script], options)).toMatchObject({ status });
  });
});

const WORKER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { explore, matrix, replay } = require(workerData.dist);
  const onProgress = () => parentPort.postMessage('running');
  if (workerData.matrix) matrix({ onProgress });
  else explore('remove-find-open', { strategy: 'random', executions: 1e12, onProgress });
  explore('create-find', { patches: 'none' }).then(({ faults }) => replay(faults[0].ticket));`;

function startWorker(matrix: boolean): Worker {
  return new Worker(WORKER, { eval: true, workerData: { dist, matrix } });
}

describe('workers', () => {
  test('are terminated in mid-exploration and mid-matrix', async () => {
    for (let batch = 0; batch < 10; batch += 1) {
      const workers = [false, true, false].map(startWorker);
      await Promise.all(
        workers.map(
          (worker) =>
            new Promise((resolve, reject) => {
              worker.once('message', resolve);
              worker.once('error', reject);
            }),
        ),
      );
      const codes = await Promise.all(workers.map((worker) => worker.terminate()));
      expect(codes).toEqual([1, 1, 1]);
    }
  });

  test('are terminated before they get anywhere', async () => {
    for (let i = 0; i < 16; i += 1) {
      const worker = startWorker(i % 2 === 0);
      await new Promise((resolve) => setTimeout(resolve, i * 4));
      await worker.terminate();
    }
  });
});
