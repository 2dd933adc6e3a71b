import os from 'node:os';
import { appCommand, appLock } from '../../app/plan';
import { type RunAppReport, refusalText } from '../../app/report';
import { runWith } from '../../app/run';
import { DmTortureError } from '../../base/errors';
import { replaceFile } from '../../base/files';
import { inert } from '../../base/sinks/inert';
import { EXIT } from '../exit';
import { describeFailure } from '../options/usage';
import { UsageError } from '../options/usage-error';
import { passSignals } from '../terminal/interrupt';
import type { Terminal } from '../terminal/terminal';
import { type RunFlags, SITES_SHOWN } from './options';
import { renderRun } from './text';

/** How `run` says what it counted. */
export interface RunCommandMode {
  /** The report as JSON, on standard error: standard output is the application's. */
  json: boolean;
  quiet: boolean;
}

/** Above the numbers of signals, as in a shell. */
const SIGNALLED = 128;

function statusOf({ status, signal, refused }: RunAppReport): number {
  if (refused !== null) return EXIT.notRun;
  if (signal === null) return status ?? EXIT.notRun;
  return SIGNALLED + (os.constants.signals[signal as NodeJS.Signals] ?? 0);
}

function sitesShown(text: string | undefined): number {
  if (text === undefined) return SITES_SHOWN;
  if (!/^\d{1,6}$/.test(text)) {
    throw new UsageError(`Expected --sites to be 0..999999 (places), got \`${text}\``);
  }
  return Number(text) || Number.POSITIVE_INFINITY;
}

function checkOutput(file: string | undefined): void {
  if (file === '') throw new UsageError('Expected --output to name a file, got ``');
}

/**
 * Run an application with another lock, and say on standard error what was counted.
 *
 * @returns The application's status, or that of what went wrong here.
 * @throws DmTortureError, UsageError for options that make no plan
 */
export async function runRun(
  words: readonly string[],
  flags: RunFlags,
  { json, quiet }: RunCommandMode,
  terminal: Terminal,
): Promise<number> {
  const { lock, force = false, output } = flags;
  if (lock === undefined) throw new UsageError('Expected --lock to name a lock, got none');
  const shown = sitesShown(flags.sites);
  checkOutput(output);
  const options = { lock: appLock('lock', lock), force };
  appCommand([...words]);
  try {
    const report = await withSignals(words, options);
    if (output !== undefined) await replaceFile(output, `${JSON.stringify(report, null, 2)}\n`);
    const refusal = refusalText(report);
    if (refusal !== undefined) terminal.tell(`${terminal.err.red('error:')} ${refusal}\n`);
    if (json) terminal.tell(`${JSON.stringify(report, null, 2)}\n`);
    else terminal.tell(renderRun(inert(report), { quiet, shown }, terminal));
    return statusOf(report);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const text =
      error instanceof DmTortureError && error.code === 'ERR_PROGRAM'
        ? error.message
        : describeFailure(error).text;
    terminal.tell(`${terminal.err.red('error:')} ${text}\n`);
    return EXIT.notRun;
  }
}

async function withSignals(
  words: readonly string[],
  options: Parameters<typeof runWith>[1],
): Promise<RunAppReport> {
  let release = (): void => undefined;
  try {
    return await runWith(words, options, {
      onStart: (kill) => {
        release = passSignals(kill);
      },
    });
  } finally {
    release();
  }
}
