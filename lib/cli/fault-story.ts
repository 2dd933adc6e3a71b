import { type LaidOut, layOutDiagram } from '../diagram';
import { columnTitles } from '../drawing';
import { bugTitle, type StoryFault, storyRows } from '../story';
import { tables } from '../tables';
import type { Trace } from '../trace';
import { colorPaint } from './paint';
import { hangingText } from './table';
import type { Terminal } from './terminal';

/** A diagram for who has no edge: two columns that a mail can carry. */
const MAIL_WIDTH = 100;
const LABEL_WIDTH = 14;

/** What a diagram is drawn of. */
export interface Scene {
  /** Text of the thread programs. */
  program: string;
  trace: Trace;
  fault: StoryFault | null;
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

/** The columns of a terminal; of a pipe, what fits into a mail. */
export function diagramWidth({ width }: Terminal): number {
  return Number.isFinite(width()) ? width() : MAIL_WIDTH;
}

/** A trace laid out for a terminal. `all`: every step, not only those that the story needs. */
export function layOutScene(scene: Scene, all: boolean, terminal: Terminal): LaidOut {
  const rows = storyRows(scene.trace, scene.fault ?? undefined, all);
  const paint = colorPaint(terminal.out);
  return layOutDiagram(columnTitles(scene.program), rows, diagramWidth(terminal), paint);
}

/** The two-CPU diagram of a trace. */
export function diagramText(scene: Scene, all: boolean, terminal: Terminal): string {
  const { head, rows } = layOutScene(scene, all, terminal);
  return `${[...head, ...rows.flat()].join('\n')}\n`;
}

/** `  label         text`, the text hanging where it is too long for a line. */
export function labelled(label: string, text: string, { width }: Terminal): string {
  return hangingText(`  ${label.padEnd(LABEL_WIDTH)}`, text, width());
}

/** What a kind of fault means, and what it breaks. */
export function meaningLines(kind: string, terminal: Terminal): string[] {
  const row = tables.faults.find(({ slug }) => slug === kind);
  if (!row) return [];
  const says = tables.invariants.find(({ name }) => name === row.invariant)?.says ?? '';
  return [
    labelled('what', row.means, terminal),
    labelled('breaks', `${row.invariant}: ${says}`, terminal),
  ];
}

/** The patches that prevent a fault: of one, with what it changes; of several the names alone. */
export function preventionLines(
  numbers: readonly string[],
  terminal: Terminal,
  together = false,
): string[] {
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
  return [labelled('prevented by', text, terminal)];
}

export function replayCommand(ticket: string): string {
  return `npx dmtorture replay ${ticket}`;
}

/** A command after its label. Never wrapped: it is there to be pasted. */
export function pasteLine(label: string, command: string, { out }: Terminal): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${out.cyan(command)}`;
}

/** What to search logs for, the diagram, what prevents the fault, and how to see it again. */
export function faultText(story: Story, terminal: Terminal): string {
  const { fault, trace } = story;
  const title = bugTitle(fault, trace, fault.preemptions > 0);
  const head = [
    terminal.out.bold(terminal.out.red(title)),
    ...meaningLines(fault.kind, terminal),
    ...story.evidence.map(([label, text]) => labelled(label, text, terminal)),
  ];
  const tail = [
    ...preventionLines(fault.fixedBy ?? fault.preventedBy, terminal, fault.fixedBy !== undefined),
    pasteLine('replay', replayCommand(story.ticket), terminal),
  ];
  const diagram = diagramText(story, story.all ?? false, terminal);
  return `${head.join('\n')}\n\n${diagram}\n${tail.join('\n')}\n`;
}

/** `1 preemption`, `no preemption`; the smallest number where that was proved. */
export function preemptionText(count: number, minimal: boolean | undefined): string {
  const text = count === 0 ? 'no preemption' : `${count} preemption${count === 1 ? '' : 's'}`;
  if (minimal === undefined || count === 0) return text;
  return minimal ? `${text}, provably the fewest` : `${text}, perhaps not the fewest`;
}
