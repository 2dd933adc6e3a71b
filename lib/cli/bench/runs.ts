import { fork } from 'node:child_process';
import path from 'node:path';
import type { BenchOptions } from '../../bench/plan';
import type { BenchSuite } from '../../bench/rows';
import type { BenchDocument } from '../../reports/documents';
import { checkDocument } from '../../reports/documents';
import { toVerdict } from '../../reports/head';
import { mergeReports } from '../../reports/merge';

const SCRIPT = path.join(__dirname, 'one-run.js');

/** What is worth a report of what was stopped. */
const hasFound = ({ rows, verdict }: BenchDocument): boolean =>
  rows.length > 0 || verdict === 'fault';

/** What a process of its own reported; undefined where it was stopped before it had anything. */
function runOnce(
  suite: BenchSuite,
  options: BenchOptions,
  signal: AbortSignal,
): Promise<BenchDocument | undefined> {
  return new Promise((resolve, reject) => {
    const child = fork(SCRIPT, [JSON.stringify({ suite, options })], { stdio: 'ignore' });
    let told: unknown;
    // It may have ended: that is heard below.
    const stop = (): unknown => child.connected && child.send('stop', () => undefined);
    signal.addEventListener('abort', stop, { once: true });
    child.on('message', (message) => {
      told = message;
    });
    child.on('error', reject);
    child.on('close', () => {
      signal.removeEventListener('abort', stop);
      const { failed } = Object(told) as { failed?: string };
      if (signal.aborted && (failed !== undefined || told === undefined)) resolve(undefined);
      else if (failed !== undefined) reject(new Error(failed));
      else if (told === undefined)
        reject(new Error('a run of the benchmark ended without a report'));
      else resolve(checkDocument(told, 'the run') as BenchDocument);
    });
  });
}

/**
 * Measure several times, each in a process of its own, one after the other: many windows of one
 * process say nothing of what another one would have found. Of a run that was stopped nothing is kept,
 * unless it is all that there is.
 *
 * @param done - Called after each with how many there are.
 * @returns The report of all of them; undefined where it was stopped before anything was measured.
 */
export async function runSeveral(
  suite: BenchSuite,
  { signal: _signal, ...options }: BenchOptions,
  runs: number,
  signal: AbortSignal,
  done: (runs: number) => void,
): Promise<BenchDocument | undefined> {
  const reports: BenchDocument[] = [];
  for (let run = 0; run < runs && !signal.aborted; run += 1) {
    const seed = options.seed === undefined ? undefined : options.seed + run;
    const report = await runOnce(
      suite,
      { ...options, ...(seed !== undefined && { seed }) },
      signal,
    );
    const isWhole = !signal.aborted || report?.complete === true;
    if (report && (isWhole || (reports.length === 0 && hasFound(report)))) reports.push(report);
    done(reports.length);
  }
  if (reports.length === 0) return undefined;
  const merged = reports.length > 1 ? mergeReports(reports) : reports[0];
  const complete = reports.length === runs && merged?.complete === true;
  const verdict = toVerdict(merged?.verdict === 'fault', complete);
  return { ...merged, complete, verdict } as BenchDocument;
}
