import { oneLine } from '../../base/sinks/inert';
import { EXIT } from '../exit';

/*
 * Failure is the starting value: a process that comes to its end without having said how it went
 * has failed. That is so where a promise never settles, and where somebody else's code ends it.
 */

/** What the process waits for that is not ours. */
let waitingFor: string | undefined;
let isOver = false;

/** Wait for somebody else's promise; `what` is its name in a sentence about its never settling. */
export async function waitFor<Value>(what: string, promise: Promise<Value>): Promise<Value> {
  waitingFor = oneLine(what);
  try {
    return await promise;
  } finally {
    waitingFor = undefined;
  }
}

/** From now on the process has failed, until {@link endWith} says otherwise. */
export function guardEnd(say: (text: string) => void): void {
  process.exitCode = EXIT.failed;
  const fail = (text: string): void => {
    process.exitCode = EXIT.failed;
    say(text);
  };
  process.on('beforeExit', () => {
    if (isOver) return;
    isOver = true;
    const cause = waitingFor ?? 'a promise that never settles';
    fail(`nothing is left to do, and the command has not ended: it waited for ${cause}`);
  });
  process.on('exit', (code) => {
    // An interrupt ends the command.
    if (isOver || code === EXIT.interrupted) return;
    fail(`the process was ended by ${waitingFor ?? 'other code'}, with exit code ${code}`);
  });
  const lost = (what: string) => (error: unknown) => {
    isOver = true;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    fail(`${what}: ${text.split('\n').map(oneLine).join('\n')}`);
    process.exit(EXIT.failed);
  };
  process.on('unhandledRejection', lost('a promise was rejected, and nobody handled it'));
  process.on('uncaughtException', lost('an error was thrown, and nobody caught it'));
}

/** The command is over. No process.exit(): what is on its way into a pipe still has to arrive. */
export function endWith(code: number): void {
  isOver = true;
  process.exitCode = code;
}
