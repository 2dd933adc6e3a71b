import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { DmTortureError } from '../base/errors';
import { findExecutable } from '../native/executable';
import type { HostEvent, HostRefused } from './protocol';

/*
 * The program runs in a process of its own, the host. Whatever that does, crash, hang, print what it
 * should not, this process goes on and says so.
 */

/** How a run of the host goes. */
export interface HostRun {
  /** The host's arguments. */
  args: readonly string[];
  /** Each line that it prints. */
  onEvent(event: HostEvent): void;
  /** Asks the host to stop; it prints what there is. */
  signal?: AbortSignal | undefined;
  /** How long it may take, in milliseconds; 0: as long as it says how it goes. */
  limitMs?: number;
  /** The host; that of own C unless it is given. */
  command?: readonly string[];
  /** What messages call it. @default 'own C' */
  of?: string;
  /** How long it is waited for, for tests. */
  patience?: Patience;
}

/** How long a host is waited for, in milliseconds. */
interface Patience {
  /** One that was asked to stop is killed after that. */
  stop: number;
  /** Beyond its limit: minimising, the last line. */
  grace: number;
  /** It prints how it goes every 50 ms, so one that is silent for this long hangs. */
  silence: number;
}

/** How a host ended. */
export interface HostEnd {
  /** It was killed here, since it did not stop when it was asked to. */
  killed: boolean;
  status: number | null;
  signal: string | null;
  /** What it wrote to standard error, the last of it. */
  said: string;
}

const NAME = 'dmtorture-own';
const OWN = 'own C';
const PATIENCE: Patience = { stop: 2000, grace: 20_000, silence: 60_000 };
const SAID_MAX = 4096;
/** Longer than any story: a host does not print that. */
const LINE_MAX = 256 << 20;

/**
 * The host that is there.
 *
 * @throws DmTortureError ERR_NATIVE_MISSING
 */
export const findHost = (): string => findExecutable(NAME, 'runs own C');

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Lines out of pieces, each given to `take` as what its JSON says. */
class Lines {
  readonly #of: string;
  readonly #take: (event: HostEvent) => void;
  #rest = '';

  constructor(of: string, take: (event: HostEvent) => void) {
    this.#of = of;
    this.#take = take;
  }

  add(piece: string): void {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > LINE_MAX) throw broken(this.#of, 'a line without an end');
    for (const line of lines) this.#take(parseLine(this.#of, line));
  }

  end(): void {
    if (this.#rest !== '') throw broken(this.#of, `half a line, \`${this.#rest.slice(0, 80)}\``);
  }
}

function broken(of: string, what: string): DmTortureError {
  return new DmTortureError('ERR_NATIVE_CRASH', `The host of ${of} printed ${what}`);
}

function parseLine(of: string, line: string): HostEvent {
  try {
    const event = JSON.parse(line) as HostEvent | null;
    if (typeof event?.type === 'string') return event;
  } catch {
    // Below it is said what came instead.
  }
  throw broken(of, `what is not a line of its own, \`${line.slice(0, 80)}\``);
}

/** Asks, waits, kills: nothing that a child does keeps us waiting for ever. */
class Watch {
  readonly #child: Child;
  readonly #patience: Patience;
  readonly #timers: NodeJS.Timeout[] = [];
  #heardMs = performance.now();
  killed = false;
  /** Why it was killed, where nobody asked it to stop. */
  hung: string | undefined;

  constructor(child: Child, limitMs: number, patience: Patience) {
    this.#child = child;
    this.#patience = patience;
    const { grace, silence } = patience;
    if (limitMs > 0) {
      const late = (): void => this.#kill(`it did not end ${grace / 1000} s after its limit`);
      this.#timers.push(setTimeout(late, limitMs + grace));
    }
    this.#timers.push(setInterval(() => this.#listen(), silence / 4));
  }

  heard(): void {
    this.#heardMs = performance.now();
  }

  stop(): void {
    this.#child.kill('SIGTERM');
    this.#timers.push(setTimeout(() => this.#kill(undefined), this.#patience.stop));
  }

