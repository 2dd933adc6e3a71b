import { formatOp, parsePrograms } from '../programs/program';
import { layOutDiagram } from './diagram';
import { type StoryFault, storyFault, storyRows } from './story';
import { restoreTrace, type TraceStep } from './trace';

/** Wide enough for most accesses of the kernel, and two of them for most terminals. */
export const COLUMN_WIDTH = 46;
/** Of the step numbers, and between two columns. */
const STEPS_WIDTH = 4;
const SEPARATOR_WIDTH = 3;

/** What a diagram is drawn of. */
export interface Drawing {
  /** Text of the thread programs. */
  program: string;
  steps: readonly TraceStep[];
  fault: StoryFault | null;
}

/** The same, where the columns have titles already. */
export interface TitledDrawing extends Omit<Drawing, 'program'> {
  titles: string[];
}

/** `cpu1: remove 0`: what each thread does. */
export function columnTitles(program: string): string[] {
  return parsePrograms(program).cpus.map((ops, i) => {
    const texts = ops.map(formatOp);
    return `cpu${i + 1}: ${texts.join(', ')}`;
  });
}

/** The diagram of {@link drawDiagram}. */
export function drawTitled(
  { titles, steps, fault }: TitledDrawing,
  column: number,
  all: boolean,
): string {
  const width = STEPS_WIDTH + titles.length * (column + SEPARATOR_WIDTH);
  const { head, rows } = layOutDiagram(titles, storyRows(steps, fault ?? undefined, all), width);
  return [...head, ...rows.flat()].join('\n');
}

/**
 * The diagram of the kernel's mails: time runs down, one column a CPU.
 *
 * @param column - Width of a column, in characters, at most.
 * @param all - Every step, not only those that the story needs.
 */
export function drawDiagram(
  { program, steps, fault }: Drawing,
  column: number,
  all: boolean,
): string {
  return drawTitled({ titles: columnTitles(program), steps, fault }, column, all);
}

/** A fault of `stress` or `explore`, as far as its diagram is made of it. */
interface ToldFault extends Partial<StoryFault> {
  kind: string;
  scenario?: string;
  trace?: TraceStep[];
  first?: Partial<StoryFault>;
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
    const { trace, kind, first = fault } = fault;
    const program = programs.get(fault.scenario);
    if (!trace || !program) continue;
    const story = storyFault(kind, first);
    fault.trace = restoreTrace(trace, (steps) =>
      drawDiagram({ program, steps, fault: story }, COLUMN_WIDTH, false),
    );
  }
}
