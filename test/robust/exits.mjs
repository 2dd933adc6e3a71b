// Workers that end in each way there is, with runs of every engine under way:
//
//   node test/robust/exits.mjs [workers in each way; 60]
//
// Another Node than the one that runs this is tested by being it. It needs dist and binaries.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from './kit.mjs';

const AT_ONCE = 6;
const workers = Number(process.argv[2] ?? 60);

/** What each worker does first: one run of every engine, and calls that keep something. */
const BUSY = `
  const { parentPort, workerData } = require('node:worker_threads');
  const lib = require(workerData.library);
  const dm = new lib.DeviceMapper();
  dm.open(dm.create());
  const run = lib.stress({ patches: 'none', threads: 2, tickMs: 1, duration: workerData.duration });
  const explored = lib.explore('remove-find-open', {
    strategy: 'random', executions: workerData.executions, allFaults: true,
  });
  const benched = workerData.bench ? lib.bench('refcount', { windows: 100000, time: 0 }).result : undefined;
  const running = new Promise((resolve) => run.once('progress', resolve));
`;

/** How a worker ends, and the exit code that it has then. */
const WAYS = {
  'to its end': {
    code: `Promise.all([run.result, explored, benched]).then(() => parentPort.postMessage('done'));`,
    exits: [0],
    says: 'done',
    short: true,
  },
  'terminated in mid-run': {
    code: `running.then(() => parentPort.postMessage('running'));`,
    exits: [1],
    says: 'running',
    terminate: true,
  },
  'process.exit() in mid-run': {
    code: `running.then(() => process.exit(7));`,
    exits: [7],
  },
  'an error thrown in mid-run': {
    code: `running.then(() => setImmediate(() => { throw new Error('mine'); }));`,
    exits: [1],
    error: 'mine',
  },
};

/** One that ends in another way than it is said to, which has to be seen. */
const CONTROL = { code: 'process.exit(3);', exits: [0], says: 'done' };

/** Starts one worker of `way`; resolves when it is gone, to what was not as expected. */
async function endOne(way) {
  const { Worker } = await import('node:worker_threads');
  const { code, exits, says, error, terminate, short } = way;
  const workerData = {
    library: path.join(root, 'dist', 'index.js'),
    duration: short ? '100ms' : '1h',
    executions: short ? 1000 : 1e12,
    bench: !short,
  };
  const worker = new Worker(BUSY + code, { eval: true, workerData });
  const seen = {};
  worker.on('message', (message) => {
    seen.message = message;
    if (terminate) worker.terminate();
  });
  worker.on('error', ({ message }) => {
    seen.error = message;
  });
  const exit = await new Promise((resolve) => worker.on('exit', resolve));
  const wrong = [];
  if (!exits.includes(exit)) wrong.push(`exit ${exit}`);
  if (seen.message !== says) wrong.push(`message ${seen.message}`);
  if (seen.error !== error) wrong.push(`error ${seen.error}`);
  return wrong.join(', ');
}

/** Ends `count` workers in one way; what went wrong, one line each. */
async function endAll(way, count) {
  const wrong = [];
  for (let begun = 0; begun < count; begun += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - begun) }, () => endOne(way));
    wrong.push(...(await Promise.all(some)).filter(Boolean));
  }
  return wrong;
}

/** In a process of its own: the parent exits while `count` workers are busy. */
function parentExits(count) {
  const script = `
    const { Worker } = require('node:worker_threads');
    const library = ${JSON.stringify(path.join(root, 'dist', 'index.js'))};
    const workerData = { library, duration: '1h', executions: 1e12, bench: true };
    const code = ${JSON.stringify(BUSY)} + "running.then(() => parentPort.postMessage('running'));";
    let running = 0;
    for (let i = 0; i < ${count}; i += 1) {
      new Worker(code, { eval: true, workerData }).once('message', () => {
        running += 1;
        if (running === ${count}) process.exit(9);
      });
    }`;
  const child = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 600_000 });
  const { status, signal, stderr } = child;
  return status === 9 ? [] : [`exit ${status}, signal ${signal}: ${stderr}`];
}

function report(way, wrong, began) {
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const verdict = wrong.length === 0 ? 'as expected' : `${wrong.length} not as expected`;
  console.log(`${workers} workers, ${way}: ${verdict}, ${seconds} s`);
  for (const line of wrong) console.log(`  ${line}`);
  if (wrong.length > 0) process.exitCode = 1;
}

console.log(`Node ${process.version}`);
if ((await endAll(CONTROL, 1)).length === 0) throw new Error('the control was not seen');
for (const [name, way] of Object.entries(WAYS)) {
  const began = performance.now();
  report(name, await endAll(way, workers), began);
}
const began = performance.now();
const wrong = [];
for (let ended = 0; ended < workers; ended += AT_ONCE) wrong.push(...parentExits(AT_ONCE));
report('their parent exits in mid-run', wrong, began);
