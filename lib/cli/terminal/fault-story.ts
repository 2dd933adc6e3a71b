import type { LaidOut } from '../../story/diagram';
import * as text from '../../story/fault-text';
import { colorPaint } from './paint';
import type { Terminal } from './terminal';

export { preemptionText, replayCommand, type Scene, type Story } from '../../story/fault-text';

/** What {@link text} writes with, for a terminal. */
export function penOf({ out, width }: Terminal): text.Pen {
  return {
    width: width(),
    title: (title) => out.bold(out.red(title)),
    command: out.cyan,
    diagram: colorPaint(out),
  };
}

/** A trace laid out for a terminal. `all`: every step, not only those that the story needs. */
export function layOutScene(scene: text.Scene, all: boolean, terminal: Terminal): LaidOut {
  return text.layOutScene(scene, all, penOf(terminal));
}

/** The two-CPU diagram of a trace. */
export function diagramText(scene: text.Scene, all: boolean, terminal: Terminal): string {
  return text.diagramText(scene, all, penOf(terminal));
}

/** `  label         text`, the text hanging where it is too long for a line. */
export function labelled(label: string, says: string, terminal: Terminal): string {
  return text.labelled(label, says, penOf(terminal));
}

/** What a kind of fault means, and what it breaks. */
export function meaningLines(kind: string, terminal: Terminal): string[] {
  return text.meaningLines(kind, penOf(terminal));
}

/** The patches that prevent a fault. */
export function preventionLines(numbers: readonly string[], terminal: Terminal): string[] {
  return text.preventionLines(numbers, penOf(terminal));
}

/** A command after its label, to be pasted. */
export function pasteLine(label: string, command: string, terminal: Terminal): string {
  return text.pasteLine(label, command, penOf(terminal));
}

/** A fault with its diagram, what prevents it, and how to see it again. */
export function faultText(story: text.Story, terminal: Terminal): string {
  return text.faultText(story, penOf(terminal));
}
