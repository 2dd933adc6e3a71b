import { outOfRange, show, wrongType } from '../base/errors';
import { didYouMean } from '../base/suggest';
import { explore } from '../explore/explore';
import { findFixes } from '../explore/fixes';
import type { ExploreOptions } from '../explore/plan';
import { replay, type WithTicket } from '../explore/replay';
import type { ExploredFault, ExploreReport } from '../explore/report';
import { type ProgramExploreOptions, programOf } from '../own/plan';
import type { ProgramReport } from '../own/report';
import type { Check } from '../programs/final';
import { partOf } from '../programs/passed-on';
import { toTarget } from '../programs/target';
import { type FaultKind, faultRow, tables } from '../tables/tables';
import { type AsFastOptions, answerAsFast } from './as-fast';
import { type FaultyReport, faultsOf, reportText } from './reports';
import { measureScaling, type ScaleOptions, scalingText } from './scaling';
import { callText, foundText, listText, lookedText, replayText } from './text';
import { answerVerified, type VerifyMatchOptions } from './verified';

/** How a race is looked at. */
export interface MatchOptions extends ExploreOptions {
  /**
   * Only a search that came to its end proves anything. With `false`, one that a limit cut off, or
   * a strategy that has no end, is taken for what it saw. @default true
   */
  exhaustive?: boolean | undefined;
  /** Time limit: `'500ms'`, `'10s'`, or milliseconds. @default '4s', less than Jest gives a test */
  time?: number | string | undefined;
}

/** How a program of your own is looked at. */
export interface ProgramMatchOptions
  extends ProgramExploreOptions,
    Pick<MatchOptions, 'exhaustive' | 'time'> {
  /** As in {@link MatchOptions}. @default '4s' */
  time?: number | string | undefined;
}

/** What {@link DmTortureMatchers.toReplay} takes. */
export interface ReplayCheck {
  /** The check of the race, where the ticket is about `check-failed`. */
  check?: Check | undefined;
}

/** What a matcher answers; Jest and Vitest take the same. */
export interface MatcherResult {
  /** Whether what was expected is so. */
  pass: boolean;
  /** What is said where that is not what was wanted. */
  message: () => string;
}

/** What a test runner passes to a matcher, as far as these need it. */
export interface MatcherContext {
  /** It is called after `.not`. */
  isNot?: boolean;
  /** The function that asks in place of expect(), as messages name it. */
  asks?: string;
}

/** The matchers as they are called: `R` is what those that need not wait return. */
export interface DmTortureMatchers<R = unknown> {
  /**
   * A race (made by `race()`, a scenario's name, or the text of programs), or C and C++ of your own
   * (made by `program()`), shows no fault under any interleaving.
   *
   * @example
   * await expect(stale).toBeRaceFree({ patches: 'all' });
   * await expect(program('queue.c')).toBeRaceFree();
   */
  toBeRaceFree(options?: MatchOptions | ProgramMatchOptions): Promise<void>;
  /**
   * It can show a fault of that kind, or of one of those kinds, or any fault.
   *
   * @example
   * await expect(stale).toFault('use-after-free', { patches: 'none' });
   * await expect(program('queue.c')).toFault('use-after-free', { heap: 'reuse' });
   */
  toFault(
    kind: FaultKind | readonly FaultKind[],
    options?: MatchOptions | ProgramMatchOptions,
  ): Promise<void>;
  toFault(options?: MatchOptions | ProgramMatchOptions): Promise<void>;
  /**
   * A lock, by its name in `tables.locks`, or a C file of your own, is clean under the memory models:
   * see `verify`.
   *
   * @example
   * await expect('mcs').toBeVerified({ memory: 'rc11' });
   * await expect('./my_lock.c').toBeVerified({ memory: 'rc11' });
   */
  toBeVerified(options?: VerifyMatchOptions): Promise<void>;
  /**
   * The schedule of a ticket leads to the fault that it is about; which is of that kind.
   *
   * @example
   * await expect('dmt2.Ae8F…').toReplay('use-after-free');
   */
  toReplay(kind?: FaultKind, options?: ReplayCheck): Promise<void>;
  /**
   * A report of `stress`, `explore` or `replay`, or a DeviceMapper, has no fault.
   *
   * @example
   * expect(await stress({ duration: '1s' }).result).toHaveNoFaults();
   */
  toHaveNoFaults(): R;
  /**
   * Throughput grows with the threads, in everything that was measured: a bench report, its rows,
   * or reports of stress runs.
   *
   * @example
   * expect(report).toScale({ from: 1, to: 2, atLeast: 0.8, where: { lock: 'mcs' } });
   */
  toScale(options?: ScaleOptions): R;
  /**
   * A bench report is as fast as a baseline: no row is slower by more than `within`, with its whole
   * interval. Both need five runs, each a process (`bench ... --runs 5 --json`), and a reference in
   * every round, such as `pthread_mutex`; without them it fails with "cannot be compared".
   *
   * @example
   * expect(report).toBeAsFastAs(baseline, { within: 0.05 });
   */
  toBeAsFastAs(baseline: unknown, options?: AsFastOptions): R;
}

