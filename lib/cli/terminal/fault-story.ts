import type { LaidOut } from '../../story/diagram';
import type { Detail } from '../../story/drawing';
import * as text from '../../story/fault-text';
import type { Drawing, Finding } from '../../story/finding';
import { colorPaint } from './paint';
import type { Terminal } from './terminal';

/** What {@link text} writes with, for a terminal. */
function penOf({ out, width }: Terminal): text.Pen {
  return {
    width: width(),
    title: (title) => out.bold(out.red(title)),
    command: out.cyan,
    diagram: colorPaint(out),
  };
}

/** A trace laid out for a terminal. */
export function layOutDrawing(drawing: Drawing, detail: Detail, terminal: Terminal): LaidOut {
  return text.layOutDrawing(drawing, detail, penOf(terminal));
}

/** The two-CPU diagram of a trace. */
export function diagramText(drawing: Drawing, terminal: Terminal): string {
  return text.diagramText(drawing, { all: false, lines: false }, penOf(terminal));
}

/** A fault with its diagram, what prevents it, and how to see it again. */
export function findingText(finding: Finding, terminal: Terminal, how?: text.Writing): string {
  return text.findingText(finding, penOf(terminal), how);
}
