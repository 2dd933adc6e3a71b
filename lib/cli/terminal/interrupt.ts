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
let running: (() => void) | undefined;

/**
 * From now on a signal stops the run that is under way; where there is none, or it was stopped
 * before, the process ends with the exit code of an interrupted one.
 */
export function guardProcess(say: (text: string) => void): void {
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (running) running();
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
