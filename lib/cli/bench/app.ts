import { type BenchAppReport, benchApp } from '../../app/bench';
import { inert } from '../../base/sinks/inert';
import { machineLine } from '../../reports/documents/machine';
import type { LockName } from '../../tables/tables';
import { EXIT, type ExitCode } from '../exit';
import { UsageError } from '../options/usage-error';
import { formatMs, plural } from '../terminal/format';
import { inRunFrame, type RunMode } from '../terminal/run-frame';
import { wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';
import { appTable } from './app-table';

/** What `bench app` takes. */
export interface BenchAppFlags {
  locks?: string | undefined;
  runs?: string | undefined;
  force?: boolean | undefined;
  /** A folder for plots. */
  svg?: string | undefined;
}

function render(report: BenchAppReport, quiet: boolean, terminal: Terminal): string {
  const { rows, warnings, plan, durationMs, complete, machine, version } = report;
  const { out, width } = terminal;
  const rounds = complete ? '' : `${rows[0]?.n ?? 0} of `;
  const end =
    `bench app ${plan.command.join(' ')}: ${rounds}${plural(plan.runs, 'round')} in ` +
    `${formatMs(durationMs)}${complete ? '' : ', stopped before the end'}`;
  const paragraph = (text: string): string => `${wrapText(text, width()).join('\n')}\n`;
  const where = wrapText(machineLine(machine, version), width()).map(out.dim);
  return [
    quiet ? '' : appTable(rows, terminal),
    quiet ? '' : `\n${where.join('\n')}\n\n`,
    ...warnings.map((text) => paragraph(`${out.yellow('warning')} ${text}`)),
    paragraph(end),
  ].join('');
}

function readRuns(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new UsageError(`Expected --runs to be 1..1000 (runs of each lock), got \`${text}\``);
}

/** Compare an application under several locks. */
export async function runBenchApp(
  command: readonly string[],
  { locks, runs, force, svg }: BenchAppFlags,
  mode: RunMode,
  terminal: Terminal,
): Promise<ExitCode> {
  if (command.length === 0) {
    throw new UsageError('Expected an application after `--`, got none: bench app -- ./app');
  }
  const names = (locks ?? 'futex3_spin').split(',').map((name) => name.trim()) as LockName[];
  const given = readRuns(runs);
  return inRunFrame(mode, terminal, async ({ progress, signal, finish }) => {
    const startMs = performance.now();
    const report = await benchApp(command, {
      locks: names,
      force: force === true,
      signal,
      ...(given !== undefined && { runs: given }),
      onRun: (ops, opsTotal) => {
        const elapsedMs = performance.now() - startMs;
        const opsPerSecond = (ops / elapsedMs) * 1000;
        progress.update({
          label: 'bench app',
          elapsedMs,
          ops,
          opsTotal,
          unit: 'runs',
          opsPerSecond,
        });
      },
    });
    finish(report, () => render(inert(report) as BenchAppReport, mode.quiet, terminal));
    const { drawPlots } = require('./run') as typeof import('./run');
    const drawn = svg === undefined || (await drawPlots(report, svg, mode, terminal));
    if (!drawn) return EXIT.failed;
    if (!report.complete) return EXIT.interrupted;
    return report.verdict === 'fault' ? EXIT.fault : EXIT.clean;
  });
}
