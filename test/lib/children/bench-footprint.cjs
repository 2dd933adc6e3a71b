'use strict';
// Benchmarks in this process, and what they leave of themselves in it: threads, the CPUs that it
// may use, its priority. Prints what was before, during and after, as the system reports it.
const fs = require('node:fs');
const os = require('node:os');
const { bench } = require('../../../dist/index.js');

const POLICY_FIELD = 41; // of /proc/self/task/*/stat, from 1

const read = (file) => fs.readFileSync(`/proc/self/${file}`, 'utf8');
const allowedOf = (status) => /^Cpus_allowed:\s*(\S+)/m.exec(status)?.[1];

/** Of every thread: the CPUs it may use, and its scheduling policy; where the system reports them. */
function look() {
  if (!fs.existsSync('/proc/self/task')) {
    return { threads: [], allowed: '', priority: os.getPriority() };
  }
  const tasks = fs.readdirSync('/proc/self/task');
  const threads = [];
  for (const task of tasks) {
    try {
      const fields = read(`task/${task}/stat`)
        .replace(/^.*\) /, '')
        .split(' ');
      threads.push({
        allowed: allowedOf(read(`task/${task}/status`)),
        policy: Number(fields[POLICY_FIELD - 3]),
        nice: Number(fields[19 - 3]),
      });
    } catch {
      // It ended while we looked.
    }
  }
  return { threads, allowed: allowedOf(read('status')), priority: os.getPriority() };
}

const LOOKS_AT_REST = 20;
const moment = () => new Promise((resolve) => setTimeout(resolve, 10));

/** Once the number of threads rests: one that was joined may be listed for another moment. */
async function lookAtRest() {
  let seen = look();
  for (let same = 0; same < LOOKS_AT_REST; ) {
    await moment();
    const now = look();
    same = now.threads.length === seen.threads.length ? same + 1 : 0;
    seen = now;
  }
  return seen;
}

async function lookOnceThereAre(count) {
  for (let i = 0; i < 200 && look().threads.length > count; i += 1) {
    await moment();
  }
  return look();
}

async function main() {
  const options = {
    threads: [2, 4],
    windows: 2,
    windowUs: 2000,
    crowdedWindows: 1,
    crowdedWindowUs: 200_000,
    time: 0,
  };
  // Whatever node starts for itself, it has started after this.
  await bench('refcount', { ...options, threads: 1 }).result;
  const before = await lookAtRest();
  const during = [];
  for (const suite of ['locks', 'minors', 'refcount', 'explore']) {
    const own = suite === 'explore' ? { windows: 2, scenarios: 'create-find', time: 0 } : options;
    const populations = suite === 'minors' ? { populations: 100 } : {};
    const run = bench(suite, { ...own, ...populations });
    const timer = setInterval(() => during.push(look()), 20);
    await run.result;
    clearInterval(timer);
  }
  const stopped = bench('locks', { threads: 4, crowdedWindowUs: 60_000_000, time: 0 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  during.push(look());
  stopped.stop();
  await stopped.result;
  const after = await lookOnceThereAre(before.threads.length);
  console.log(JSON.stringify({ before, during, after }));
}

main();
