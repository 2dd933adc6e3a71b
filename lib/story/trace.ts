import type { OutputOf } from '../base/output-of';
import type { NativeTraceLine } from '../native/explore';
import type { NativeSite } from '../native/stress';
import { rowAt, tables } from '../tables/tables';
import type { place, stepOf, traceStep } from './schema';

/** A place in the sources, and what is touched there. Documents of 0.1 do not have it. */
export type Place = OutputOf<typeof place>;
/** A step of another thread. */
export type StepOf = OutputOf<typeof stepOf>;
/** One access of a thread, in the order in which they happened. */
export type TraceStep = OutputOf<typeof traceStep>;
type WeakPart = Pick<TraceStep, 'option' | 'missed' | 'before' | 'lacks'>;

/** What of a step a weak memory model adds, its CPUs counted from 0. */
export interface WeakLine {
  option?: number;
  missed?: StepOf | null;
  /** It waits in the buffer of its CPU. */
  missedWaits?: boolean;
  before?: StepOf | null;
  /** The place whose order would have forbidden it, and that order. */
  lacks: Place | null;
  lacksOrder?: string;
}

/** The place in a document of any version. */
export function wholePlace(told: Partial<Place>): Place {
  const { code = '', file = null, line = null, object = null, field = null } = told;
  return { function: told.function ?? '', code, file, line, object, field };
}

/** What a document of 0.1 does not have of a step. */
const NOT_TOLD = { read: null, was: null, wrote: null, from: null, background: false };

/** What a document of 0.1 has of a step. */
type OldStep = Omit<TraceStep, keyof Place | keyof typeof NOT_TOLD>;

/** A step of a document of any version, whole. */
export function wholeStep(step: OldStep & Partial<TraceStep>): TraceStep {
  return { ...NOT_TOLD, ...wholePlace(step), ...step };
}

/** Whose write a line shows that it read; null: of no other thread, or not known. */
export function readFrom({ read, wrote, from, background }: TraceStep): StepOf | null {
  return read !== null && wrote === null && !background ? from : null;
}

/** Whether a step is one of own C, whose steps are lines of sources. */
export const isOwnStep = ({ variable }: Pick<TraceStep, 'variable'>): boolean =>
  variable !== undefined;

/** What a thread is called, counted from 1: `cpu2`, of own C `thread 2`. */
export const threadName = (cpu: number, isOwn: boolean): string =>
  isOwn ? `thread ${cpu}` : `cpu${cpu}`;

/** A place, as the native side has it. */
export function describePlace(site: NativeSite): Place {
  const { file, line, object, field } = site;
  return {
    function: site.function,
    code: site.code,
    file: file === '' ? null : file,
    line: line === 0 ? null : line,
    object: object === '' ? null : object,
    field: field === '' ? null : field,
  };
}

/** `native/core/dm/dm.c:221`; undefined where it is nowhere in the sources. */
export const placeText = ({ file, line }: Pick<Place, 'file' | 'line'>): string | undefined =>
  file === null || line === null ? undefined : `${file}:${line}`;

/** `dm_get: atomic_inc(&md->holders)`; either part may be missing. */
export const siteText = (place: Pick<Place, 'function' | 'code'>): string =>
  [place.function, place.code].filter((part) => part !== '').join(': ');

/** What happened, step by step: an array whose `toString()` is the two-CPU diagram. */
export interface Trace extends Array<TraceStep> {
  /** The diagram of the kernel's mails: time runs down, one column a CPU. */
  toString(): string;
}

function describeLine(line: NativeTraceLine): TraceStep {
  return {
    step: line.step,
    cpu: line.cpu + 1,
    op: line.op < 0 ? null : rowAt(tables.ops, line.op).slug,
    minor: line.minor < 0 ? null : line.minor,
    kind: line.kind,
    text: line.text,
    notes: line.notes.map((note) => rowAt(tables.notes, note).text),
    key: line.key,
    faulted: line.faulted,
    ...describePlace(line.site),
    read: line.read,
    was: line.was,
    wrote: line.wrote,
    from: line.fromCpu < 0 ? null : { step: line.fromStep, cpu: line.fromCpu + 1 },
    background: line.background,
    ...weakPart({ ...line, lacks: line.lacks && describePlace(line.lacks) }),
  };
}

/** The same as reports have it. */
export function weakPart(line: WeakLine): WeakPart {
  const { option = 0, missed, missedWaits = false, before, lacks, lacksOrder = '' } = line;
  const stepOf = ({ step, cpu }: StepOf): StepOf => ({ step, cpu: cpu + 1 });
  return {
    ...(option > 0 && { option }),
    ...(missed && { missed: { ...stepOf(missed), ...(missedWaits && { waits: true }) } }),
    ...(before && { before: stepOf(before) }),
    ...(lacks && { lacks: { ...lacks, order: lacksOrder } }),
  };
}

/** A trace of its steps, such as JSON has them: `draw` makes the diagram. */
export function restoreTrace(
  steps: readonly TraceStep[],
  draw: (steps: readonly TraceStep[]) => string,
): Trace {
  const trace: Trace = [...steps];
  return Object.defineProperty(trace, 'toString', { value: () => draw(trace) });
}

/**
 * A trace, from what the native side reports.
 *
 * @param draw - The diagram of its steps; asked when somebody wants to read it.
 */
export function makeTrace(
  lines: readonly NativeTraceLine[],
  draw: (steps: readonly TraceStep[]) => string,
): Trace {
  return restoreTrace(lines.map(describeLine), draw);
}
