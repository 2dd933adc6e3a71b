import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { errnoName } from './errno';
import { DmTortureError } from './errors';
import { native } from './native';
import type { NativeEvent, NativeInput } from './native-stress';

/** A native run: here, or in a child process. */
export interface Runner {
  /** The child process, where there is one. */
  pid: number | undefined;
  stop(): void;
}

/** Who watches a run. One of `finished` (an event) and `failed` comes last. */
export interface Watcher {
  event(event: NativeEvent): void;
  failed(error: Error): void;
}

/** What the child process is told. */
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
  const run = binary.start(input.numbers, input.mix, input.programs, input.look, onEvent);
  if (run < 0) {
    const name = errnoName(run) ?? run;
    if (name === 'EINVAL') throw new Error('dmtorture bug: the engine refuses a checked plan');
    throw new DmTortureError('ERR_NO_RESOURCES', `The run cannot start its threads: ${name}`);
  }
  return { pid: undefined, stop: () => binary.stop(run) };
}

/** Start a run in a child process. */
export function startIsolated(input: NativeInput, watcher: Watcher): Runner {
  const child = fork(path.join(__dirname, '..', 'dist', 'isolated.js'), {
    serialization: 'advanced',
    execArgv: [],
  });
  let settled = false;
  const fail = (error: Error): void => {
    if (!settled) watcher.failed(error);
    settled = true;
  };
  child.on('message', (answer: ChildAnswer) => {
    if ('error' in answer) {
      fail(new DmTortureError('ERR_NATIVE_MISSING', answer.error.message));
      return;
    }
    if (settled) return;
    settled = answer.event.type === 'finished';
    watcher.event(answer.event);
  });
  child.on('error', (cause) => fail(crashed(child, cause.message)));
  child.on('exit', (code, signal) => fail(crashed(child, signal ?? `exit code ${code}`)));
  tell(child, { start: input });
  return { pid: child.pid, stop: () => tell(child, 'stop') };
}

function tell(child: ChildProcess, order: ChildOrder): void {
  // A child that is gone tells so by its exit.
  if (child.connected) child.send(order, () => undefined);
}

function crashed(child: ChildProcess, how: string): DmTortureError {
  const message = `The isolated run (process ${child.pid}) died: ${how}`;
  return new DmTortureError('ERR_NATIVE_CRASH', message);
}
