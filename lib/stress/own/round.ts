import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { DmTortureError } from '../../base/errors';
import type { PlainProgram, SanitizerName } from '../../own/plain';
import { StuckProcess } from './stuck';

/** How one round is run. */
export interface RoundInput {
  program: PlainProgram;
  sanitizer: SanitizerName | undefined;
  /** Of the delays. */
  seed: number;
  /** A round that takes longer hangs. */
  limitMs: number;
  /** The time that the run has left, after which the round is cut off. */
  leftMs: number;
  signal: AbortSignal;
}

/** How a round ended. */
export interface RoundEnd {
  status: number | null;
  signal: NodeJS.Signals | null;
  /** Ended here: none of its threads could go on, it took too long, or the run was stopped. */
  ended: 'stuck' | 'late' | 'stopped' | undefined;
  /** Of one that is stuck: its threads. */
  threads: number;
  stdout: string;
  /** The beginning of it. */
  stderr: string;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

const OUTPUT_MAX = 4 << 20;
const FIRST_LOOK_MS = 20;
const LOOK_MAX_MS = 800;

/** The sanitizers stop at nothing that is only suspected, and mark their ends. */
const SANITIZER_OPTIONS: Readonly<Record<SanitizerName, Record<string, string>>> = {
  thread: { TSAN_OPTIONS: 'exitcode=66:detect_deadlocks=0:report_thread_leaks=0' },
  address: { ASAN_OPTIONS: 'exitcode=66:detect_leaks=0:verify_asan_link_order=0' },
};

/** Options of the user come later, and count. */
function sanitizerEnv(sanitizer: SanitizerName | undefined): Record<string, string> {
  if (sanitizer === undefined) return { DMTORTURE_SIGNALS: '1' };
  const [[name = '', own = ''] = []] = Object.entries(SANITIZER_OPTIONS[sanitizer]);
  const given = process.env[name];
  return { [name]: given ? `${own}:${given}` : own };
}

function environment({ program, sanitizer, seed }: RoundInput): NodeJS.ProcessEnv {
  const preload = [program.delay, process.env.LD_PRELOAD].filter(Boolean).join(':');
  return {
    ...process.env,
    ...sanitizerEnv(sanitizer),
    DMTORTURE_DELAY_SEED: String(seed),
    ...(preload !== '' && { LD_PRELOAD: preload }),
  };
}

/** The beginning of what a stream says; the rest is read, and is not kept. */
function keepBeginning(stream: Readable): () => string {
  const pieces: string[] = [];
  let length = 0;
  stream.setEncoding('utf8').on('data', (piece: string) => {
    if (length < OUTPUT_MAX) pieces.push(piece.slice(0, OUTPUT_MAX - length));
    length += piece.length;
  });
  return () => pieces.join('');
}

/** What it has started goes with it. */
function kill({ pid }: Child): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** Ends a round that does not end. */
class Watch {
  readonly #child: Child;
  readonly #stuck: StuckProcess;
  readonly #limit: NodeJS.Timeout;
  #cut: NodeJS.Timeout | undefined;
  #look: NodeJS.Timeout | undefined;
  ended: RoundEnd['ended'];
  threads = 0;

  constructor(child: Child, { limitMs, leftMs }: Pick<RoundInput, 'limitMs' | 'leftMs'>) {
    this.#child = child;
    this.#stuck = new StuckProcess(child.pid ?? 0);
    this.#limit = setTimeout(() => this.end('late'), limitMs);
    if (leftMs < limitMs) this.#cut = setTimeout(() => this.end('stopped'), leftMs);
    this.#lookIn(FIRST_LOOK_MS);
  }

  end(how: RoundEnd['ended']): void {
    this.ended ??= how;
    kill(this.#child);
  }

  release(): void {
    clearTimeout(this.#limit);
    clearTimeout(this.#cut);
    clearTimeout(this.#look);
  }

  #lookIn(ms: number): void {
    this.#look = setTimeout(() => {
      this.threads = this.#stuck.look();
      if (this.threads > 0) this.end('stuck');
      else this.#lookIn(Math.min(2 * ms, LOOK_MAX_MS));
    }, ms);
  }
}

/**
 * Run a program once, to its end or to ours.
 *
 * @returns A promise that rejects with DmTortureError ERR_NO_RESOURCES where it cannot be started
 */
export function runRound(input: RoundInput): Promise<RoundEnd> {
  const { program, signal: stop } = input;
  return new Promise((resolve, reject) => {
    const child = spawn(program.command, [], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C is ours to judge, and a kill reaches what it has started.
      detached: true,
      env: environment(input),
    });
    const stdout = keepBeginning(child.stdout);
    const stderr = keepBeginning(child.stderr);
    const watch = new Watch(child, input);
    const onStop = (): void => watch.end('stopped');
    stop.addEventListener('abort', onStop, { once: true });
    const release = (): void => {
      watch.release();
      stop.removeEventListener('abort', onStop);
    };
    child.on('error', (cause) => {
      release();
      const message = `The program cannot be started: ${cause.message}`;
      reject(new DmTortureError('ERR_NO_RESOURCES', message, { cause }));
    });
    // What it leaves running may hold the streams.
    child.on('exit', () => kill(child));
    child.on('close', (status, signal) => {
      release();
      const { ended, threads } = watch;
      resolve({ status, signal, ended, threads, stdout: stdout(), stderr: stderr() });
    });
  });
}
