import type { Inert } from '../../base/sinks/inert';
import { replayCommand } from '../../story/fault-text';
import { bugTitle } from '../../story/story';
import { diagramText } from '../terminal/fault-story';
import { formatCount, formatMs, plural } from '../terminal/format';
import { type Column, hangingText, renderTable, wrapText } from '../terminal/table';
import type { Colors, Terminal } from '../terminal/terminal';
import type { DemoReport, DemoRow, Headline } from './report';

const STORY =
  'In April 2006 Jeff Mahoney wrote to dm-devel: "There are serious race conditions in the dm ' +
  'subsystem." A device was put where every CPU could find it before it was complete, and was ' +
  'looked up without a reference while another CPU dropped the last one. Eight patches closed ' +
  'the races. Here each is left out in turn, on real threads, until it shows what it is for; ' +
  'then all are in.';

/** Lines of prose, also where there is no edge. */
const PROSE_WIDTH = 96;
/** From here on the table has room for what a fault means. */
const ROOMY = 110;

/** From here on it has room for tickets; below, they follow it. */
const ROOM_FOR_TICKETS = 180;

const HOW_SAYS: Record<DemoRow['how'], string> = {
  race: 'two CPUs at the wrong moment',
  always: 'a rule broken on every way through, no race needed',
  sequential: 'shows even when one thing is done after the other',
};

export function demoIntro(seed: number, terminal: Terminal): string {
  const width = Math.min(terminal.width(), PROSE_WIDTH);
  return `${wrapText(STORY, width).join('\n')}\nseed ${seed}\n\n`;
}

/** The headline diagram, the one table that the tour ends in, the tickets, and the verdict. */
export function renderDemo(
  report: Inert<DemoReport>,
  headline: Headline | undefined,
  terminal: Terminal,
): string {
  const { out } = terminal;
  const width = terminal.width();
  const withTickets = width >= ROOM_FOR_TICKETS;
  const columns: Column[] = [
    { title: 'left out', wrap: true, paint: out.bold },
    { title: 'prevents', wrap: true },
    {
      title: 'fault seen',
      wrap: true,
      paint: (piece, cell) => (cell === 'none' ? out.yellow : out.red)(piece),
    },
    { title: 'time', align: 'right' },
    { title: 'how' },
    ...(withTickets ? [{ title: 'ticket' }] : []),
  ];
  const cells = report.rows.map((row) => [
    `${row.patch} ${row.slug}`,
    row.prevents,
    seenText(row, width),
    row.msToFirst === null ? '-' : formatMs(row.msToFirst),
    row.how,
    ...(withTickets ? [row.ticket ?? '-'] : []),
  ]);
  const table = renderTable(columns, cells, { width, heading: out.bold });
  const hows = [...new Set(report.rows.map(({ how }) => how))];
  const legend = hows.map((how) => out.dim(hangingText(`${how}: `, HOW_SAYS[how], width)));
  const sections = [
    ...(headline ? [headlineText(headline, terminal)] : []),
    table,
    `${legend.join('\n')}\n`,
    ...(withTickets ? [] : [ticketLines(report, terminal)]),
    ...verdictLines(report, out, width),
  ];
  return `${sections.join('\n')}\n`;
}

/** A command for each row, to be pasted. */
function ticketLines({ rows }: DemoReport, { out }: Terminal): string {
  const lines = rows
    .filter(({ ticket }) => ticket !== null)
    .map(({ patch, ticket }) => `${patch}  ${out.cyan(replayCommand(ticket ?? ''))}`);
  return `${['each again, step by step:', ...lines].join('\n')}\n`;
}

/** What the letter of 2006 draws, as the explorer found it. */
function headlineText({ patch, slug, scene }: Headline, terminal: Terminal): string {
  const title = bugTitle(scene.fault, scene.trace, true);
  const says = `${patch} ${slug} left out; time runs down, one column a CPU`;
  const head = `${terminal.out.bold(terminal.out.red(title))}\n${says}`;
  return `${head}\n\n${diagramText(scene, terminal)}`;
}

function seenText({ fault, means }: DemoRow, width: number): string {
  if (fault === null) return 'none';
  return width >= ROOMY && means ? `${fault}: ${means}` : fault;
}

function verdictLines(report: DemoReport, out: Colors, width: number): string[] {
  const { rows, plan, complete, durationMs } = report;
  const seen = rows.filter(({ fault }) => fault !== null).length;
  const races =
    `${seen} of ${rows.length} left-out patches showed their fault, ` +
    `${formatMs(durationMs)} in all, seed ${plan.seed}` +
    (complete ? '' : ', stopped before the end');
  return [allText(report, out), races].flatMap((text) => wrapText(text, width));
}

function allText({ clean, complete }: DemoReport, out: Colors): string {
  const faulty = clean.filter(({ faults }) => faults.length > 0);
  if (faulty.length > 0) {
    const which = faulty.map(({ scenario, faults }) => `${scenario}: ${faults.join(', ')}`);
    return `${out.red('FAULT')} with all patches in: ${which.join('; ')}`;
  }
  const ops = clean.reduce((sum, run) => sum + run.ops, 0);
  const word = complete ? out.green('clean') : out.yellow('unfinished');
  const runs = plural(clean.length, 'run');
  return `${word} with all patches in: no fault in ${runs}, ${formatCount(ops)} ops`;
}
