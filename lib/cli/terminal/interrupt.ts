import { EXIT } from '../exit';

/** The signal that stops a run. */
export interface Interrupt {
  signal: AbortSignal;
  /** The signals are none of the run's any more. */
  release(): void;
}

/** Ctrl-C, what `kill` sends, and a terminal that was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What a signal stops; undefined: there is no run, and the process ends. */
let running: ((name: NodeJS.Signals) => void) | undefined;

/**
 * From now on a signal stops the run that is under way; where there is none, or it was stopped
 * before, the process ends with the exit code of an interrupted one.
 */
export function guardProcess(say: (text: string) => void): void {
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (running) running(name);
      else {
        say(`interrupted by ${name}`);
        process.exit(EXIT.interrupted);
      }
    });
  }
}

/**
 * The first Ctrl-C (or SIGTERM) aborts the run, whose partial report is then written; the second
 * leaves at once.
 */
export function catchInterrupts(say: (text: string) => void): Interrupt {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    say('stopping the threads; Ctrl-C again leaves at once');
    controller.abort();
  };
  running = stop;
  return {
    signal: controller.signal,
    release: () => {
      if (running === stop) running = undefined;
    },
  };
}

/**
 * Signals go on to an application, which decides what they mean. Ctrl-C on a terminal is not passed
 * on: the terminal has sent it to the application, too.
 *
 * @returns What ends that.
 */
export function passSignals(kill: (name: NodeJS.Signals) => void): () => void {
  const pass = (name: NodeJS.Signals): void => {
    if (name !== 'SIGINT' || !process.stdin.isTTY) kill(name);
  };
  running = pass;
  return () => {
    if (running === pass) running = undefined;
  };
}
