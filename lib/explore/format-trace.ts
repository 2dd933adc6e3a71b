import { outOfRange, wrongType } from '../base/errors';
import { partOf } from '../programs/passed-on';
import { threadTitles } from '../programs/titles';
import { checkOptions } from '../run/params';
import { COLUMN_WIDTH, drawDiagram } from '../story/drawing';
import { type StoryFault, storyFault } from '../story/story';
import { type TraceStep, wholeStep } from '../story/trace';
import { limits } from '../tables/tables.gen';
import { checkFlag, checkWidth, replayNow } from './replay';

/** What {@link formatTrace} takes beside the trace. */
export interface TraceOptions {
  /** Width of a column of the diagram, in characters (16..200). @default 46 */
  width?: number | undefined;
  /** Every step, not only those that the story needs. @default false */
  all?: boolean | undefined;
  /** The file and the line of each access. @default false */
  lines?: boolean | undefined;
}

type Facts = Readonly<Record<string, unknown>>;

const WHAT = 'a trace, or a fault or a replay report that has one';
const OPTIONS = ['width', 'all', 'lines'];

const isFacts = (value: unknown): value is Facts => typeof value === 'object' && value !== null;

/** Whether a value is a step, as far as a diagram reads it. */
function isStep(value: unknown): value is TraceStep {
  if (!isFacts(value)) return false;
  const { step, cpu, kind, text, notes } = value;
  return (
    [step, cpu].every((number) => Number.isSafeInteger(number) && Number(number) > 0) &&
    Number(cpu) <= limits.programCpus &&
    [kind, text].every((word) => typeof word === 'string') &&
    Array.isArray(notes)
  );
}

function checkSteps(given: unknown): TraceStep[] {
  const trace = partOf(given, 'trace');
  if (!Array.isArray(trace)) throw wrongType('trace', WHAT, given);
  const wrong = trace.findIndex((step) => !isStep(step));
  if (wrong < 0) return trace.map(wholeStep);
  throw wrongType(`trace[${wrong}]`, 'a step of a trace', trace[wrong]);
}

/** What each thread did, as far as its steps say. */
function titlesOfSteps(steps: readonly TraceStep[]): string[] {
  const cpus = steps.reduce((most, { cpu }) => Math.max(most, cpu), 1);
  return Array.from({ length: cpus }, (_, i) => {
    const own = steps.filter(({ cpu }) => cpu === i + 1);
    const ops = own.map(({ op, minor }) => [op ?? '', minor ?? ''].join(' ').trim());
    return ops.filter((op, at) => op !== '' && op !== ops[at - 1]).join(', ');
  });
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/** Reports and their faults have them, before 0.2 the plan or the ticket; a bare trace has its steps. */
function titlesOf(given: unknown, steps: readonly TraceStep[]): string[] {
  const { titles, plan, ticket } = given as { titles?: unknown; plan?: unknown; ticket?: unknown };
  if (isTexts(titles)) return titles;
  if (isFacts(plan) && typeof plan.program === 'string') return threadTitles(plan.program);
  return typeof ticket === 'string' ? replayNow(ticket).titles : titlesOfSteps(steps);
}

/** The fault that the diagram ends with; a fault of a stress run has its words in `first`. */
function faultOf(given: unknown): StoryFault | null {
  const told = partOf(given, 'fault');
  if (!isFacts(told) || typeof told.kind !== 'string') return null;
  const { site = '', message = '', ...place } = (isFacts(told.first) ? told.first : told) as Facts;
  return storyFault(told.kind, { ...place, site: String(site), message: String(message) });
}

/**
 * The two-CPU diagram of a trace that went through JSON, `postMessage()` or a file: only the trace
 * of the process that made it has a `toString()` that draws.
 *
 * @param trace - A fault of a report, a replay report, or the steps alone, whose diagram ends
 *   without the fault's sentence.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE; ERR_BAD_TICKET, ERR_TICKET_VERSION
 *   where the fault has a ticket that is refused
 * @example
 * const report = JSON.parse(JSON.stringify(await explore('remove-open', { patches: 'all,-05' })));
 * console.log(formatTrace(report.faults[0]));
 */
export function formatTrace(trace: object, options: TraceOptions = {}): string {
  checkOptions(options, OPTIONS);
  const { width = COLUMN_WIDTH, all = false, lines = false } = options;
  checkWidth(width);
  checkFlag('all', all);
  checkFlag('lines', lines);
  const steps = checkSteps(trace);
  if (steps.length === 0) throw outOfRange('trace', 'one step or more', 'none');
  const drawing = { titles: titlesOf(trace, steps), steps, fault: faultOf(trace) };
  return drawDiagram(drawing, width, { all, lines });
}
