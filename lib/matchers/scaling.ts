import { largest, smallest } from '../base/bounds';
import { outOfRange, wrongType } from '../base/errors';
import { formatCount } from '../base/text';
import { checkOptions } from '../run/params';

/** What a measurement of scaling takes. */
export interface ScaleOptions {
  /** Threads to begin with. @default the fewest that were measured */
  from?: number | undefined;
  /** Threads to end with. @default the most that were measured */
  to?: number | undefined;
  /** The least share of linear scaling: 1 is twice the throughput with twice the threads. @default 0.8 */
  atLeast?: number | undefined;
  /** Only what has these values: `{ lock: 'mcs', holdNs: 0 }`. @default everything */
  where?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** How one thing that was measured with several numbers of threads scales. */
export interface Scaling {
  /** What it is: `mcs, holdNs 0, outsideNs 0`. */
  name: string;
  from: number;
  to: number;
  /** Operations per second with `from` and with `to` threads. */
  rates: readonly [from: number, to: number];
  /** Of linear: (rates[1] / rates[0]) / (to / from). */
  share: number;
  enough: boolean;
}

/** A throughput, and the number of threads it was measured with. */
interface Measured {
  series: string;
  threads: number;
  rate: number;
}

type Facts = Record<string, unknown>;

const SHARE_DEFAULT = 0.8;
const OPTIONS = ['from', 'to', 'atLeast', 'where'] as const;
const RATES = ['opsPerSecond', 'schedulesPerSecond'] as const;
/** Numbers that say what was measured; others are what came out. */
const SETTINGS = ['holdNs', 'outsideNs', 'n', 'pinned'];
const WHAT =
  'a bench report, its rows, or reports of stress runs, with `threads` and `opsPerSecond`';

const isFacts = (value: unknown): value is Facts => typeof value === 'object' && value !== null;

/** The facts of a stress report that a row of a bench report has beside its rate. */
function flattened(facts: Facts): Facts {
  const { plan, rows, ...rest } = facts;
  if (!isFacts(plan) || rows !== undefined) return facts;
  const { threads, scenario, patches } = plan;
  const names = isFacts(patches) && Array.isArray(patches.names) ? patches.names.join('+') : '';
  return { threads, scenario, patches: names || 'none', opsPerSecond: rest.opsPerSecond };
}

/** Rows of whatever was given, one below the other. */
function toRows(received: unknown): Facts[] {
  if (Array.isArray(received)) return received.flatMap(toRows);
  if (!isFacts(received)) throw wrongType('received', WHAT, received);
  return Array.isArray(received.rows) ? received.rows.flatMap(toRows) : [flattened(received)];
}

function nameOf(row: Facts): string {
  const names = Object.entries(row).flatMap(([key, value]) => {
    if (typeof value === 'string') return [value];
    return SETTINGS.includes(key) ? [`${key} ${String(value)}`] : [];
  });
  return names.join(', ') || 'throughput';
}

function toMeasured(row: Facts): Measured[] {
  const rate = RATES.map((name) => row[name]).find((value) => typeof value === 'number');
  const { threads } = row;
  if (typeof rate !== 'number' || typeof threads !== 'number') return [];
  return [{ series: nameOf(row), threads, rate }];
}

function checkNumber(name: string, value: unknown, min: number): void {
  const what = `a number of ${min} or above`;
  if (typeof value !== 'number') throw wrongType(name, what, value);
  if (!(value >= min)) throw outOfRange(name, what, value);
}

function checkScaleOptions(options: ScaleOptions): void {
  checkOptions(options, OPTIONS);
  const { from, to, atLeast, where } = options;
  if (from !== undefined) checkNumber('from', from, 1);
  if (to !== undefined) checkNumber('to', to, 1);
  if (from !== undefined && to !== undefined && to <= from) {
    throw outOfRange('to', `more threads than \`from\` (${from})`, to);
  }
  if (atLeast !== undefined) checkNumber('atLeast', atLeast, 0);
  if (where !== undefined && !isFacts(where)) throw wrongType('where', 'an object', where);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[middle]];
  return (low + high) / 2;
}

function rateAt(measured: readonly Measured[], threads: number): number | undefined {
  const rates = measured.filter((one) => one.threads === threads).map(({ rate }) => rate);
  return rates.length === 0 ? undefined : median(rates);
}

function scalingOf(name: string, measured: Measured[], options: ScaleOptions): Scaling | undefined {
  const threads = measured.map((one) => one.threads);
  const { from = smallest(threads), to = largest(threads) } = options;
  const { atLeast = SHARE_DEFAULT } = options;
  const [slow, fast] = [rateAt(measured, from), rateAt(measured, to)];
  if (slow === undefined || fast === undefined || from === to) return undefined;
  const share = fast / slow / (to / from);
  return { name, from, to, rates: [slow, fast], share, enough: share >= atLeast };
}

/**
 * How throughput grows with threads, for each thing that was measured with both numbers of them.
 *
 * @param received - A bench report, its rows, or reports of stress runs.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, also where nothing was measured
 *   with both numbers of threads
 */
export function measureScaling(received: unknown, options: ScaleOptions = {}): Scaling[] {
  checkScaleOptions(options);
  const wanted = Object.entries(options.where ?? {});
  const rows = toRows(received).map(flattened);
  const measured = rows
    .filter((row) => wanted.every(([key, value]) => row[key] === value))
    .flatMap(toMeasured);
  if (measured.length === 0) {
    const found = wanted.length > 0 && rows.length > 0 ? 'nothing that fits `where`' : received;
    throw wrongType('received', WHAT, found);
  }
  const series = new Map<string, Measured[]>();
  for (const one of measured) series.set(one.series, [...(series.get(one.series) ?? []), one]);
  const found = [...series].flatMap(([name, ones]) => scalingOf(name, ones, options) ?? []);
  if (found.length > 0) return found;
  const threads = [...new Set(measured.map((one) => one.threads))].sort((a, b) => a - b);
  const { from = 'fewer', to = 'more' } = options;
  const needs = `measured with ${from} and with ${to} threads`;
  throw outOfRange('received', needs, `threads ${threads.join(', ')}`);
}

/** `mcs, holdNs 0: 1.2M -> 2.3M ops/s from 1 to 2 threads, 0.96 of linear`. */
export function scalingText({ name, from, to, rates, share }: Scaling): string {
  const [slow, fast] = rates.map(formatCount);
  return `${name}: ${slow} -> ${fast} per second from ${from} to ${to} threads, ${share.toFixed(2)} of linear`;
}
