import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { DmTortureError } from '../base/errors';
import { ownRealm } from '../base/own-realm';
import { packageRoot } from '../base/version';
import type { NativeBenchEvent, NativeBenchFinished } from './bench';

/*
 * A benchmark with locks of the user's runs in a process of its own: all of its locks do, those of the
 * table, too, so that they take turns in the same rounds. A lock that crashes, hangs or writes where
 * it must not ends that process, and what it was is reported here.
 */

/** A lock of the user's that can be loaded. */
export interface NativeOwnLock {
  name: string;
  object: string;
  isLibrary: boolean;
}

/** What the child process measures. */
export interface OwnBenchOrder {
  own: NativeOwnLock[];
  suite: number;
  numbers: Float64Array;
  cells: Float64Array;
  locks: Uint32Array;
  populations: Uint32Array;
  /** Nothing is heard for so long: it hangs where nobody looks. */
  silenceMs: number;
}

/** Where a thread was: in the shared object of a lock, or elsewhere where `lock` is below 0. */
export interface NativePlace {
  thread: number;
  lock: number;
  /** From the beginning of the object; hexadecimal. */
  offset: string;
}

/** What became of a lock, by its number in the order; below 0: it was not in one. */
export interface OwnFate {
  what: 'crashed' | 'hangs' | 'scribbles' | 'exits' | 'refused';
  lock: number;
  /** The signal, the exit code, or why it was refused. */
  detail: string;
  places: NativePlace[];
}

/** What is sent to the child process. */
export type BenchChildOrder = { start: OwnBenchOrder } | 'stop';
/** What the child process answers. */
export type BenchChildAnswer =
  | { event: NativeBenchEvent }
  | { refused: { lock: number; why: string } }
  | { error: { code: string; message: string } };

/** The descriptor that the child writes to what becomes of its locks; see own_watch.h. */
export const WATCH_FD = 4;

/** How a benchmark in a child process ended. */
export type OwnBenchEnd = { finished: NativeBenchFinished } | { fate: OwnFate };

/** Reads what own_watch.h says is written. */
class Watch {
  entered = -1;
  fate: OwnFate | undefined;
  #rest = '';

  read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line.split(' '));
  }

  #line([what = '', ...words]: string[]): void {
    if (what === 'enters') this.entered = Number(words[0]);
    else if (what === 'at' && this.fate) {
      const [thread, lock, offset = '0'] = words;
      this.fate.places.push({ thread: Number(thread), lock: Number(lock), offset });
    } else if (what === 'crashed' || what === 'hangs' || what === 'scribbles') {
      this.fate ??= { what, lock: this.entered, detail: words[0] ?? '', places: [] };
    }
  }
}

function start(): ChildProcess {
  return fork(path.join(packageRoot, 'dist', 'native', 'bench-child.js'), {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc', 'pipe'],
    // What is sent to the group of the parent is the parent's to judge.
    detached: true,
  });
}

function tell(child: ChildProcess, order: BenchChildOrder): void {
  if (child.connected) child.send(order, () => undefined);
}

/**
 * Run a benchmark in a child process to its end, or to that of the process.
 *
 * @throws DmTortureError ERR_NATIVE_MISSING, ERR_NO_RESOURCES, ERR_NATIVE_CRASH where no lock is to
 *   blame; the signal's reason
 */
export function runOwnBench(
  order: OwnBenchOrder,
  { signal, event }: { signal: AbortSignal; event(event: NativeBenchEvent): void },
): Promise<OwnBenchEnd> {
  signal.throwIfAborted();
  const child = start();
  const watch = new Watch();
  let end: OwnBenchEnd | undefined;
  let failure: unknown;
  let isSilent = false;
  const silence = setTimeout(() => {
    isSilent = true;
    child.kill('SIGKILL');
  }, order.silenceMs);
  const stop = (): void => tell(child, 'stop');
  signal.addEventListener('abort', stop, { once: true });
  const hear = (answer: BenchChildAnswer): void => {
    silence.refresh();
    if ('error' in answer) {
      failure = new DmTortureError('ERR_NATIVE_MISSING', answer.error.message);
    } else if ('refused' in answer) {
      const { lock, why } = answer.refused;
      end = { fate: { what: 'refused', lock, detail: why, places: [] } };
    } else if (answer.event.type === 'finished') end = { finished: answer.event };
    else {
      try {
        event(answer.event);
      } catch (error) {
        // A listener's error is the caller's, and ends the benchmark.
        failure ??= error;
        stop();
      }
    }
  };
  child.on('message', (answer: BenchChildAnswer) => hear(ownRealm(answer)));
  const lines = child.stdio[WATCH_FD] as Readable;
  lines.setEncoding('utf8').on('data', (text: string) => {
    silence.refresh();
    watch.read(text);
  });
  tell(child, { start: order });
  return new Promise((resolve, reject) => {
    const over = (settle: () => void): void => {
      clearTimeout(silence);
      signal.removeEventListener('abort', stop);
      settle();
    };
    child.on('error', (cause) => over(() => reject(cause)));
    // After the last line and the last message of it.
    child.on('close', (code, killed) =>
      over(() => {
        if (failure !== undefined) return reject(failure);
        if (end) return resolve(end);
        const { entered } = watch;
        const gone: OwnFate = isSilent
          ? { what: 'hangs', lock: entered, detail: '', places: [] }
          : { what: 'exits', lock: entered, detail: String(killed ?? code), places: [] };
        const fate = watch.fate ?? gone;
        if (fate.lock >= 0) return resolve({ fate });
        const how = killed ?? `exit code ${code}`;
        const message = `The process of the benchmark (${child.pid}) died: ${how}`;
        reject(new DmTortureError('ERR_NATIVE_CRASH', message));
      }),
    );
  });
}
