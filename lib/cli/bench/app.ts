import { type BenchAppReport, type BenchAppRow, benchApp } from '../../app/bench';
import { inert } from '../../base/sinks/inert';
import type { LockName } from '../../tables/tables';
import { EXIT, type ExitCode } from '../exit';
import { UsageError } from '../options/usage-error';
import { formatMs, plural } from '../terminal/format';
import { inRunFrame, type RunMode } from '../terminal/run-frame';
import { renderTable, wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';

/** What `bench app` takes. */
export interface BenchAppFlags {
  locks?: string | undefined;
  runs?: string | undefined;
  force?: boolean | undefined;
}

const ratio = (value: number): string => value.toFixed(3);
const span = (ends: readonly [number, number] | null, text: (value: number) => string): string =>
  ends ? `${text(ends[0])}..${text(ends[1])}` : '-';

function cells({ lock, n, runMs, ci95, vsPthread, vsPthreadCi95, leftOut }: BenchAppRow): string[] {
  if (leftOut !== null) return [lock, '0', '-', '-', '-', '-', leftOut];
  const figures = [formatMs(runMs), span(ci95, formatMs), ratio(vsPthread)];
  return [lock, String(n), ...figures, span(vsPthreadCi95, ratio), ''];
}

function render(report: BenchAppReport, quiet: boolean, { out, width }: Terminal): string {
  const { rows, warnings, plan, durationMs } = report;
  const titles = ['n', 'run time', '95 %', 'of pthread_mutex', '95 %'];
  const columns = [
    { title: 'lock' },
    ...titles.map((title) => ({ title, align: 'right' as const })),
    { title: 'left out', wrap: true },
  ];
  const table = renderTable(columns, rows.map(cells), { width: width(), heading: out.bold });
  const end = `bench app ${plan.command.join(' ')}: ${plural(plan.runs, 'round')} in ${formatMs(durationMs)}`;
  return [
    quiet ? '' : table,
    ...warnings.map((text) => `${out.yellow('warning')} ${text}\n`),
    `${wrapText(end, width()).join('\n')}\n`,
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
  { locks, runs, force }: BenchAppFlags,
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
    if (!report.complete) return EXIT.interrupted;
    return report.verdict === 'fault' ? EXIT.fault : EXIT.clean;
  });
}
