import { append } from '../base/bounds';
import { callText } from '../base/text';
import { faultRow, tables } from '../tables/tables';
import type { Access, DiagramRow } from './diagram';
import {
  isOwnStep as isOwn,
  type Place,
  placeText,
  readFrom,
  siteText,
  type TraceStep,
  threadName,
  wholePlace,
} from './trace';
import { isWeakStep, type WeakPart, weakText } from './weak';

/** The fault that a trace ends in. */
export interface StoryFault extends Place {
  kind: string;
  /** Such as `dm_get: atomic_inc(&md->holders)`. */
  site: string;
  message: string;
}

/** A fault as reports of any version have it; what is missing is not known. */
export function storyFault(kind: string, told: Partial<Omit<StoryFault, 'kind'>>): StoryFault {
  const { site = '', message = '' } = told;
  return { ...wholePlace(told), kind, site, message };
}

/** A fault that real threads met, and what the explorer found for it. */
interface MetAndFound {
  kind: string;
  first?: Partial<Omit<StoryFault, 'kind'>> | undefined;
  found?: (Partial<StoryFault> & { kind: string }) | undefined;
}

/** What a trace ends in: of two sentences the explorer's, whose trace it is. */
export function endOf({ kind, first = {}, found }: MetAndFound): StoryFault {
  return found ? storyFault(found.kind, found) : storyFault(kind, first);
}

const isChange = ({ was, wrote }: TraceStep): boolean => wrote !== null && was !== wrote;

/** Which of the lines to show, and of which of them the notes are enough. */
class Choice {
  readonly #lines: readonly TraceStep[];
  /** Steps whose writes another CPU reads in a line that is shown, or that the fault is about. */
  readonly #sources: Set<number>;

  constructor(lines: readonly TraceStep[], culprit: TraceStep | undefined) {
    this.#lines = lines;
    this.#sources = new Set(
      lines.flatMap((line) =>
        [readFrom(line), line.missed, line.before].map((of) => of?.step ?? 0),
      ),
    );
    if (culprit) this.#sources.add(culprit.step);
  }

  shows(i: number): boolean {
    const line = this.#lines[i];
    if (!line) return false;
    return this.showsCode(i) || (line.key && line.notes.length > 0);
  }

  showsCode(i: number): boolean {
    const line = this.#lines[i];
    if (!line) return false;
    const { notes } = line;
    if (line.faulted || readFrom(line) || isWeakStep(line)) return true;
    if (line.background) return false;
    if (isOwn(line)) return this.#showsOwn(i, line);
    const locks = ['lock', 'unlock', 'queue'].includes(line.kind);
    if (this.#sources.has(line.step) && !locks) return true;
    if (this.#isPreempted(i)) return notes.length === 0 || !locks;
    if (!line.key || line.kind === 'free') return false;
    if (notes.length > 0) return line.kind === 'update' && isChange(line);
    return !locks;
  }

  /**
   * Of own C: what others see or change, and where another thread goes on. A release is seen where the
   * lock is taken.
   */
  #showsOwn(i: number, { kind, key, step, code }: TraceStep): boolean {
    if (kind === 'unlock' || code === '') return false;
    return key || this.#sources.has(step) || this.#isPreempted(i);
  }

  /** Another CPU goes on after it, and this one has more to do. */
  #isPreempted(i: number): boolean {
    const line = this.#lines[i];
    const next = this.#lines[i + 1];
    if (!line || !next || next.cpu === line.cpu) return false;
    const later = this.#lines.slice(i + 1).find(({ cpu }) => cpu === line.cpu);
    return later === undefined || later.op === line.op;
  }
}

/** What another CPU did that made the fault: the free, the change, what was made visible. */
function findCulprit(lines: readonly TraceStep[], fault: StoryFault): TraceStep | undefined {
  const victim = lines.find(({ faulted }) => faulted);
  if (!victim) return undefined;
  const others = lines.slice(0, lines.indexOf(victim)).filter(({ cpu }) => cpu !== victim.cpu);
  if (faultRow(fault.kind)?.madeBy === 'free') {
    const frees = others.filter((line) => line.kind === 'free');
    return frees.findLast(({ object }) => object === fault.object) ?? frees.at(-1);
  }
  const changed = others.findLast((line) => changes(line, fault));
  if (changed) return changed;
  // By the first thing it saw of the other, it came to where it should not be.
  const read = lines.find((line) => line.cpu === victim.cpu && readFrom(line));
  const source = read && readFrom(read)?.step;
  return others.findLast((line) => line.step === source && line.kind !== 'unlock');
}

