import type { Worker } from 'node:worker_threads';

/** The next message of a worker, or its error. */
export function nextMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/**
 * What a worker says until it ends, and its exit code. To be called before anything is awaited: its
 * last messages can come in one go with its exit.
 */
export function untilExit(worker: Worker): Promise<{ code: number; messages: unknown[] }> {
  const messages: unknown[] = [];
  worker.on('message', (message) => messages.push(message));
  return new Promise((resolve, reject) => {
    worker.once('exit', (code) => resolve({ code, messages }));
    worker.once('error', reject);
  });
}
