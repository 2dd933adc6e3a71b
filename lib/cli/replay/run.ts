import { type Inert, inert } from '../../base/sinks/inert';
import { type ReplayReport, replay } from '../../explore/replay';
import type { ProgramReplayReport } from '../../own/replay';
import { aboutText } from '../../programs/subject';
import { rowsOf } from '../../story/drawing';
import { describeReplayed } from '../../story/finding';
import { isWeak } from '../../tables/memory';
import { EXIT, type ExitCode } from '../exit';
import { findingText, layOutDrawing } from '../terminal/fault-story';
import { wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';
import { type RowRole, splitKeys, stepLines, Walk } from './walk';

/** How `replay` prints its results. */
export interface ReplayMode {
  json: boolean;
  quiet: boolean;
  /** Walk through the steps. */
  step: boolean;
  /** Every step, not only those that the story needs. */
  all: boolean;
  /** The file and the line of each access. */
  lines: boolean;
}

/** What a ticket led to: of the device mapper, or of own C. */
type AnyReport = ReplayReport | ProgramReplayReport;

/** Where keys come from, one at a time: raw, as the terminal sends them. */
export type Keys = AsyncIterable<string>;

/**
 * Run a ticket's schedule and report what happened.
 *
 * @throws DmTortureError ERR_BAD_TICKET, ERR_TICKET_VERSION
 */
export async function runReplay(
  ticket: string,
  mode: ReplayMode,
  terminal: Terminal,
  keys: Keys | undefined = openKeys(),
): Promise<ExitCode> {
  const report: AnyReport = await replay(ticket, { all: mode.all, lines: mode.lines });
  if (mode.json) terminal.print(`${JSON.stringify(report, null, 2)}\n`);
  else {
    const shown = inert(report);
    if (mode.step && keys) await walk(shown, mode.lines, keys, terminal);
    else if (mode.step) terminal.print(`${stepLines(shown.trace, mode.lines).join('\n')}\n\n`);
    terminal.print(renderReplay(shown, mode, terminal));
  }
  if (!report.reproduced) return EXIT.failed;
  return report.fault ? EXIT.fault : EXIT.clean;
}

async function walk(
  report: Inert<AnyReport>,
  lines: boolean,
  keys: Keys,
  terminal: Terminal,
): Promise<void> {
  const { titles, trace, fault } = report;
  const scene = { titles, trace, fault };
  const rows = rowsOf(trace, fault, { all: true, lines });
  const roles = rows.map(({ part, step }): RowRole => {
    if (part === 'op') return 'heading';
    return step === undefined ? 'more' : 'step';
  });
  const course = new Walk(
    layOutDrawing(scene, { all: true, lines }, terminal),
    roles,
    terminal.width(),
  );
  terminal.print(course.open());
  for await (const key of keys) {
    const { text, done } = course.press(key);
    terminal.print(text);
    if (done) break;
  }
  terminal.print('\n');
}

/** The keys of a terminal, or undefined where there is none. */
function openKeys(): Keys | undefined {
  const { stdin, stdout } = process;
  return stdin.isTTY && stdout.isTTY ? readKeys(stdin) : undefined;
}

async function* readKeys(stdin: NodeJS.ReadStream): AsyncGenerator<string, void, undefined> {
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  try {
    for await (const piece of stdin) yield* splitKeys(String(piece));
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
  }
}

/** The report for people; after a walk the verdict is enough. */
function renderReplay(report: Inert<AnyReport>, mode: ReplayMode, terminal: Terminal): string {
  const verdict = verdictText(report, terminal);
  if (!report.fault || mode.step) return verdict;
  const { all, lines } = mode;
  const finding = describeReplayed(report.fault, report as ReplayReport);
  return `${findingText(finding, terminal, { all, lines })}\n${verdict}`;
}

function verdictText(report: AnyReport, { out, width }: Terminal): string {
  const { fault, expected, reproduced, plan } = report;
  const changes = 'changes' in report ? report.changes.map((text) => `; ${text}`).join('') : '';
  const came = fault?.kind ?? 'no fault';
  const memory = isWeak(report.memory) ? `memory ${report.memory}, ` : '';
  const where = `${aboutText(plan.scenario, report.subject)}, ${memory}seed ${plan.seed}`;
  const text = reproduced
    ? `${out.green('reproduced')}: ${came}; ${where}${changes}`
    : `${out.red('NOT REPRODUCED')}: the ticket is about ${expected ?? 'no fault'}, ` +
      `and its schedule now leads to ${came}; ${where}`;
  return `${wrapText(text, width()).join('\n')}\n`;
}
