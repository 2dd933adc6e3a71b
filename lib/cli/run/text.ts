import type { RunAppReport } from '../../app/report';
import type { Inert } from '../../base/sinks/inert';
import { libcTexts, runText, SITE_HEADS, siteLegend, siteRows } from '../../reports/run-tables';
import { formatMs, plural } from '../terminal/format';
import { type Column, renderTable, wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';

/** How much is shown. */
export interface RunTextMode {
  quiet: boolean;
  /** Places in the table. */
  shown: number;
}

/** Columns that go first where there is no room. */
const SPARE: Readonly<Record<string, number>> = { longest: 2, timed: 1 };

/** The table of places. */
export function sitesTable(
  sites: Inert<RunAppReport>['sites'],
  width: number,
  heading: (text: string) => string,
): string {
  const columns = SITE_HEADS.map((title): Column => {
    if (title === 'place') return { title, wrap: true };
    const spare = SPARE[title];
    return { title, align: 'right', ...(spare !== undefined && { spare }) };
  });
  return renderTable(columns, siteRows(sites), { width, heading });
}

/** The report for people, for standard error. `quiet`: warnings alone. */
export function renderRun(
  report: Inert<RunAppReport>,
  { quiet, shown }: RunTextMode,
  terminal: Terminal,
): string {
  const { err, progressWidth } = terminal;
  const { plan, sites, durationMs } = report;
  const wrapped = (text: string): string => `${wrapText(text, progressWidth()).join('\n')}\n`;
  const warnings = report.warnings.map((text) => wrapped(`${err.yellow('warning:')} ${text}`));
  if (quiet) return warnings.join('');
  const some = sites.slice(0, shown);
  const left = sites.length - some.length;
  const notes = [
    ...(left > 0 ? [`${plural(left, 'more place')}: --sites 0 shows all`] : []),
    ...(some.length > 0 ? [siteLegend(report)] : []),
    ...libcTexts(report),
  ];
  return [
    some.length > 0 ? sitesTable(some, progressWidth(), err.bold) : '',
    ...notes.map((text) => err.dim(wrapped(text))),
    ...warnings,
    wrapped(`${err.bold(plan.lock)}: ${runText(report)}, ${formatMs(durationMs)}`),
  ].join('');
}
