import { hangingText } from '../base/wrap';
import { tables } from '../tables/tables';
import { type LaidOut, layOutDiagram, type Paint, plainPaint } from './diagram';
import { columnHeads, rowsOf } from './drawing';
import { bugTitle, type StoryFault } from './story';
import type { Trace } from './trace';

/** A diagram for who has no edge: two columns that a mail can carry. */
const MAIL_WIDTH = 100;
const LABEL_WIDTH = 14;

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

/** What a diagram is drawn of. */
export interface Scene {
  /** What each thread does, cpu1's first. */
  titles: readonly string[];
  trace: Trace;
  fault: StoryFault | null;
  /** The file and the line of each access are drawn, too. */
  lines?: boolean | undefined;
}

/** A fault with its schedule. */
export interface Story extends Scene {
  fault: StoryFault & {
    preventedBy: readonly string[];
    /** The smallest set of them that is enough. */
    fixedBy?: readonly string[];
    preemptions: number;
  };
  ticket: string;
  /** What the search has to say: labels and texts. */
  evidence: readonly [label: string, text: string][];
  /** Every step in the diagram. */
  all?: boolean;
}

/** A trace laid out. `all`: every step, not only those that the story needs. */
export function layOutScene(scene: Scene, all: boolean, { width, diagram }: Pen): LaidOut {
  const rows = rowsOf(scene.trace, scene.fault, { all, lines: scene.lines === true });
  const columns = Number.isFinite(width) ? width : MAIL_WIDTH;
  return layOutDiagram(columnHeads(scene.titles), rows, columns, diagram);
}

/** The two-CPU diagram of a trace. */
export function diagramText(scene: Scene, all: boolean, pen: Pen): string {
  const { head, rows } = layOutScene(scene, all, pen);
  return `${[...head, ...rows.flat()].join('\n')}\n`;
}

/** `  label         text`, the text hanging where it is too long for a line. */
export function labelled(label: string, text: string, { width }: Pick<Pen, 'width'>): string {
  return hangingText(`  ${label.padEnd(LABEL_WIDTH)}`, text, width);
}

/** What a kind of fault means, and what it breaks. */
export function meaningLines(kind: string, pen: Pen): string[] {
  const row = tables.faults.find(({ slug }) => slug === kind);
  if (!row) return [];
  const says = tables.invariants.find(({ name }) => name === row.invariant)?.says ?? '';
  return [labelled('what', row.means, pen), labelled('breaks', `${row.invariant}: ${says}`, pen)];
}

/** The patches that prevent a fault: of one, with what it changes; of several the names alone. */
export function preventionLines(numbers: readonly string[], pen: Pen, together = false): string[] {
  const rows = tables.patches.filter(({ no }) => numbers.includes(no));
  const [only] = rows;
  if (!only) return [];
  const names = rows.map(({ no, slug }) => `${no} ${slug}`);
  const text =
    rows.length === 1
      ? `${only.no} ${only.slug}: ${only.changes}`
      : together
        ? `${names.join(' + ')}, together; fewer are not enough`
        : names.join(', ');
  return [labelled('prevented by', text, pen)];
}

export function replayCommand(ticket: string): string {
  return `npx dmtorture replay ${ticket}`;
}

/** A command after its label. Never wrapped: it is there to be pasted. */
export function pasteLine(label: string, command: string, pen: Pen): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${pen.command(command)}`;
}

/** What to search logs for, the diagram, what prevents the fault, and how to see it again. */
export function faultText(story: Story, pen: Pen): string {
  const { fault, trace } = story;
  const head = [
    pen.title(bugTitle(fault, trace, fault.preemptions > 0)),
    ...meaningLines(fault.kind, pen),
    ...story.evidence.map(([label, text]) => labelled(label, text, pen)),
  ];
  const tail = [
    ...preventionLines(fault.fixedBy ?? fault.preventedBy, pen, fault.fixedBy !== undefined),
    pasteLine('replay', replayCommand(story.ticket), pen),
  ];
  const diagram = diagramText(story, story.all ?? false, pen);
  return `${head.join('\n')}\n\n${diagram}\n${tail.join('\n')}\n`;
}

/** `1 preemption`, `no preemption`; the smallest number where that was proved. */
export function preemptionText(count: number, minimal: boolean | undefined): string {
  const text = count === 0 ? 'no preemption' : `${count} preemption${count === 1 ? '' : 's'}`;
  if (minimal === undefined || count === 0) return text;
  return minimal ? `${text}, provably the fewest` : `${text}, perhaps not the fewest`;
}
