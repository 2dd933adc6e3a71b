import { append } from '../base/bounds';
import type { DiagramRow } from './diagram';
import type { TraceStep } from './trace';

/** The fault that a trace ends in. */
export interface StoryFault {
  kind: string;
  /** Such as `dm_get: atomic_inc(&md->holders)`. */
  site: string;
  message: string;
}

/** A step with its text taken apart. */
interface StoryLine extends TraceStep {
  func: string;
  /** The access, as the code of the kernel has it. */
  code: string;
  /** Without the brackets; empty where there are none. */
  value: string;
  /** The step of another CPU whose write was read. */
  from: number | undefined;
}

/** Housekeeping that every ioctl begins and ends with. */
const HOUSEKEEPING = /THIS_MODULE/;
const CHANGE = ' -> ';

function takeApart(step: TraceStep): StoryLine {
  const match = /^(?:(\w+): )?(.*?)(?: {2}\[(.*)\])?$/s.exec(step.text);
  const [, func = '', code = '', value = ''] = match ?? [];
  const from = /, from step (\d+) of cpu\d+$/.exec(value)?.[1];
  return { ...step, func, code, value, from: from === undefined ? undefined : Number(from) };
}

/** Which of the lines to show, and of which of them the notes are enough. */
class Choice {
  readonly #lines: readonly StoryLine[];
  /** Steps whose writes another CPU reads in a line that is shown, or that the fault is about. */
  readonly #sources: Set<number>;

