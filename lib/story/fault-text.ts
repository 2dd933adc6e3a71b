import { hangingText } from '../base/wrap';
import { type LaidOut, layOutDiagram, type Paint, plainPaint } from './diagram';
import { columnHeads, type Detail, rowsOf } from './drawing';
import { type Drawing, type Fact, type Finding, messageText } from './finding';
import { isOwnStep } from './trace';

/** Width of a diagram where nothing limits it: two columns that a mail can carry. */
const MAIL_WIDTH = 100;
const LABEL_WIDTH = 14;
/** Of a column of own C, where nothing limits it. */
const OWN_COLUMN = 60;

/** How wide is written, and in which colors. */
export interface Pen {
  /** Columns; Infinity: a text is one line, and a diagram as wide as a mail. */
  width: number;
  title(text: string): string;
  command(text: string): string;
  diagram: Paint;
}

/** For mails, logs, and what tests print. */
export const plainPen: Pen = {
  width: MAIL_WIDTH,
  title: String,
  command: String,
  diagram: plainPaint,
};

/** A trace laid out. */
export function layOutDrawing(
  { titles, trace, fault }: Drawing,
  detail: Detail,
  { width, diagram }: Pen,
): LaidOut {
  // Of own C there may be many threads, and a line of a source is not broken where nothing asks for it.
  const room = trace.some(isOwnStep) ? titles.length * OWN_COLUMN : 0;
  const columns = Number.isFinite(width) ? width : Math.max(MAIL_WIDTH, room);
  const heads = columnHeads(titles, trace);
  return layOutDiagram(heads, rowsOf(trace, fault, detail), columns, diagram);
}

/** The two-CPU diagram of a trace. */
export function diagramText(drawing: Drawing, detail: Detail, pen: Pen): string {
  const { head, rows } = layOutDrawing(drawing, detail, pen);
  return `${[...head, ...rows.flat()].join('\n')}\n`;
}

/** Whether there is enough of a drawing for a diagram. */
export function isDrawn(drawing: Drawing | undefined): drawing is Drawing {
  return drawing !== undefined && drawing.trace.length > 0 && drawing.titles.length > 0;
}

/** `  label         text`, the text hanging where it is too long for a line. */
export function labelled(label: string, text: string, { width }: Pick<Pen, 'width'>): string {
  return hangingText(`  ${label.padEnd(LABEL_WIDTH)}`, text, width);
}

export function replayCommand(ticket: string): string {
  return `npx dmtorture replay ${ticket}`;
}

/** A command after its label. Never wrapped: it is there to be pasted. */
function pasteLine([label, command]: Fact, pen: Pen): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${pen.command(command)}`;
}

const isTold = ([, text]: Fact): boolean => text !== '';

/** What is known of a finding, before its diagram. */
function headFacts({ means, breaks, where, message, facts }: Omit<Finding, 'drawing'>): Fact[] {
  const own: Fact[] = [
    ['what', means],
    ['breaks', breaks],
    ['where', where],
    ['message', message],
    ...facts,
  ];
  return own.filter(isTold);
}

/** What is known of a finding, without its diagram. */
export function factsOf(finding: Finding): Fact[] {
  const { prevention, advice, ticket } = finding;
  const rest: Fact[] = [
    ['prevented by', prevention],
    ['what helps', advice],
    ['replay', ticket === undefined ? '' : replayCommand(ticket)],
  ];
  return [...headFacts(finding), ...rest.filter(isTold)];
}

/** How a finding is written. */
export interface Writing extends Partial<Detail> {
  /** Commands to be pasted, beside that which replays the ticket. */
  commands?: Fact[];
}

/** What to search logs for, the diagram, what prevents the fault, and how to see it again. */
export function findingText(
  finding: Finding,
  pen: Pen,
  { all = false, lines = false, commands = [] }: Writing = {},
): string {
  const { title, prevention, advice, ticket, drawing } = finding;
  const replay: Fact[] = ticket === undefined ? [] : [['replay', replayCommand(ticket)]];
  // What the diagram ends in need not be said before it.
  const said = isDrawn(drawing) ? [messageText(drawing.fault), drawing.fault?.message] : [];
  const isSaid = said.includes(finding.message);
  const head = [
    pen.title(title),
    ...headFacts(isSaid ? { ...finding, message: '' } : finding).map(([label, text]) =>
      labelled(label, text, pen),
    ),
  ];
  const tail = [
    ...(prevention === '' ? [] : [labelled('prevented by', prevention, pen)]),
    ...(advice === '' ? [] : [labelled('what helps', advice, pen)]),
    ...[...commands, ...replay].map((command) => pasteLine(command, pen)),
  ];
  if (!isDrawn(drawing)) return `${[...head, ...tail].join('\n')}\n`;
  const diagram = diagramText(drawing, { all, lines }, pen);
  return `${[head.join('\n'), `\n${diagram}`, ...tail].join('\n')}\n`;
}
