import { DmTortureError, outOfRange, show, wrongType } from '../base/errors';
import { freezeDeep } from '../base/frozen';
import { didYouMean } from '../base/suggest';
import type { Formula } from '../tables/formula';
import { type FaultKind, type OpRow, type OpSlug, rowAt, tables } from '../tables/tables';
import { limits, type opRows } from '../tables/tables.gen';
import type { Check } from './final';
import { checkHandles } from './handles';
import { checkCheck, checkExpects, checkMinor, checkName } from './handmade';
import type { ProgramOp, Programs, Race } from './race';

type CamelCase<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;
type Row = (typeof opRows)[number];
/** What a device is called, where that is not its minor. */
export interface Naming {
  /** Its name, and its uuid. */
  readonly as?: number;
}
type OpMethod<R extends Row> = R['arg'] extends 'none'
  ? () => Script
  : R['arg'] extends 'named'
    ? (minor?: number, naming?: Naming) => Script
    : (minor?: number) => Script;

/**
 * Writes a thread program, an operation a call: `d.remove(5)`, `d.open(5).io().close()`. An
 * operation that needs a minor takes the one last named where none is given; `create()` takes
 * the next free one, `uevent()` the first that is announced. `create(0, { as: 7 })` makes device 0
 * with the name 7, which `remove(7)` and `status(7)` look up.
 */
export type Script = { [R in Row as CamelCase<R['slug']>]: OpMethod<R> };

/**
 * What a function that writes a thread program may return: nothing, or what its calls returned. A
 * promise would come too late, and a text would be ignored; both are refused.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing has this type.
export type ScriptResult = Script | readonly Script[] | undefined | void;

/** Text of one thread program, such as `get 0, put 0`. Operations are completed by an editor. */
export type ScriptText = OpSlug | `${OpSlug} ${number}` | (string & {});

/** Text of thread programs, such as `before: create 0 ; cpu1: remove 0 ; cpu2: find 0`. */
export type ProgramText = `${'before' | 'cpu1'}: ${OpSlug}` | (string & {});

/** A thread program: a function that writes it, or its text, such as `get 0, put 0`. */
export type ScriptSource = ScriptText | ((d: Script) => ScriptResult);

/** What {@link race} takes. */
export interface RaceOptions {
  /** Runs alone, before the threads start. */
  before?: ScriptSource;
  /** Runs alone, after all of them. @default 'remove-all' */
  after?: ScriptSource;
  /** When which fault can happen. @default {} */
  expects?: Partial<Record<FaultKind, Formula>>;
  /**
   * Looks at how the threads ended, in each execution of an exploration and each round of a stress
   * run, before `after`; what it refuses is a fault, `check-failed`. A stress run asks it when its
   * threads, or those of a slice, are through: {@link StressOptions.stopOnFault} does not stop for it.
   */
  check?: Check;
  /** Programs of the threads: `cpu1`, `cpu2`, up to the most that an exploration takes. */
  [cpu: `cpu${number}`]: ScriptSource;
}

const camelCase = (slug: string): string =>
  slug.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The operations of one program while it is written. */
class Recorder {
  readonly ops: ProgramOp[] = [];
  readonly #option: string;
  #lastMinor: number | undefined;
  #closed = false;

  constructor(option: string) {
    this.#option = option;
  }

  /** The program is whole. What is written later would be in no report and no ticket. */
  close(): readonly ProgramOp[] {
    this.#closed = true;
    return Object.freeze(this.ops.map((op) => Object.freeze(op)));
  }

