import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { DmTortureError } from '../base/errors';
import { ownRealm } from '../base/own-realm';
import { packageRoot } from '../base/version';
import { errnoName } from '../tables/errno';
import { native } from './load';
import type { NativeEvent, NativeInput } from './stress';

/** A native run: here, or in a child process. */
export interface Runner {
  /** The child process, where there is one. */
  pid: number | undefined;
  stop(): void;
}

/** A watcher of a run. One of `finished` (an event) and `failed` comes last. */
export interface Watcher {
  event(event: NativeEvent): void;
  failed(error: Error): void;
}

/** What is sent to the child process. */
export type ChildOrder = { start: NativeInput } | 'stop';
/** What the child process answers. */
export type ChildAnswer = { event: NativeEvent } | { error: { code: string; message: string } };

/**
 * Start a run on threads of this process.
 *
 * @throws DmTortureError ERR_NATIVE_MISSING, ERR_NO_RESOURCES
 */
export function startHere(input: NativeInput, onEvent: (event: NativeEvent) => void): Runner {
  const binary = native();
  if (input.own) {
    const { name, object, isLibrary } = input.own;
    const why = binary.ownLock(name, object, isLibrary);
    if (why !== '') throw new DmTortureError('ERR_PROGRAM', `\`${name}\`: ${why}`);
  }
  const listen = (event: NativeEvent): void => onEvent(ownRealm(event));
  const run = binary.start(input.numbers, input.mix, input.programs, input.look, listen);
  if (run < 0) {
    const name = errnoName(run) ?? run;
    if (name === 'EINVAL') throw new Error('dmtorture bug: the engine refuses a checked plan');
    throw new DmTortureError('ERR_NO_RESOURCES', `The run cannot start its threads: ${name}`);
  }
  return { pid: undefined, stop: () => binary.stop(run) };
}

/** Signals that are sent to groups of processes, and that a child comes to ignore. */
const GROUP_SIGNALS: readonly unknown[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const STARTS_MAX = 3;
/** For how long threads may take to come back from a lock of the user's. */
const COMES_BACK_MS = 10_000;

const lockFailed = (name: string, how: string): DmTortureError =>
  new DmTortureError('ERR_PROGRAM', `\`${name}\` is not a lock to run on: ${how}`);

/** A run in a child process. */
class IsolatedRunner implements Runner {
  readonly #input: NativeInput;
  readonly #watcher: Watcher;
  #child: ChildProcess;
  #starts = 0;
  #heard = false;
  #stopped = false;
  #settled = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(input: NativeInput, watcher: Watcher) {
    this.#input = input;
    this.#watcher = watcher;
    this.#child = this.#start();
    if (input.own && input.own.endsMs > 0) this.#expectEnd(input.own.endsMs);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  stop(): void {
    this.#stopped = true;
    tell(this.#child, 'stop');
    this.#expectEnd(0);
  }

  /** A lock of the user's may keep its threads for ever: the run has to be over in time. */
  #expectEnd(leftMs: number): void {
    const { own } = this.#input;
    if (!own || this.#settled) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#fail(lockFailed(own.name, 'it hangs: threads do not come back from it'));
      this.#child.kill('SIGKILL');
    }, leftMs + COMES_BACK_MS);
  }

  #start(): ChildProcess {
    this.#starts += 1;
    const child = fork(path.join(packageRoot, 'dist', 'native', 'isolated.js'), {
      serialization: 'advanced',
      execArgv: [],
      // What is sent to the group of the parent is the parent's to judge.
      detached: true,
    });
    child.on('message', (answer: ChildAnswer) => this.#hear(ownRealm(answer)));
    child.on('error', (cause) => this.#fail(crashed(child, cause.message)));
    child.on('exit', (code, signal) => {
      // Until it has a group of its own, a signal to that of the parent ends it.
      const isEarly = !this.#heard && GROUP_SIGNALS.includes(signal);
      if (isEarly && this.#starts < STARTS_MAX) this.#child = this.#start();
      else this.#fail(this.#endOf(child, signal ?? `exit code ${code}`));
    });
    tell(child, { start: this.#input });
    if (this.#stopped) tell(child, 'stop');
    return child;
  }

  #endOf(child: ChildProcess, how: string): DmTortureError {
    const { own } = this.#input;
    return own ? lockFailed(own.name, `it ended the process: ${how}`) : crashed(child, how);
  }

  #hear(answer: ChildAnswer): void {
    this.#heard = true;
    if ('error' in answer) {
      const { code, message } = answer.error;
      const kind = code === 'ERR_PROGRAM' ? code : 'ERR_NATIVE_MISSING';
      this.#fail(new DmTortureError(kind, message));
      return;
    }
    if (this.#settled) return;
    this.#settled = answer.event.type === 'finished';
    if (this.#settled) clearTimeout(this.#timer);
    this.#watcher.event(answer.event);
  }

  #fail(error: Error): void {
    clearTimeout(this.#timer);
    if (!this.#settled) this.#watcher.failed(error);
    this.#settled = true;
  }
}

/** Start a run in a child process. */
export function startIsolated(input: NativeInput, watcher: Watcher): Runner {
  return new IsolatedRunner(input, watcher);
}

function tell(child: ChildProcess, order: ChildOrder): void {
  // A child that is gone has reported its exit.
  if (child.connected) child.send(order, () => undefined);
}

function crashed(child: ChildProcess, how: string): DmTortureError {
  const message = `The isolated run (process ${child.pid}) died: ${how}`;
  return new DmTortureError('ERR_NATIVE_CRASH', message);
}