  end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #listen(): void {
    const { silence } = this.#patience;
    if (performance.now() - this.#heardMs < silence) return;
    // A process that was suspended as we were has had no time either: its lines come first.
    const suspected = this.#heardMs;
    const look = (): void => {
      if (this.#heardMs === suspected) this.#kill(`it was silent for ${silence / 1000} s`);
    };
    this.#timers.push(setTimeout(look, Math.min(1000, silence)));
  }

  #kill(hung: string | undefined): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.killed = true;
    this.hung ??= hung;
    this.#child.kill('SIGKILL');
  }
}

/**
 * Run the host to its end.
 *
 * @returns A promise of how it ended; it rejects with DmTortureError ERR_NATIVE_CRASH where it did
 *   not end by itself or printed what is not a line of its own, with ERR_NATIVE_MISSING where there is
 *   none, and with what `onEvent` throws.
 */
export function runHost(run: HostRun): Promise<HostEnd> {
  const { args, onEvent, signal, limitMs = 0, patience = PATIENCE } = run;
  const { command = [findHost()], of = OWN } = run;
  const [file = '', ...first] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...first, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // What is sent to our group, such as Ctrl-C, is ours to judge.
      detached: true,
      env: { ...process.env, LC_ALL: 'C' },
    });
    const watch = new Watch(child, limitMs, patience);
    let said = '';
    let failure: unknown;
    const fail = (error: unknown): void => {
      failure ??= error;
      child.kill('SIGKILL');
    };
    const lines = new Lines(of, (event) => {
      watch.heard();
      if (failure === undefined) onEvent(event);
    });
    const guarded = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        fail(error);
      }
    };
    const stop = (): void => watch.stop();
    signal?.addEventListener('abort', stop, { once: true });
    child.stdout.setEncoding('utf8').on('data', (piece: string) => guarded(() => lines.add(piece)));
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      said = (said + piece).slice(-SAID_MAX);
    });
    child.on('error', (cause) => {
      watch.end();
      const message = `The host of ${of} cannot be started: ${cause.message}`;
      reject(new DmTortureError('ERR_NATIVE_MISSING', message, { cause }));
    });
    child.on('close', (status, ended) => {
      watch.end();
      signal?.removeEventListener('abort', stop);
      if (!watch.killed) guarded(() => lines.end());
      if (watch.hung !== undefined) failure ??= died(of, watch.hung, said);
      if (failure === undefined) resolve({ killed: watch.killed, status, signal: ended, said });
      else reject(failure);
    });
  });
}

/** The host is not supposed to do that. */
function died(of: string, how: string, said: string): DmTortureError {
  const last = said.trim() === '' ? '' : `; it said: ${said.trim()}`;
  return new DmTortureError('ERR_NATIVE_CRASH', `The host of ${of} died: ${how}${last}`);
}

/** A search, or a replay, that came to its end, and what was printed on the way. */
export interface HostResult<Type extends HostEvent['type']> {
  /** Undefined: it was stopped, and did not come to it. */
  last: Extract<HostEvent, { type: Type }> | undefined;
  /** The host does not run this. */
  refused: HostRefused | undefined;
}

/**
 * Run the host, and wait for the line that it ends with.
 *
 * @returns A promise; it rejects as that of {@link runHost} does, and with ERR_NATIVE_CRASH where the
 *   line did not come, although nobody stopped the host.
 */
export async function askHost<Type extends HostEvent['type']>(
  type: Type,
  run: HostRun,
): Promise<HostResult<Type>> {
  let last: HostResult<Type>['last'];
  let refused: HostRefused | undefined;
  const onEvent = (event: HostEvent): void => {
    if (event.type === type) last = event as HostResult<Type>['last'];
    else if (event.type === 'refused') refused = event;
    run.onEvent(event);
  };
  const end = await runHost({ ...run, onEvent });
  const isEnough = last !== undefined || refused !== undefined || run.signal?.aborted === true;
  if (isEnough) return { last, refused };
  throw died(run.of ?? OWN, end.signal ?? `exit code ${end.status}, without a report`, end.said);
}
