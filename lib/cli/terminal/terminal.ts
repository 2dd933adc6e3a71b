import pc from 'picocolors';
import { terminalText } from '../../base/sinks/terminal';
import type { WorkflowLine } from '../../base/sinks/workflow';
import { Outlet, type Writable } from './outlet';

export type Colors = ReturnType<typeof pc.createColors>;

/** Where results (stdout) and progress (stderr) go, and how. */
export interface Terminal {
  out: Colors;
  err: Colors;
  /** Columns for results; Infinity when they go into a pipe or a file. */
  width(): number;
  /** Columns for progress. */
  progressWidth(): number;
  /** A status line can be rewritten in place. */
  live: boolean;
  /** Aborted once nobody reads stdout any more. */
  closed: AbortSignal;
  /** Write a piece of the result to stdout. What would act in it, and is not ours, is shown. */
  print(text: string): void;
  /** Write a line of progress to stderr, in the same way. */
  tell(text: string): void;
  /** Write lines that Actions reads as commands. */
  annotate(lines: readonly WorkflowLine[], to: 'stdout' | 'stderr'): void;
  /** A report is about to be printed: what was asked of it is held against it, and noted in it. */
  see(report: object): void;
  /**
   * Waits for what is on its way. Resolves to a sentence where not all could be written; what
   * `took` work is then in a file.
   */
  settle(took: boolean): Promise<string | undefined>;
}

const WIDTH_FALLBACK = 80;
const NEWLINE = terminalText('\n', { colors: false, live: false });

/** Whether a stream gets color: NO_COLOR wins, then FORCE_COLOR, then whether it is a terminal. */
export function wantsColor(env: NodeJS.ProcessEnv, isTty: boolean): boolean {
  if (env.NO_COLOR) return false;
  const force = env.FORCE_COLOR;
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isTty && env.TERM !== 'dumb';
}

/** Whether a line may be rewritten: a terminal with a cursor, and nobody's log. */
export function wantsLiveStatus(env: NodeJS.ProcessEnv, isTty: boolean): boolean {
  const ci = env.CI;
  const inCi = ci !== undefined && ci !== '' && ci !== '0' && ci !== 'false';
  return isTty && env.TERM !== 'dumb' && !inCi;
}

export function openTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const outlet = new Outlet(stdout);
  // Progress that cannot be written stops nothing.
  stderr.on('error', () => undefined);
  const out = pc.createColors(wantsColor(env, stdout.isTTY === true));
  const err = pc.createColors(wantsColor(env, stderr.isTTY === true));
  const outKind = { colors: out.isColorSupported, live: stdout.isTTY === true };
  const errKind = { colors: err.isColorSupported, live: stderr.isTTY === true };
  const progress = (text: Writable): void => void stderr.write(text);
  return {
    out,
    err,
    width: () => (stdout.isTTY ? stdout.columns || WIDTH_FALLBACK : Number.POSITIVE_INFINITY),
    progressWidth: () =>
      stderr.isTTY ? stderr.columns || WIDTH_FALLBACK : Number.POSITIVE_INFINITY,
    live: wantsLiveStatus(env, stderr.isTTY === true),
    closed: outlet.closed,
    print: (text) => outlet.write(terminalText(text, outKind)),
    tell: (text) => progress(terminalText(text, errKind)),
    annotate: (lines, to) => {
      const write = to === 'stdout' ? (line: Writable) => outlet.write(line) : progress;
      for (const line of lines) {
        write(line);
        write(NEWLINE);
      }
    },
    see: () => undefined,
    settle: (took) => outlet.settle(took),
  };
}
