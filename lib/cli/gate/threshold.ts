import { memberOf } from '../../base/bounds';
import { nearest } from '../../base/suggest';
import { UsageError } from '../options/usage-error';

/** How a value and its limit are compared. */
const COMPARE: Record<string, (value: number, limit: number) => boolean> = {
  '<=': (value, limit) => value <= limit,
  '>=': (value, limit) => value >= limit,
  '<': (value, limit) => value < limit,
  '>': (value, limit) => value > limit,
};

/** Nanoseconds of each. */
const TIMES: Record<string, number> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };
const FACTORS: Record<string, number> = { k: 1e3, M: 1e6, G: 1e9, '%': 0.01 };
/** What need not be named on the way to a value. */
const PASSED = ['ops', 'latencyNs', 'rows', 'scenarios'];

/** What may be a share, which a comparison alone has a use for. */
const LONE_NUMBER = /^\s*[-+]?\d[\d.e-]*\s*%?\s*$/;

/** Limits as people write them. */
export const EXAMPLES =
  '`create.p99<5us`, `opsPerSecond>=1e6` or `rows[lock=mcs,threads=2].jain>0.9`';

/** A limit on a value of a report. */
export interface Threshold {
  /** As it was written. */
  text: string;
  path: readonly PathStep[];
  compare: (value: number, limit: number) => boolean;
  limit: number;
  /** The limit is a time; then in nanoseconds. */
  isTime: boolean;
  /** As it was written; empty where it has none. */
  unit: string;
}

interface PathStep {
  name: string;
  /** Of rows, only those with these values. */
  where: readonly (readonly [key: string, value: string])[];
}

/** A value that was found, and the unit in its name. */
interface Found {
  value: number;
  /** Nanoseconds of one; undefined where it is not a time. */
  timeNs: number | undefined;
}

/** How a report stands to a threshold. */
export interface Judged {
  threshold: string;
  /** The value that is furthest from what was wanted, in the report's own unit; null: none there. */
  value: number | null;
  held: boolean;
  /** What a latency was measured under, such as injected delays. */
  under?: string;
  /** A sentence, where it does not hold. */
  says?: string;
}

/**
 * Read `--threshold`.
 *
 * @throws UsageError, naming what is wrong
 */
export function parseThreshold(text: string): Threshold {
  const match = /^\s*(.+?)\s*(<=|>=|<|>)\s*(\d*\.?\d+(?:e[+-]?\d+)?)\s*([a-zµ%]*)\s*$/i.exec(text);
  const [, path = '', operator = '', number = '', unit = ''] = match ?? [];
  const compare = COMPARE[operator];
  if (LONE_NUMBER.test(text)) {
    throw wrong(text, 'a value and a comparison, or with --compare a share (`5%`)');
  }
  if (!match || !compare) throw wrong(text, 'a value, one of < <= > >= and a number');
  const timeNs = memberOf(TIMES, unit.replace('µ', 'u'));
  const factor = timeNs ?? memberOf(FACTORS, unit);
  if (unit !== '' && factor === undefined) {
    throw wrong(
      text,
      `\`${unit}\` to be a unit of ${[...Object.keys(TIMES), ...Object.keys(FACTORS)].join(', ')}`,
    );
  }
  return {
    text: text.trim(),
    path: parsePath(path, text),
    compare,
    limit: Number(number) * (factor ?? 1),
    isTime: timeNs !== undefined,
    unit: unit.replace('µ', 'u'),
  };
}

function wrong(text: string, what: string): UsageError {
  return new UsageError(`--threshold '${text}': expected ${what}, such as ${EXAMPLES}`);
}

function parsePath(path: string, text: string): PathStep[] {
  const steps = path.match(/[^.[\]]+(\[[^\]]*\])?/g) ?? [];
  if (steps.join('.') !== path) throw wrong(text, `\`${path}\` to be names joined by dots`);
  return steps.map((step) => {
    const [, name = '', filter] = /^([\w-]+)(?:\[(.*)\])?$/.exec(step) ?? [];
    const where = (filter ?? '')
      .split(',')
      .filter(Boolean)
      .map((pair) => pair.split('='));
    if (name === '' || where.some((pair) => pair.length !== 2)) {
      throw wrong(text, `\`${step}\` to be a name, or one with [key=value]`);
    }
    return { name, where: where.map(([key = '', value = '']) => [key.trim(), value.trim()]) };
  });
}

type Facts = Record<string, unknown>;

const isFacts = (value: unknown): value is Facts => typeof value === 'object' && value !== null;

/** Nanoseconds of one, by the name of a value: `durationMs`, `waitNs`, `nsPerOp`. */
function unitOf(name: string): number | undefined {
  if (/^ns(Per|$)|[a-z]Ns(Per|Corrected|$)/.test(name)) return TIMES.ns;
  if (/[a-z]Us$/.test(name)) return TIMES.us;
  return /[a-z]Ms$/.test(name) ? TIMES.ms : undefined;
}

