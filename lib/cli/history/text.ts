import type { Inert } from '../../base/sinks/inert';
import type { HistoryReport } from '../../explore/history';
import type { Section } from '../../render/section';
import type { HistoryDocument } from '../../reports/documents';
import {
  type Bug,
  byPattern,
  byYear,
  endText,
  faultText,
  lifeText,
  MARK_LEGEND,
  MODEL_LEGEND,
  markText,
  nameOf,
  whenText,
  yearsOf,
} from '../../reports/history-tables';
import { replayCommand } from '../../story/fault-text';
import { findingText } from '../terminal/fault-story';
import { formatMs } from '../terminal/format';
import { hangingText, wrapText } from '../terminal/table';
import type { Colors, Terminal } from '../terminal/terminal';
import { disagreementsText, historyMatrixTables, matrixOf } from './matrix-text';

/** Lines of prose, also where there is no edge. */
const PROSE_WIDTH = 96;

interface Years {
  first: number;
  last: number;
}

/** A letter a year: `#` where the bug lived. */
function lifeBar({ from, to }: Bug, { first, last }: Years): string {
  const letters: string[] = [];
  const [began, ended] = [from.slice(0, 4), to.slice(0, 4)];
  for (let year = first; year <= last; year += 1) {
    const alive = began !== '' && year >= Number(began) && year <= Number(ended || began);
    letters.push(alive ? '#' : '.');
  }
  return letters.join('');
}

function bugText(bug: Bug, years: Years, quiet: boolean, terminal: Terminal): string {
  const { out } = terminal;
  const width = Math.min(terminal.width(), PROSE_WIDTH);
  const bar = years.first > 0 ? `${out.dim(lifeBar(bug, years))}  ` : '';
  const head = `${bar}${out.bold(nameOf(bug))}  ${bug.evidence}  ${out.red(bug.fault ?? '-')}`;
  if (quiet) return `${head}\n`;
  const line = (text: string): string => hangingText('    ', text, width);
  const memory = bug.evidence === 'C' ? [line(out.yellow(markText(bug)))] : [];
  const when = whenText(bug);
  const ticket = bug.ticket === null ? [] : [`    ${out.cyan(replayCommand(bug.ticket))}`];
  return `${[
    head,
    line(`${bug.title}. ${bug.says}`),
    line(`${lifeText(bug)}${when === '' ? '' : ` (${when})`}; ended: ${endText(bug)}`),
    ...memory,
    line(faultText(bug)),
    ...ticket,
  ].join('\n')}\n`;
}

function verdictText(
  { verdict, evidence, durationMs }: Pick<HistoryReport, 'verdict' | 'evidence' | 'durationMs'>,
  { out, width }: Terminal,
): string {
  const words = {
    clean: out.green('as expected'),
    fault: out.red('NOT AS EXPECTED'),
    unfinished: out.yellow('unfinished'),
  };
  const text = `${words[verdict]}: ${evidence}; ${formatMs(durationMs)}`;
  return `${wrapText(text, Math.min(width(), PROSE_WIDTH)).join('\n')}\n`;
}

function legend({ first, last }: Years, out: Colors, width: number): string {
  const bars = first > 0 ? [`A letter of a bar is a year, ${first} to ${last}; # it lived.`] : [];
  const texts = [...bars, MARK_LEGEND, MODEL_LEGEND.replaceAll('`', "'")];
  return `${texts
    .flatMap((text) => wrapText(text, width))
    .map((text) => out.dim(text))
    .join('\n')}\n`;
}

/** The bugs of a history under their headings. */
export function historyTables(
  report: HistoryDocument,
  { byYear: years = false, quiet = false },
  terminal: Terminal,
): string[] {
  const scale = yearsOf(report.rows);
  const groups = years ? byYear(report) : byPattern(report);
  return groups.map(({ title, rows }) => {
    const bugs = rows.map((bug) => bugText(bug, scale, quiet, terminal));
    return `${terminal.out.bold(title)}\n\n${bugs.join(quiet ? '' : '\n')}`;
  });
}

/** The timeline for people; quiet: a line a bug. */
export function renderHistory(
  report: Inert<HistoryReport>,
  mode: { byYear: boolean; quiet: boolean; matrix: boolean },
  terminal: Terminal,
): string {
  const matrix = mode.matrix ? matrixOf(report) : null;
  if (matrix) {
    const shown = mode.quiet
      ? disagreementsText(matrix, terminal)
      : historyMatrixTables(matrix, terminal);
    return [...shown, verdictText(report, terminal)].join('\n');
  }
  const document = report as unknown as HistoryDocument;
  const width = Math.min(terminal.width(), PROSE_WIDTH);
  return [
    ...historyTables(document, mode, terminal),
    ...(mode.quiet ? [] : [legend(yearsOf(document.rows), terminal.out, width)]),
    verdictText(report, terminal),
  ].join('\n');
}

/** One bug whole: its facts, its diagram, its ticket; quiet: the verdict. */
export function renderBug(
  { report, findings }: Inert<Section>,
  quiet: boolean,
  terminal: Terminal,
): string {
  const history = report as unknown as HistoryReport;
  const texts = quiet ? [] : findings.map((finding) => findingText(finding, terminal));
  // A bug that nothing was found of is printed all the same.
  const plain =
    findings.length > 0 || quiet ? [] : historyTables(report as HistoryDocument, {}, terminal);
  return [...texts, ...plain, verdictText(history, terminal)].join('\n');
}
