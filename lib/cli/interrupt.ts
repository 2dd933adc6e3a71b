import { EXIT } from './exit';

/** The signal that stops a run. */
export interface Interrupt {
  signal: AbortSignal;
  /** Give the signals back to Node. */
  release(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * The first Ctrl-C (or SIGTERM) aborts the run, whose partial report is then written; the second
 * leaves at once.
 */
export function catchInterrupts(say: (text: string) => void): Interrupt {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    say('stopping the threads; Ctrl-C again leaves at once');
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
