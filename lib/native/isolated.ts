/* The child process of an isolated run: it gets what to start, and reports what happens. */
import { DmTortureError } from '../base/errors';
import { type ChildAnswer, type ChildOrder, type Runner, startHere } from './runner';

let runner: Runner | undefined;
// Failure is the starting value: the run has to say that it is over.
process.exitCode = 1;

function answer(content: ChildAnswer, sent?: () => void): void {
  process.send?.(content, undefined, undefined, sent);
}

function finish(): void {
  process.exitCode = 0;
  process.disconnect();
}

function startRun(order: Exclude<ChildOrder, 'stop'>): void {
  try {
    runner = startHere(order.start, (event) => {
      if (event.type !== 'finished') answer({ event });
      else answer({ event }, finish);
    });
  } catch (error) {
    const { message } = error as Error;
    const code = error instanceof DmTortureError ? error.code : 'ERR_NATIVE_CRASH';
    answer({ error: { code, message } }, () => process.disconnect());
  }
}

process.on('message', (order: ChildOrder) => {
  if (order === 'stop') runner?.stop();
  else startRun(order);
});
// What is sent to a group of processes comes here, too; the parent decides what it means.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
// The parent is gone, or has all it wanted.
process.on('disconnect', () => process.exit());
