import { threadTitles } from '../programs/titles';
import { type DiagramRow, layOutDiagram } from './diagram';
import { endOf, type StoryFault, storyRows } from './story';
import { isOwnStep, restoreTrace, type TraceStep, threadName, wholeStep } from './trace';

/** Wide enough for most accesses of the kernel, and two of them for most terminals. */
export const COLUMN_WIDTH = 46;
/** Of the step numbers, and between two columns. */
const STEPS_WIDTH = 4;
const SEPARATOR_WIDTH = 3;

/** What a diagram is drawn of. */
export interface Drawing {
  /** What each thread does, cpu1's first. */
  titles: readonly string[];
  steps: readonly TraceStep[];
  fault: StoryFault | null;
}

/** What each thread does; of a document of 0.1, as the text of its programs says, where it is one. */
export function titlesOf(
  { titles }: { titles?: readonly string[] | undefined },
  { program = '' }: { program?: string | undefined },
): readonly string[] {
  if (titles) return titles;
  try {
    return program === '' ? [] : threadTitles(program);
  } catch {
    return [];
  }
}

/** How much of it is drawn. */
export interface Detail {
  /** Every step, not only those that the story needs. */
  all: boolean;
  /** Below each access the file and the line of it. */
  lines: boolean;
}

/** `cpu1: remove 0`, `thread 1: main()`: what stands above the columns. */
export function columnHeads(titles: readonly string[], steps: readonly TraceStep[]): string[] {
  const isOwn = steps.some(isOwnStep);
  return titles.map((title, i) => `${threadName(i + 1, isOwn)}: ${title}`);
}

/** The rows of a diagram. */
export function rowsOf(
  steps: readonly TraceStep[],
  fault: StoryFault | null | undefined,
  { all, lines }: Detail,
): DiagramRow[] {
  const rows = storyRows(steps, fault ?? undefined, all);
  return lines ? rows.flatMap(withPlace) : rows;
}

function withPlace(row: DiagramRow): DiagramRow[] {
  const { cpu, who, at, place } = row;
  return place === undefined ? [row] : [row, { cpu, who, at, part: 'place', text: place }];
}

/**
 * The diagram of the kernel's mails: time runs down, one column a CPU.
 *
 * @param column - Width of a column, in characters, at most.
 */
export function drawDiagram(
  { titles, steps, fault }: Drawing,
  column: number,
  detail: Detail = { all: false, lines: false },
): string {
  const width = STEPS_WIDTH + titles.length * (column + SEPARATOR_WIDTH);
  const { head, rows } = layOutDiagram(
    columnHeads(titles, steps),
    rowsOf(steps, fault, detail),
    width,
  );
  return [...head, ...rows.flat()].join('\n');
}

/** A fault of `stress` or `explore`, as far as its diagram is made of it. */
interface ToldFault extends Partial<StoryFault> {
  kind: string;
  scenario?: string;
  trace?: TraceStep[];
  titles?: string[];
  first?: Partial<StoryFault>;
  found?: Partial<StoryFault> & { kind: string };
}

/** A report whose faults have traces. */
interface ToldReport {
  plan: { program?: string };
  scenario?: string;
  scenarios?: ToldReport[];
  faults: ToldFault[];
}

/** Give traces that were JSON their diagrams back, in place. */
export function restoreTraces(report: object): void {
  const { plan, scenarios = [], faults } = report as ToldReport;
  for (const one of scenarios) restoreTraces(one);
  const programs = new Map([[undefined as string | undefined, plan.program]]);
  for (const one of scenarios) programs.set(one.scenario, one.plan.program);
  for (const fault of faults) {
    const { trace, first = fault } = fault;
    const program = programs.get(fault.scenario);
    if (!trace || !(fault.titles || program)) continue;
    const story = endOf({ ...fault, first });
    fault.trace = restoreTrace(trace.map(wholeStep), (steps) =>
      drawDiagram(
        { titles: fault.titles ?? threadTitles(program ?? ''), steps, fault: story },
        COLUMN_WIDTH,
      ),
    );
  }
}
