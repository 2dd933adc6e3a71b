import { drawDiagram } from '../story/drawing';
import { replayCommand } from '../story/fault-text';
import type { Fact, Finding } from './section';

/** Wide enough for most accesses of the kernel; two such columns fit a mail. */
const COLUMN_WIDTH = 46;
const LABEL_WIDTH = 14;

/** What is known of a finding, without its diagram. */
export function factsOf(finding: Finding): Fact[] {
  const { means, breaks, where, message, facts, prevention, ticket } = finding;
  const all: Fact[] = [
    ['what', means],
    ['breaks', breaks],
    ['where', where],
    ['message', message],
    ...facts,
    ['prevented by', prevention],
    ['replay', ticket === undefined ? '' : replayCommand(ticket)],
  ];
  return all.filter(([, text]) => text !== '');
}

/** The two-CPU diagram as text; empty where there is none. */
export function diagramOf({ drawing }: Finding): string {
  if (!drawing || drawing.trace.length === 0 || drawing.titles.length === 0) return '';
  const { titles, trace: steps, fault } = drawing;
  return drawDiagram({ titles, steps, fault }, COLUMN_WIDTH);
}

/** A finding as plain text: what to search for, what is known, and the diagram. */
export function findingText(finding: Finding): string {
  const lines = factsOf(finding).map(([label, text]) => `  ${label.padEnd(LABEL_WIDTH)}${text}`);
  return [finding.title, ...lines, '', diagramOf(finding)].join('\n').trimEnd();
}
