/* The child process of a benchmark with locks of the user's: it loads them, and measures. */
import { DmTortureError } from '../base/errors';
import { nativeBench } from './load';
import {
  type BenchChildAnswer,
  type BenchChildOrder,
  type OwnBenchOrder,
  WATCH_FD,
} from './own-bench';

const job: { stop?: () => void } = {};
// Failure is the starting value: the benchmark has to say that it is over.
process.exitCode = 1;

function answer(content: BenchChildAnswer, sent?: () => void): void {
  process.send?.(content, undefined, undefined, sent);
}

function finish(): void {
  process.exitCode = 0;
  process.disconnect();
}

function measure({ own, suite, numbers, cells, locks, populations }: OwnBenchOrder): void {
  const binary = nativeBench();
  binary.ownWatch(WATCH_FD);
  for (const [lock, { name, object, isLibrary }] of own.entries()) {
    const why = binary.ownLock(name, object, isLibrary);
    if (why !== '') {
      answer({ refused: { lock, why } }, finish);
      return;
    }
  }
  const noSets = new Float64Array();
  const started = binary.bench(suite, numbers, cells, locks, populations, noSets, (event) => {
    if (event.type !== 'finished') answer({ event });
    else answer({ event }, finish);
  });
  if (started < 0) {
    const message = `The benchmark cannot start its threads: ${started}`;
    throw new DmTortureError('ERR_NO_RESOURCES', message);
  }
  job.stop = () => void binary.stop(started);
}

process.on('message', (order: BenchChildOrder) => {
  if (order === 'stop') {
    job.stop?.();
    return;
  }
  try {
    measure(order.start);
  } catch (error) {
    const { message } = error as Error;
    const code = error instanceof DmTortureError ? error.code : 'ERR_NATIVE_CRASH';
    answer({ error: { code, message } }, () => process.disconnect());
  }
});
// What is sent to a group of processes comes here, too; the parent decides what it means.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
// The parent is gone, or has all it wanted.
process.on('disconnect', () => process.exit());