/** It gives another value to the field that the fault is about. */
function changes(line: TraceStep, { object, field }: StoryFault): boolean {
  if (field === null || line.object !== object || line.field !== field) return false;
  return isChange(line);
}

/**
 * The line to search logs and trackers for, the same for each trace of one race:
 * `BUG: use-after-free in dm_get / free_dev`.
 */
export function bugTitle(
  fault: StoryFault,
  trace: readonly TraceStep[],
  isRace: boolean,
  other?: Place | null,
): string {
  const here = fault.function || fault.site;
  const there = other?.function ?? (isRace ? findCulprit(trace, fault)?.function : undefined);
  const both = there !== undefined && there !== '' && there !== here;
  const where = both ? `${here} / ${there}` : here;
  return `BUG: ${fault.kind}${where === '' ? '' : ` in ${where}`}`;
}

/** A trace as rows of a diagram. `all`: every step of it, else what the story needs. */
export function storyRows(
  lines: readonly TraceStep[],
  fault: StoryFault | undefined,
  all: boolean,
): DiagramRow[] {
  const culprit = fault && findCulprit(lines, fault);
  const choice = new Choice(lines, culprit);
  const rows: DiagramRow[] = [];
  const doing = new Map<number, string>();
  for (const [i, line] of lines.entries()) {
    const op = opText(line);
    if (doing.get(line.cpu) !== op && op !== '') rows.push(row(line, 'op', op));
    doing.set(line.cpu, op);
    if (all || choice.shows(i)) append(rows, lineRows(line, all || choice.showsCode(i)));
    else markGap(rows, line);
    if (line.faulted && fault) append(rows, faultRows(line, fault, culprit));
  }
  if (fault && !lines.some(({ faulted }) => faulted)) {
    const text = `${bangText(fault)}${lines.some(isOwn) ? '' : whenText(fault)}`;
    rows.push({ cpu: 0, part: 'fault', text, place: placeText(fault) });
  }
  const headed = lines.some(isOwn) ? rows.filter((_, i) => !isEmptyHeading(rows, i)) : rows;
  const own = headed.filter((_, i) => !isSecondGap(headed, i));
  return sayStepsOnce(own.filter(({ part }, i) => part !== 'gap' || isWorthTelling(own, i)));
}

/** When a fault was seen that no step has met. */
function whenText({ kind }: StoryFault): string {
  const isChecked = faultRow(kind)?.foundBy === 'check';
  return `, seen when ${isChecked ? 'the threads had ended' : 'everything was put away'}`;
}

function sayStepsOnce(rows: DiagramRow[]): DiagramRow[] {
  let last: number | undefined;
  for (const said of rows) {
    if (said.step === last) delete said.step;
    last = said.step ?? last;
  }
  return rows;
}

/** What a thread is doing: an operation, or a function of own C. */
export function opText(line: TraceStep): string {
  if (isOwn(line)) return line.function === '' ? '' : callText(line.function);
  return [line.op, line.minor].filter((part) => part !== null).join(' ');
}

const bangText = (fault: StoryFault): string => `*** ${fault.kind}: ${fault.message}`;

function row(line: TraceStep, part: DiagramRow['part'], text: string): DiagramRow {
  const { cpu, step } = line;
  return { cpu, who: threadName(cpu, isOwn(line)), part, text, at: step };
}

function lineRows(line: TraceStep, withCode: boolean): DiagramRow[] {
  const rows = line.notes.map((note) => row(line, 'note', `(${note})`));
  const code = codeRow(line);
  // What is not a line of a source is what its notes say, or nothing that has a name.
  const isSaid = isOwn(line) && line.code === '' && (rows.length > 0 || code.text === '');
  if (withCode && !isSaid) rows.unshift(code);
  // An unlock has no step of its own.
  if (rows[0] && !(withCode && line.kind === 'unlock')) rows[0].step = line.step;
  return rows;
}

function codeRow(line: TraceStep): DiagramRow {
  const access = accessOf(line);
  const from = readFrom(line)?.step;
  const missed = (line.before ?? line.missed)?.step;
  const place = isOwn(line) ? undefined : placeText(line);
  return { ...row(line, 'line', accessText(access)), from, missed, access, place };
}

/** `find_md: md->disk [= cpu1's disk]`; a call that names itself says so once. */
function accessOf(line: TraceStep): Access {
  const { function: name, code, text } = line;
  if (code === '') return { function: '', code: text, values: '' };
  if (isOwn(line)) return { function: placeText(line) ?? name, code, values: ownValues(line) };
  return { function: code.startsWith(name) ? '' : name, code, values: valuesOf(line) };
}

