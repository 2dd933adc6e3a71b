import { callText } from '../base/text';
import { COLUMN_WIDTH, type Detail, drawDiagram } from '../story/drawing';
import { ownValues, type StoryFault, storyFault } from '../story/story';
import { restoreTrace, type Trace, type TraceStep, weakPart } from '../story/trace';
import { isDataRace, isStuck } from '../tables/tables';
import type { Names } from './naming';
import type { HostLine, HostPlace, HostReplayed, HostWait } from './protocol';
import { inWords } from './values';

/** A place in the user's sources, as faults and steps have it. */
export interface OwnPlace {
  function: string;
  /** The line of the source, without its indentation. */
  code: string;
  file: string | null;
  line: number | null;
  object: string | null;
  field: null;
}

/** Where an instruction is, and what it touches. */
export function placeOf(
  names: Names,
  at: string | null | undefined,
  memory?: HostPlace | null,
): OwnPlace {
  const { function: name, file, line } = names.code(at);
  return {
    function: name,
    code: names.sources.text(file, line),
    file,
    line,
    object: names.memory(memory),
    field: null,
  };
}

/** `queue.c:31 in pop`; either part may be missing. */
export function siteOf({ file, line, function: name }: OwnPlace): string {
  const at = file === null || line === null ? '' : `${file}:${line}`;
  return [at, name === '' ? '' : `in ${name}`].filter((part) => part !== '').join(' ');
}

/** What each thread runs: `main()`, `producer()`. */
export function titlesOf({ threads, begins = [], lines }: HostReplayed, names: Names): string[] {
  return Array.from({ length: threads }, (_, cpu) => {
    const told = names.code(begins[cpu]).function;
    if (told !== '') return callText(told);
    if (cpu === 0) return 'main()';
    // Where the host does not say, what it was first seen in.
    const first = lines.find((line) => line.cpu === cpu && line.at !== null);
    const seen = names.code(first?.at).function;
    return seen === '' ? 'a thread' : callText(seen);
  });
}

/** `queue.c:31 in pop: head = node->next; [head: 1 -> 0]`; of what is not a line, what it is. */
function textOf(step: Omit<TraceStep, 'text'>): string {
  const site = siteOf(step as unknown as OwnPlace);
  const said = step.code === '' ? step.notes.join('; ') : step.code;
  const text = [site, said].filter((part) => part !== '').join(': ');
  return [text, ownValues(step)].filter((part) => part !== '').join(' ');
}

/** What a step is that no line of a source makes. */
function noteOf({ object, kind, thread }: HostLine): string[] {
  if (object !== 'ending' || thread === null || thread === undefined) return [];
  if (kind === 'unlock') return ['the thread ends'];
  return [`thread ${thread + 1} has ${kind === 'read' ? 'not ' : ''}ended`];
}

function describeLine(line: HostLine, names: Names, notes: string[]): TraceStep {
  const { kind, read, was, wrote, fromStep, fromCpu, background, faulted } = line;
  const place = placeOf(names, line.at, line.place);
  const step = {
    step: line.step,
    cpu: line.cpu + 1,
    op: null,
    minor: null,
    kind,
    notes: [...noteOf(line), ...notes],
    // A wait that ends without a signal is what a story may be about.
    key: line.key || (read !== null && notes.length > 0),
    faulted,
    ...place,
    read,
    was,
    wrote,
    from: fromCpu < 0 ? null : { step: fromStep, cpu: fromCpu + 1 },
    background,
    variable: place.object,
    ...weakPart({ ...line, lacks: line.lacksAt ? placeOf(names, line.lacksAt, null) : null }),
  };
  return { ...step, text: textOf(step) };
}

/** A thread's last step is shown with its end, which may be all that it does there. */
function withLastSteps(lines: readonly HostLine[]): HostLine[] {
  const ends = lines.filter(({ object, key }) => object === 'ending' && key);
  return lines.map((line) => {
    const isLast = ends.some(({ cpu, step }) => line.cpu === cpu && line.step === step);
    return isLast ? { ...line, key: true } : line;
  });
}