  add(op: OpRow, minor?: unknown, name?: unknown): void {
    if (this.#closed) {
      const message = `\`${this.#option}\` is closed: \`${op.slug}\` came after its function returned`;
      throw new DmTortureError('ERR_DISPOSED', message, { option: this.#option });
    }
    if (this.ops.length >= limits.programOps) {
      const what = `at most ${limits.programOps} operations`;
      throw outOfRange(this.#option, what, this.ops.length + 1);
    }
    const named = name === undefined ? {} : { name: checkName(op, name, this.#option) };
    if (minor !== undefined) {
      if (op.arg === 'none') throw wrongType(this.#option, `\`${op.slug}\` without a minor`, minor);
      this.#lastMinor = checkMinor(op, minor, this.#option);
      this.ops.push({ op: op.slug, minor: this.#lastMinor, ...named });
    } else if (op.arg === 'minor') {
      if (this.#lastMinor === undefined) {
        throw wrongType(this.#option, `\`${op.slug}\` with a minor`, 'none');
      }
      this.ops.push({ op: op.slug, minor: this.#lastMinor });
    } else {
      this.ops.push({ op: op.slug, ...named });
    }
  }

  script(): Script {
    const script: Record<string, (minor?: unknown, naming?: Naming) => unknown> = {};
    for (const op of tables.ops) {
      script[camelCase(op.slug)] = (minor, naming) => {
        this.add(op, minor, naming?.as);
        return script;
      };
    }
    return script as unknown as Script;
  }
}

/** `create`, `create 0`, `create 0 as 7`, `create as 7`; which of them an operation takes, add() says. */
const OP = /^(\S+)(?:\s+(\d+))?(?:\s+as\s+(\d+))?$/;

function parseOp(text: string, recorder: Recorder, option: string): void {
  const [name = ''] = text.trim().split(/[\s]+/);
  const op = tables.ops.find(({ slug }) => slug === name);
  if (!op) {
    const hint = didYouMean(
      name,
      tables.ops.map(({ slug }) => slug),
    );
    throw outOfRange(option, 'operations such as `get 0, put 0`', text.trim(), hint);
  }
  const parts = OP.exec(text.trim());
  if (!parts) throw outOfRange(option, 'operations such as `get 0, put 0`', text.trim());
  const [, , minor, called] = parts;
  const number = (digits?: string): number | undefined =>
    digits === undefined ? undefined : Number(digits);
  recorder.add(op, number(minor), number(called));
}

/** Refuse a function whose calls come later, or never. */
function checkReturned(returned: unknown, script: Script, option: string): void {
  const isScript = (value: unknown): boolean => value === undefined || value === script;
  if (isScript(returned) || (Array.isArray(returned) && returned.every(isScript))) return;
  const what = 'a function that calls its `d` at once, and returns nothing or `d`';
  if (typeof returned === 'string') {
    const hint = ': a text is a program without a function around it';
    throw outOfRange(option, what, `a function that returns the text ${returned}`, hint);
  }
  const then = (returned as { then?: unknown } | null)?.then;
  if (typeof then === 'function') {
    // Its calls come too late, and throw; nobody else would look at that.
    then.call(
      returned,
      () => undefined,
      () => undefined,
    );
    throw wrongType(option, what, 'a function that returns a promise');
  }
  throw wrongType(option, what, `a function that returns ${show(returned)}`);
}

function writeScript(source: (d: Script) => unknown, recorder: Recorder, option: string): void {
  const script = recorder.script();
  try {
    checkReturned(source(script), script, option);
  } finally {
    recorder.close();
  }
}

function readScript(source: ScriptSource, option: string): readonly ProgramOp[] {
  const recorder = new Recorder(option);
  if (typeof source === 'function') writeScript(source, recorder, option);
  else if (typeof source !== 'string') throw wrongType(option, 'a function or a text', source);
  else if (source.trim() !== '') {
    for (const text of source.split(',')) parseOp(text, recorder, option);
  }
  return recorder.close();
}

/** The program of a thread, which has something to do. */
function readThread(source: ScriptSource, option: string): readonly ProgramOp[] {
  const ops = readScript(source, option);
  if (ops.length === 0) throw outOfRange(option, 'a program of one operation or more', 'none');
  return ops;
}

function readPrograms(sources: Map<string, ScriptSource>, whole?: string): Programs {
  const cpus: (readonly ProgramOp[])[] = [];
  for (const name of sources.keys()) {
    if (!/^(before|after|cpu[1-9]\d*)$/.test(name)) {
      const hint = didYouMean(name, ['before', 'after', 'cpu1', 'cpu2']);
      throw outOfRange(whole ?? name, '`before`, `after` or `cpu1`, `cpu2`, ...', name, hint);
    }
  }
  for (let n = 1; sources.has(`cpu${n}`); n += 1) {
    cpus.push(readThread(sources.get(`cpu${n}`) ?? '', `cpu${n}`));
  }
  const named = [...sources.keys()].filter((name) => name.startsWith('cpu')).length;
  if (cpus.length === 0 || cpus.length > limits.programCpus || named !== cpus.length) {
    const what = `cpu1 to at most cpu${limits.programCpus}, none left out`;
    throw outOfRange(whole ?? 'cpu1', what, [...sources.keys()].join(', ') || 'none');
  }
  return {
    before: readScript(sources.get('before') ?? '', 'before'),
    cpus,
    after: readScript(sources.get('after') ?? 'remove-all', 'after'),
  };
}

/**
 * Thread programs of your own, to run in rounds on real threads.
 *
 * @param name - What reports call it.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 * @example
 * const stale = race('open during the last put', {
 *   before: d => d.create(5),
 *   cpu1: d => d.remove(5),
 *   cpu2: d => d.open(5).io().close(),
 * });
 * @example
 * const twice = race('two creators want one minor', {
 *   cpu1: d => d.create(0),
 *   cpu2: d => d.create(0),
 *   check: ({ devices }) => devices.length === 1,
 * });
 */
export function race(name: string, options: RaceOptions): Race {
  if (typeof name !== 'string') throw wrongType('name', 'a text', name);
  if (typeof options !== 'object' || options === null) {
    throw wrongType('options', 'an object with `cpu1`, `cpu2`, ...', options);
  }
  const { expects = {}, check, ...sources } = options;
  const checked = checkCheck(check, 'check');
  const kinds = checkExpects(expects, 'expects');
  const programs = readPrograms(new Map(Object.entries(sources)));
  checkHandles(programs);
  return freezeDeep({ name, ...programs, expects: kinds, ...(checked && { check: checked }) });
}

/** The error of a part of a text: the text is what was given, and has the part. */
function inText(error: unknown, option: string | undefined): unknown {
  if (option === undefined || !(error instanceof DmTortureError)) return error;
  if (error.option === undefined || error.option === option) return error;
  const { code, message, option: part } = error;
  const whole = message.replace(`\`${part}\``, `${part} of \`${option}\``);
  return new DmTortureError(code, whole, { option });
}

/**
 * Read thread programs from a text.
 *
 * @param text - Programs joined by `;`, such as `before: create 0 ; cpu1: remove 0 ; cpu2: find 0`.
 * @param option - What messages call the text; without it they name the part, such as `cpu1`.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function parsePrograms(text: ProgramText, name: string = text, option?: string): Race {
  if (typeof text !== 'string') throw wrongType(option ?? 'program', 'a text', text);
  const sources = new Map<string, ScriptSource>();
  for (const part of text.split(';').filter((piece) => piece.trim() !== '')) {
    const colon = part.indexOf(':');
    const key = part.slice(0, Math.max(colon, 0)).trim();
    if (key === '' || sources.has(key)) {
      throw outOfRange(
        option ?? 'program',
        'text such as `cpu1: create 0 ; cpu2: get 0, put 0`',
        text,
      );
    }
    sources.set(key, part.slice(colon + 1));
  }
  try {
    return freezeDeep({ name, ...readPrograms(sources, option), expects: {} });
  } catch (error) {
    throw inText(error, option);
  }
}

/** `create 0 as 7`: an operation as {@link parsePrograms} reads it. */
export const formatOp = ({ op, minor, name }: ProgramOp): string =>
  [op, minor, name === undefined ? undefined : `as ${name}`]
    .filter((part) => part !== undefined)
    .join(' ');

/** The text that {@link parsePrograms} reads back. */
export function formatPrograms({ before, cpus, after }: Programs): string {
  const format = (ops: readonly ProgramOp[]): string => ops.map(formatOp).join(', ');
  const parts = cpus.map((ops, i) => `cpu${i + 1}: ${format(ops)}`);
  if (before.length > 0) parts.unshift(`before: ${format(before)}`);
  parts.push(`after: ${format(after)}`.trimEnd());
  return parts.join(' ; ');
}

/** The programs as they travel: before, after, cpu1, cpu2, ..., each as its length and its ops. */
export function encodePrograms({ before, cpus, after }: Programs): Uint32Array {
  checkHandles({ before, cpus });
  const words: number[] = [];
  for (const ops of [before, after, ...cpus]) {
    words.push(ops.length);
    for (const { op, minor = limits.anyMinor, name } of ops) {
      const code = tables.ops.findIndex(({ slug }) => slug === op);
      if (code < 0) throw new DmTortureError('ERR_OUT_OF_RANGE', `Unknown operation \`${op}\``);
      words.push(((minor << 8) | code | (name === undefined ? 0 : limits.nameFollows)) >>> 0);
      if (name !== undefined) words.push(name);
    }
  }
  return Uint32Array.from(words);
}

/** The programs of what {@link encodePrograms} made. */
export function decodePrograms(words: Uint32Array): Programs {
  const programs: ProgramOp[][] = [];
  let at = 0;
  const next = (): number => words[at++] ?? 0;
  while (at < words.length) {
    const ops: ProgramOp[] = [];
    for (let left = next(); left > 0 && at < words.length; left -= 1) {
      const word = next();
      ops.push({
        op: rowAt(tables.ops, word & (limits.nameFollows - 1)).slug,
        ...(word >>> 8 !== limits.anyMinor && { minor: word >>> 8 }),
        ...((word & limits.nameFollows) !== 0 && { name: next() }),
      });
    }
    programs.push(ops);
  }
  const [before = [], after = [], ...cpus] = programs;
  return { before, cpus, after };
}

/** `create 0=0 | find 0=-ENXIO`: the results of one round, by `formatResult` of each. */
export function formatOutcome(
  { cpus }: Programs,
  results: readonly number[],
  formatResult: (result: number) => string,
): string {
  let next = 0;
  const texts = cpus.map((ops) =>
    ops.map((op) => `${formatOp(op)}=${formatResult(results[next++] ?? 0)}`).join(', '),
  );
  return texts.join(' | ');
}