function accessText({ code, values, ...access }: Access): string {
  return siteText({ function: access.function, code }) + (values === '' ? '' : ` ${values}`);
}

/** Values; those that the code itself says are left out, as is the CPU of a step. */
function valuesOf(step: TraceStep): string {
  const { kind, code, read, was, wrote, from } = step;
  const weak = weakText(step);
  if (weak !== '') {
    const value = wrote ?? (read === null ? '' : `= ${read}`);
    const source = wrote === null && from ? `from step ${from.step}` : '';
    return `[${[value, source, weak].filter((part) => part !== '').join(', ')}]`;
  }
  if (wrote !== null) {
    const value = was === wrote ? wrote : `${was} -> ${wrote}`;
    return code.endsWith(` = ${value}`) ? '' : `[${value}]`;
  }
  if (read !== null) return `[= ${read}${from ? `, from step ${from.step}` : ''}]`;
  const remark = tables.accesses.find(({ name }) => name === kind)?.remark ?? '';
  return remark === '' ? '' : `[${remark}]`;
}

/** `[head: 0 -> 1]`, `[head = 1, from step 3]`. */
export function ownValues(step: OwnValues): string {
  const { variable, read, was, wrote, from } = step;
  const name = variable ?? '';
  const weak = weakText(step);
  const more = weak === '' ? '' : `, ${weak}`;
  if (wrote !== null) {
    if (was === null || weak !== '') return `[${`${name} = ${wrote}`.trim()}${more}]`;
    return `[${name === '' ? '' : `${name}: `}${was} -> ${wrote}]`;
  }
  if (read === null) return weak === '' ? '' : `[${weak}]`;
  return `[${`${name} = ${read}`.trim()}${from ? `, from step ${from.step}` : ''}${more}]`;
}

/** What of a step of own C its values are. */
type OwnValues = Pick<TraceStep, 'variable' | 'read' | 'was' | 'wrote' | 'from'> & WeakPart;

function faultRows(
  line: TraceStep,
  fault: StoryFault,
  culprit: TraceStep | undefined,
): DiagramRow[] {
  const rows = [row(line, 'fault', bangText(fault))];
  // A function alone, as a sanitizer has it, may be that of the other thread.
  const isNameAlone = isOwn(line) && fault.site === fault.function;
  const isSaid =
    fault.code === ''
      ? isNameAlone || line.text.includes(fault.site)
      : line.code.includes(fault.code);
  if (!isSaid) {
    const { function: name, code } = fault;
    const access = { function: name, code: code === '' ? fault.site : code, values: '' };
    if (isOwn(line) && code !== '') access.function = placeText(fault) ?? name;
    const text = isOwn(line) ? accessText(access) : fault.site;
    rows.unshift({ ...row(line, 'line', text), access, place: placeText(fault) });
  }
  if (!culprit) return rows;
  const at = `by ${threadName(culprit.cpu, isOwn(culprit))} at step ${culprit.step}`;
  const from = culprit.step;
  if (culprit.kind === 'free') rows.push({ ...row(line, 'value', `freed ${at}`), from });
  else if (changes(culprit, fault))
    rows.push({ ...row(line, 'value', `last changed ${at}`), from });
  return rows;
}

function markGap(rows: DiagramRow[], line: TraceStep): void {
  const last = rows.at(-1);
  if (last?.part !== 'gap' || last.cpu !== line.cpu) rows.push(row(line, 'gap', '...'));
}

/** Nothing of a function is shown before its thread is elsewhere: a line of its name alone says nothing. */
function isEmptyHeading(rows: readonly DiagramRow[], i: number): boolean {
  const heading = rows[i];
  if (heading?.part !== 'op') return false;
  const next = rows.slice(i + 1).find(({ cpu, part }) => cpu === heading.cpu && part !== 'gap');
  return next === undefined || next.part === 'op';
}

/** What was between two gaps of a thread is not shown, so they are one. */
function isSecondGap(rows: readonly DiagramRow[], i: number): boolean {
  const [before, here] = [rows[i - 1], rows[i]];
  return here?.part === 'gap' && before?.part === 'gap' && before.cpu === here.cpu;
}

/** Between two accesses of one CPU, where the reader might think that nothing was between. */
function isWorthTelling(rows: readonly DiagramRow[], i: number): boolean {
  const [before, gap, after] = [rows[i - 1], rows[i], rows[i + 1]];
  if (!before || !gap || !after || after.cpu !== gap.cpu) return false;
  return before.cpu === gap.cpu && before.part !== 'op' && after.part !== 'note';
}
