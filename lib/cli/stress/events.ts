import { NDJSON_PROGRESS_EVERY_MS, type RunFrame } from '../terminal/run-frame';

/** A run that says how it goes: of the device mapper, or of a program of the user's. */
interface Going {
  on(name: 'fault', listener: (fault: object) => void): unknown;
  on(name: 'progress', listener: (progress: { elapsedMs: number }) => void): unknown;
}

/** Print the events of a run, a line each; of its progress one now and then. */
export function tellEvents(
  run: Going,
  plan: object,
  mode: { quiet: boolean },
  { tell }: RunFrame,
): void {
  let nextMs = 0;
  tell('start', { plan });
  run.on('fault', (fault) => tell('fault', fault));
  run.on('progress', (progress) => {
    if (mode.quiet || progress.elapsedMs < nextMs) return;
    nextMs = progress.elapsedMs + NDJSON_PROGRESS_EVERY_MS;
    tell('progress', progress);
  });
}
