/* The child process of an isolated run: it is told what to start, and tells what happens. */
import { DmTortureError } from './errors';
import { type ChildAnswer, type ChildOrder, type Runner, startHere } from './runner';

let runner: Runner | undefined;

function answer(content: ChildAnswer, sent?: () => void): void {
  process.send?.(content, undefined, undefined, sent);
}

function startRun(order: Exclude<ChildOrder, 'stop'>): void {
  try {
    runner = startHere(order.start, (event) => {
      if (event.type === 'finished') answer({ event }, () => process.disconnect());
      else answer({ event });
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
// Ctrl-C reaches every process of a terminal; the parent decides what it means.
process.on('SIGINT', () => undefined);
// The parent is gone, or has all it wanted.
process.on('disconnect', () => process.exit());