const TIME_DEFAULT = '4s';
const KINDS = tables.faults.map(({ slug }) => slug);

const answer = (pass: boolean, text: string): MatcherResult => ({ pass, message: () => text });

/** Fails whichever way the question was asked. */
const noAnswer = (context: MatcherContext | undefined, text: string): MatcherResult =>
  answer(context?.isNot === true, text);

function checkKinds(kinds: readonly unknown[]): void {
  for (const kind of kinds) {
    if (KINDS.includes(kind as FaultKind)) continue;
    const hint = typeof kind === 'string' ? didYouMean(kind, KINDS) : '';
    throw outOfRange('kind', hint ? 'a kind of fault' : KINDS.join(', '), kind, hint);
  }
}

type AnyMatchOptions = MatchOptions | ProgramMatchOptions;

/** A search that a matcher made, and whether it says anything. */
interface Looked {
  report: ExploreReport | ProgramReport;
  conclusive: boolean;
}

/** What is explored of what was given to expect(). */
async function lookAt(received: unknown, given: AnyMatchOptions): Promise<Looked> {
  if (typeof given !== 'object' || given === null) throw wrongType('options', 'an object', given);
  const { exhaustive = true, ...options } = given;
  if (typeof exhaustive !== 'boolean')
    throw wrongType('exhaustive', '`true` or `false`', exhaustive);
  const again = 'plan' in Object(received) ? { plan: received as object } : {};
  const settled = { time: TIME_DEFAULT, ...again, ...options };
  const own = programOf(received);
  const report = own
    ? await explore(own, settled as ProgramExploreOptions)
    : await exploreFixed(received, settled as ExploreOptions);
  const saw = !exhaustive && report.limit !== 'stopped';
  return { report, conclusive: report.exhaustive || saw };
}

/** A race is explored, and of each fault it is said which patches take it away. */
async function exploreFixed(received: unknown, options: ExploreOptions): Promise<ExploreReport> {
  const target = toTarget(received);
  const report = await explore(target, options);
  await findFixes(target, report, options.signal ?? new AbortController().signal);
  return report;
}

async function toBeRaceFree(
  this: MatcherContext | undefined,
  received: unknown,
  options: AnyMatchOptions = {},
): Promise<MatcherResult> {
  const { report, conclusive } = await lookAt(received, options);
  const call = callText(report.scenario, 'toBeRaceFree', [options], this);
  if (report.faults.length > 0) return answer(false, foundText(call, report.faults, report));
  if (report.verdict === 'fault') {
    return answer(false, lookedText(call, 'an outcome is forbidden', report, true));
  }
  const text = lookedText(call, 'no fault was found', report, conclusive);
  return conclusive ? answer(true, text) : noAnswer(this, text);
}