/** Members of a step of a trace that are of the sources, and of no table. */
const SOURCES: readonly string[] = ['function', 'code', 'file', 'read', 'was', 'wrote'];

/** What a row can be named by. */
function namesOf(row: Facts): unknown[] {
  return Object.entries(row)
    .filter(([member]) => !SOURCES.includes(member))
    .map(([, value]) => value);
}

/** Every value that a path leads to; `tried` gets the names that it could have gone on with. */
function follow(
  node: unknown,
  path: readonly PathStep[],
  timeNs: number | undefined,
  tried: Set<string>,
): Found[] {
  const [step, ...rest] = path;
  if (!step) {
    const value = Array.isArray(node) ? node.length : node;
    return typeof value === 'number' ? [{ value, timeNs }] : [];
  }
  if (Array.isArray(node)) {
    const named = node.filter((row) => isFacts(row) && namesOf(row).includes(step.name));
    for (const row of node.filter(isFacts)) addNames(tried, namesOf(row));
    if (named.length > 0)
      return fitting(named, step).flatMap((row) => follow(row, rest, timeNs, tried));
    return fitting(node, { name: '', where: [] }).flatMap((row) =>
      follow(row, path, timeNs, tried),
    );
  }
  if (!isFacts(node)) return [];
  addNames(tried, Object.keys(node));
  if (Object.hasOwn(node, step.name)) {
    const next = node[step.name];
    const below = Array.isArray(next) && step.where.length > 0 ? fitting(next, step) : next;
    return follow(below, rest, unitOf(step.name) ?? timeNs, tried);
  }
  return PASSED.filter((name) => name in node).flatMap((name) =>
    follow(node[name], path, unitOf(name) ?? timeNs, tried),
  );
}

function addNames(names: Set<string>, words: readonly unknown[]): void {
  for (const word of words) if (typeof word === 'string') names.add(word);
}

function fitting(rows: readonly unknown[], { where }: PathStep): unknown[] {
  return rows.filter((row) =>
    where.every(([key, value]) => isFacts(row) && String(memberOf(row, key)) === value),
  );
}

/** In the unit of the value, where both are times. */
function limitFor({ limit, isTime }: Threshold, timeNs: number | undefined): number {
  return isTime ? limit / (timeNs ?? 1) : limit;
}

/** Hold a report against a threshold: of several values, such as of rows, every one has to hold. */
export function judge(threshold: Threshold, report: object): Judged {
  const tried = new Set<string>();
  const found = follow(report, threshold.path, undefined, tried);
  const { text, compare, isTime, path } = threshold;
  if (found.length === 0) {
    const close = path.map(({ name }) => (tried.has(name) ? undefined : nearest(name, tried)));
    const hint = close.find((name) => name !== undefined);
    const says = `the report has no such value${hint === undefined ? '' : `; did you mean '${hint}'?`}`;
    return { threshold: text, value: null, held: false, says: `threshold ${text}: ${says}` };
  }
  const noTime = found.find(({ timeNs }) => isTime && timeNs === undefined);
  if (noTime) {
    const says = `threshold ${text}: the value is not a time, it is ${noTime.value}`;
    return { threshold: text, value: noTime.value, held: false, says };
  }
  const missed = found.filter(({ value, timeNs }) => !compare(value, limitFor(threshold, timeNs)));
  const [first] = missed.length > 0 ? missed : found;
  const value = first?.value ?? null;
  const under = underOf(first, report);
  if (missed.length === 0) return { threshold: text, value, held: true, ...under };
  const of = found.length === 1 ? '' : `, in ${missed.length} of ${found.length}`;
  return {
    threshold: text,
    value,
    held: false,
    ...under,
    says: `threshold missed: ${text}, it is ${first ? valueText(threshold, first) : value}${of}${under.under ? `, ${under.under}` : ''}`,
  };
}

/** What a latency was measured under, where the report says. */
function underOf(found: Found | undefined, report: object): Pick<Judged, 'under'> {
  const { latencyUnder } = report as { latencyUnder?: string };
  return found?.timeNs === TIMES.ns && latencyUnder ? { under: latencyUnder } : {};
}

/** A value in the unit of the limit that it is held against, or in its own. */
function valueText({ unit, isTime }: Threshold, { value, timeNs }: Found): string {
  if (unit === '') return `${value}${timeNs === undefined ? '' : timeText(timeNs)}`;
  const of = isTime ? (timeNs ?? 1) : 1;
  const size = memberOf(isTime ? TIMES : FACTORS, unit) ?? 1;
  return `${Number(((value * of) / size).toPrecision(15))}${isTime ? ' ' : ''}${unit}`;
}

const timeText = (timeNs: number): string =>
  ` ${Object.keys(TIMES).find((unit) => TIMES[unit] === timeNs) ?? ''}`;