  constructor(lines: readonly StoryLine[], culprit: StoryLine | undefined) {
    this.#lines = lines;
    this.#sources = new Set(lines.filter(isCrossRead).map(({ from = 0 }) => from));
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
    const { code, value, notes } = line;
    if (line.faulted || isCrossRead(line)) return true;
    if (HOUSEKEEPING.test(code)) return false;
    const locks = ['lock', 'unlock', 'queue'].includes(line.kind);
    if (this.#sources.has(line.step) && !locks) return true;
    if (this.#isPreempted(i)) return notes.length === 0 || !locks;
    if (!line.key || line.kind === 'free') return false;
    if (notes.length > 0) return line.kind === 'update' && value.includes(CHANGE);
    return !locks;
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

function isCrossRead({ from, code }: StoryLine): boolean {
  return from !== undefined && !HOUSEKEEPING.test(code);
}

/** What another CPU did that made the fault: the free, the change, what was made visible. */
function findCulprit(lines: readonly StoryLine[], fault: StoryFault): StoryLine | undefined {
  const victim = lines.find(({ faulted }) => faulted);
  if (!victim) return undefined;
  const others = lines.slice(0, lines.indexOf(victim)).filter(({ cpu }) => cpu !== victim.cpu);
  const object = /(\w+)->\w+/.exec(siteCode(fault.site))?.[1];
  if (/free$/.test(fault.kind)) {
    const frees = others.filter((line) => line.kind === 'free');
    return frees.findLast(({ code }) => code.includes(`(${object})`)) ?? frees.at(-1);
  }
  const changed = others.findLast((line) => changes(line, fault));
  if (changed) return changed;
  // By the first thing it saw of the other, it came to where it should not be.
  const read = lines.find((line) => line.cpu === victim.cpu && isCrossRead(line));
  return others.findLast((line) => line.step === read?.from && line.kind !== 'unlock');
}

/** It gives another value to the field that the fault is about. */
function changes({ code, value }: StoryLine, { site }: StoryFault): boolean {
  const field = /\w+->\w+/.exec(siteCode(site))?.[0];
  return field !== undefined && code.includes(field) && value.includes(CHANGE);
}

const siteCode = (site: string): string => site.replace(/^\w+: /, '');
const siteFunc = (site: string): string => /^\w+/.exec(site)?.[0] ?? site;

/**
 * The line to search logs and trackers for, the same for each trace of one race:
 * `BUG: use-after-free in dm_get / free_dev`.
 */
export function bugTitle(fault: StoryFault, trace: readonly TraceStep[], isRace: boolean): string {
  const here = siteFunc(fault.site);
  const there = isRace ? findCulprit(trace.map(takeApart), fault)?.func : undefined;
  const both = there !== undefined && there !== '' && there !== here;
  return `BUG: ${fault.kind} in ${both ? `${here} / ${there}` : here}`;
}

/** A message that counts words of memory, by the name of the field that they are. */
export function inFields({ site, message }: Pick<StoryFault, 'site' | 'message'>): string {
  const field = /\w+->\w+/.exec(siteCode(site))?.[0];
  return field === undefined ? message : message.replace(/\bword \d+\b/, field);
}

/** A trace as rows of a diagram. `all`: every step of it, else what the story needs. */
export function storyRows(
  trace: readonly TraceStep[],
  fault: StoryFault | undefined,
  all: boolean,
): DiagramRow[] {
  const lines = trace.map(takeApart);
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
    const when =
      fault.kind === 'check-failed' ? 'the threads had ended' : 'everything was put away';
    const text = `${bangText(fault)}, seen when ${when}`;
    rows.push({ cpu: 0, part: 'fault', text });
  }
  return sayStepsOnce(rows.filter(({ part }, i) => part !== 'gap' || isWorthTelling(rows, i)));
}

function sayStepsOnce(rows: DiagramRow[]): DiagramRow[] {
  let last: number | undefined;
  for (const said of rows) {
    if (said.step === last) delete said.step;
    last = said.step ?? last;
  }
  return rows;
}

const opText = ({ op, minor }: StoryLine): string =>
  [op, minor].filter((part) => part !== null).join(' ');

const bangText = (fault: StoryFault): string => `*** ${fault.kind}: ${inFields(fault)}`;

function row({ cpu, step }: StoryLine, part: DiagramRow['part'], text: string): DiagramRow {
  return { cpu, part, text, at: step };
}

function lineRows(line: StoryLine, withCode: boolean): DiagramRow[] {
  const rows = line.notes.map((note) => row(line, 'note', `(${note})`));
  if (withCode) rows.unshift(codeRow(line));
  // An unlock has no step of its own.
  if (rows[0] && !(withCode && line.kind === 'unlock')) rows[0].step = line.step;
  return rows;
}

function codeRow(line: StoryLine): DiagramRow {
  const values = valueText(line);
  const from = isCrossRead(line) ? line.from : undefined;
  return { ...row(line, 'line', codeText(line) + values), from, values: values.trim() };
}

/** `find_md: md->disk`; a call that names itself says so once. */
function codeText({ func, code }: StoryLine): string {
  return func === '' || code.startsWith(func) ? code : `${func}: ${code}`;
}

/** Values; those that the code itself says are left out, as is the CPU that a step tells. */
function valueText({ code, value }: StoryLine): string {
  if (value === '' || code.endsWith(` = ${value}`)) return '';
  return ` [${value.replace(/ of cpu\d+$/, '')}]`;
}

function faultRows(
  line: StoryLine,
  fault: StoryFault,
  culprit: StoryLine | undefined,
): DiagramRow[] {
  const rows = [row(line, 'fault', bangText(fault))];
  const code = siteCode(fault.site);
  if (!line.code.includes(code)) rows.unshift(row(line, 'line', fault.site));
  if (!culprit) return rows;
  const at = `by cpu${culprit.cpu} at step ${culprit.step}`;
  const from = culprit.step;
  if (culprit.kind === 'free') rows.push({ ...row(line, 'value', `freed ${at}`), from });
  else if (changes(culprit, fault))
    rows.push({ ...row(line, 'value', `last changed ${at}`), from });
  return rows;
}

function markGap(rows: DiagramRow[], line: StoryLine): void {
  const last = rows.at(-1);
  if (last?.part !== 'gap' || last.cpu !== line.cpu) rows.push(row(line, 'gap', '...'));
}

/** Between two accesses of one CPU, where the reader might think that nothing was between. */
function isWorthTelling(rows: readonly DiagramRow[], i: number): boolean {
  const [before, gap, after] = [rows[i - 1], rows[i], rows[i + 1]];
  if (!before || !gap || !after || after.cpu !== gap.cpu) return false;
  return before.cpu === gap.cpu && before.part !== 'op' && after.part !== 'note';
}