async function toFault(
  this: MatcherContext | undefined,
  received: unknown,
  wanted: FaultKind | readonly FaultKind[] | AnyMatchOptions = {},
  given: AnyMatchOptions = {},
): Promise<MatcherResult> {
  const named = typeof wanted === 'string' || Array.isArray(wanted);
  const kinds = named ? ([wanted].flat() as FaultKind[]) : [];
  const options = named ? given : (wanted as AnyMatchOptions);
  checkKinds(kinds);
  const { report, conclusive } = await lookAt(received, {
    // The first fault may be another, and races are looked for where somebody asks.
    ...(named && { allFaults: true }),
    ...(kinds.some((kind) => faultRow(kind)?.foundBy === 'races') && { races: true }),
    ...options,
  });
  const call = callText(report.scenario, 'toFault', named ? [wanted, options] : [options], this);
  const found = (report.faults as ExploredFault[]).filter(
    ({ kind }) => !named || kinds.includes(kind),
  );
  if (found.length > 0) return answer(true, foundText(call, found, report));
  const what = named ? `no ${listText(kinds, 'or')} was found` : 'no fault was found';
  const text = lookedText(call, what, report, conclusive);
  return conclusive ? answer(false, text) : noAnswer(this, text);
}

async function toBeVerified(
  this: MatcherContext | undefined,
  received: unknown,
  options: VerifyMatchOptions = {},
): Promise<MatcherResult> {
  if (typeof options !== 'object' || options === null) {
    throw wrongType('options', 'an object', options);
  }
  const { pass, conclusive, text } = await answerVerified(received, options, TIME_DEFAULT, this);
  return conclusive ? answer(pass, text) : noAnswer(this, text);
}

async function toReplay(
  this: MatcherContext | undefined,
  received: unknown,
  kind?: FaultKind,
  { check }: ReplayCheck = {},
): Promise<MatcherResult> {
  if (kind !== undefined) checkKinds([kind]);
  const report = await replay(received as string | WithTicket, { check });
  const asked = kind === undefined ? [] : [kind];
  const call = callText(show(partOf(received, 'ticket')), 'toReplay', asked, this);
  const pass = report.reproduced && (kind === undefined || report.fault?.kind === kind);
  return answer(pass, replayText(call, report, kind));
}

function toHaveNoFaults(this: MatcherContext | undefined, received: unknown): MatcherResult {
  const report: FaultyReport = faultsOf(received);
  const text = reportText(callText(report.what, 'toHaveNoFaults', [], this), report);
  if (report.faults.length > 0) return answer(false, text);
  return report.complete ? answer(true, text) : noAnswer(this, text);
}

function toScale(
  this: MatcherContext | undefined,
  received: unknown,
  options: ScaleOptions = {},
): MatcherResult {
  const scalings = measureScaling(received, options);
  const lines = scalings.map((one) => `  ${one.enough ? 'yes' : 'NO '} ${scalingText(one)}`);
  const text = [callText('report', 'toScale', [options], this), '', ...lines].join('\n');
  return answer(
    scalings.every(({ enough }) => enough),
    text,
  );
}

function toBeAsFastAs(
  this: MatcherContext | undefined,
  received: unknown,
  baseline: unknown,
  options: AsFastOptions = {},
): MatcherResult {
  const { pass, conclusive, text } = answerAsFast(received, baseline, options);
  const said = [callText('report', 'toBeAsFastAs', [options], this), '', text].join('\n');
  return conclusive ? answer(pass, said) : noAnswer(this, said);
}

/**
 * The matchers, for `expect.extend()`. Importing `dmtorture/jest` has Jest's `expect` know them.
 *
 * @example
 * import { matchers } from 'dmtorture/jest';
 * import { expect } from 'vitest';
 * expect.extend(matchers);
 */
export const matchers = {
  /** See {@link DmTortureMatchers.toBeRaceFree}. */
  toBeRaceFree,
  /** See {@link DmTortureMatchers.toFault}. */
  toFault,
  /** See {@link DmTortureMatchers.toBeVerified}. */
  toBeVerified,
  /** See {@link DmTortureMatchers.toReplay}. */
  toReplay,
  /** See {@link DmTortureMatchers.toHaveNoFaults}. */
  toHaveNoFaults,
  /** See {@link DmTortureMatchers.toScale}. */
  toScale,
  /** See {@link DmTortureMatchers.toBeAsFastAs}. */
  toBeAsFastAs,
};