/**
 * What was printed after each line of a story, up to the next of its thread. What came after a story
 * that was cut off is not of it.
 */
function printedAt(
  { lines, prints }: Pick<HostReplayed, 'lines' | 'prints'>,
  isCut: boolean,
): string[][] {
  const notes = lines.map((): string[] => []);
  const end = isCut ? (lines.at(-1)?.step ?? 0) : Number.POSITIVE_INFINITY;
  for (const { step, cpu, text, note } of prints) {
    if (step > end) continue;
    const isOf = (line: HostLine): boolean =>
      line.cpu === cpu && line.step <= step && line.object !== 'ending';
    const at = lines.findLastIndex(isOf);
    const said = text.split('\n').filter((part) => part !== '');
    for (const part of said) notes[at < 0 ? 0 : at]?.push(note ? part : `prints "${part}"`);
  }
  return notes;
}

/**
 * The lines up to the one that met the fault. A data race does not end its execution: what came after
 * its second access is another story.
 */
function upToFault({ lines, kind, at, cpu, outcome }: HostReplayed): HostLine[] {
  // It is met by all that wait, or by all that was recorded, and by no step.
  if (kind !== null && (isStuck(kind) || outcome !== undefined)) {
    return lines.map((line) => ({ ...line, faulted: false }));
  }
  const last = lines.findLastIndex((line) => line.at === at && line.cpu === cpu);
  if (kind === null || !isDataRace(kind) || last < 0) return [...lines];
  return lines.slice(0, last + 1).map((line, i) => ({ ...line, faulted: i === last }));
}

/** Values as people read them; what a plain read has seen is what the step before it wrote. */
function withValues(lines: readonly HostLine[]): HostLine[] {
  return lines.map((line) => {
    const { read, wrote, fromStep, fromCpu } = line;
    const isPlain = read === null && wrote === null && fromCpu >= 0;
    const source = isPlain
      ? lines.find((one) => one.step === fromStep && one.cpu === fromCpu && one.wrote !== null)
      : undefined;
    const seen = source?.wrote ?? read;
    return inWords({ ...line, read: seen });
  });
}

/** What a schedule did, step by step. */
export function stepsOf(replayed: HostReplayed, names: Names): TraceStep[] {
  const lines = withValues(withLastSteps(upToFault(replayed)));
  const isCut = replayed.kind !== null && isDataRace(replayed.kind);
  const notes = printedAt({ ...replayed, lines }, isCut);
  const steps = lines.map((line, i) => describeLine(line, names, notes[i] ?? []));
  if (replayed.kind === null || !isStuck(replayed.kind)) return steps;
  const last = steps.at(-1)?.step ?? 1;
  return [...steps, ...replayed.waits.map((wait) => waitingStep(wait, last, names))];
}

/** What a thread waits for in the end: it is not a step, and has the number of the last. */
function waitingStep({ cpu, what, on, at }: HostWait, step: number, names: Names): TraceStep {
  const line: HostLine = {
    step: Math.max(step, 1),
    cpu,
    kind: 'wait',
    at,
    place: on,
    read: null,
    was: null,
    wrote: null,
    fromStep: 0,
    fromCpu: -1,
    key: true,
    background: false,
    faulted: false,
  };
  return describeLine(line, names, [`waits for ${what}`]);
}

/** A trace whose text is its diagram. */
export function makeOwnTrace(
  steps: readonly TraceStep[],
  titles: readonly string[],
  fault: StoryFault | null,
  width: number = COLUMN_WIDTH,
  detail?: Detail,
): Trace {
  return restoreTrace(steps, (own) => drawDiagram({ titles, steps: own, fault }, width, detail));
}

/** The fault that a diagram ends in. */
export function ownStoryFault(kind: string, place: OwnPlace, message: string): StoryFault {
  return storyFault(kind, { ...place, site: siteOf(place), message });
}
