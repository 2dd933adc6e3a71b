import { DmTortureError } from '../base/errors';
import { ownRealm } from '../base/own-realm';
import { errnoName } from '../tables/errno';

/** The last event of a job. */
interface Finished {
  type: 'finished';
}

/** How a native job is started and stopped. */
export interface JobSource<Event> {
  /** Returns the job's number, or -errno. */
  start(onEvent: (event: Event) => void): number;
  stop(job: number): unknown;
}

/** A watcher of a job. */
export interface JobWatch<Event> {
  signal: AbortSignal | undefined;
  progress(event: Exclude<Event, Finished>): void;
}

/** The operating system refused something. */
export function noResources(what: string, result: number): DmTortureError {
  const name = errnoName(result) ?? result;
  if (name === 'EINVAL') throw new Error('dmtorture bug: the engine refuses a checked plan');
  return new DmTortureError('ERR_NO_RESOURCES', `${what} cannot go on: ${name}`);
}

/**
 * Run a native job to its end. An abort of `signal` stops it, and it reports what there is; where
 * `signal` was aborted before, the promise is rejected with its reason.
 */
export function runJob<Event extends { type: string }>(
  what: string,
  source: JobSource<Event>,
  watch: JobWatch<Event>,
): Promise<Extract<Event, Finished>> {
  const { signal } = watch;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = (): void => void source.stop(job);
    const job = source.start((made) => {
      const event = ownRealm(made);
      if (event.type === 'finished') {
        signal?.removeEventListener('abort', stop);
        resolve(event as Extract<Event, Finished>);
        return;
      }
      try {
        watch.progress(event as Exclude<Event, Finished>);
      } catch (error) {
        // A listener's error is the caller's, and ends the job.
        reject(error);
        stop();
      }
    });
    if (job < 0) throw noResources(what, job);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
