import { noResources } from '../native/job';
import { type Runner, startHere, startIsolated } from '../native/runner';
import type { NativeEvent, NativeFinished, NativeInput, NativeTotals } from '../native/stress';
import { isProgram, type Program } from '../own/program';
import { compileShell, type LockShell } from '../own/shell';
import type { WithPlan } from '../programs/passed-on';
import { Journal } from '../run/journal';
import { type JournalFile, shareOf, unitSeed } from '../run/shard';
import type { FaultKind } from '../tables/tables';
import { etaOf, FaultRun } from './fault-run';
import { makeProgramStressPlan, type ProgramStressOptions } from './own/plan';
import { ProgramStressRun } from './own/run';
import { makePlan, type StressOptions, type StressPlan } from './plan';
import {
  describeFault,
  describeOutcomes,
  describeRefused,
  type FaultReport,
  makeReport,
  type StressReport,
} from './report';
import { attachTickets } from './tickets';
import {
  faultsIn,
  foldUnits,
  type UnitContent,
  type UnitReport,
  unitCheck,
  unitInput,
} from './units';

const ownOf = (lock: LockShell | undefined, endsMs: number): Partial<NativeInput> =>
  lock ? { own: { name: lock.name, object: lock.object, isLibrary: lock.isLibrary, endsMs } } : {};

/** How a run goes. */
export interface Progress {
  /** Since the run began. */
  elapsedMs: number;
  /** Time left, where a limit gives it. */
  etaMs?: number;
  /** Operations up to now. */
  ops: number;
  /** How fast it goes. */
  opsPerSecond: number;
  /** Worlds that were built and emptied: rounds of a scenario, epochs of a storm. */
  rounds: number;
  /** Faults up to now. */
  faults: number;
}

/** Events of a {@link StressRun}. */
export interface StressEvents {
  /** Emitted every `tickMs`. */
  progress: [progress: Progress];
  /** A fault was seen. */
  fault: [fault: FaultReport];
  /** The report is there. */
  finished: [report: StressReport];
}

/**
 * A run on real threads, made by {@link stress}.
 *
 * Iterating it gives each fault once; leaving the loop stops the threads.
 */
export class StressRun extends FaultRun<FaultReport, StressReport, StressEvents> {
  /** The report. Rejects where the tool fails, or where `signal` was aborted before the start. */
  readonly result: Promise<StressReport>;
  readonly #plan: StressPlan;
  readonly #firsts = new Map<FaultKind, FaultReport>();
  readonly #stop = (): void => this.stop();
  /** Ends the search for tickets. */
  readonly #search = new AbortController();
  /** By unit; the slices that this run, or the journal, has. */
  readonly #done = new Map<number, UnitReport>();
  /** Units that are still to be run. */
  #waiting: number[];
  /** What the slices before this one came to. */
  #before: NativeTotals = { elapsedNs: 0, ops: 0, rounds: 0, faults: 0 };
  #journal: Journal | undefined;
  /** The lock of the user's, once it is compiled. */
  #lock: LockShell | undefined;
  #runner: Runner | undefined;
  #stopped = false;
  #resolve: (report: StressReport) => void = () => undefined;
  #reject: (reason: unknown) => void = () => undefined;

  /** Use {@link stress}. */
  constructor(plan: StressPlan) {
    super();
    this.#plan = plan;
    this.#waiting = [...plan.units.own];
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#start();
  }

  /** The child process of an isolated run. */
  get pid(): number | undefined {
    return this.#runner?.pid;
  }

  /** Stop the threads; the report then has what there was. Any number of times. */
  stop(): void {
    this.#stopped = true;
    if (this.ended) this.#search.abort();
    else this.#runner?.stop();
  }

  #start(): void {
    const { signal, journal } = this.#plan;
    if (signal?.aborted) {
      this.#fail(signal.reason);
      return;
    }
    signal?.addEventListener('abort', this.#stop, { once: true });
    if (journal) void this.#open(journal).catch((error) => this.#fail(error));
    else this.#next();
  }

  /** What the journal has needs not be run. */
  async #open(file: JournalFile): Promise<void> {
    const { report, units } = this.#plan;
    this.#journal = await Journal.open(
      file,
      { kind: 'stress', plan: report },
      { check: unitCheck(this.#plan) },
    );
    for (const unit of units.own) {
      const content = this.#journal.units.get(unit) as UnitContent | undefined;
      if (content) this.#add(unit, content.report);
    }
    this.#waiting = units.own.filter((unit) => !this.#done.has(unit));
    this.#next();
  }

  #add(unit: number, report: UnitReport): void {
    const ops = Object.values(report.ops).reduce((sum, { count }) => sum + count, 0);
    this.#done.set(unit, report);
    this.#before = {
      elapsedNs: this.#before.elapsedNs + report.durationMs * 1e6,
      ops: this.#before.ops + ops,
      rounds: this.#before.rounds + report.rounds,
      faults: this.#before.faults + faultsIn([report]),
    };
  }

  /** What is looked for has been found. */
  get #satisfied(): boolean {
    const { stopOnFault, maxFaults } = this.#plan.report;
    const { faults } = this.#before;
    return (stopOnFault && faults > 0) || (maxFaults > 0 && faults >= maxFaults);
  }

  /** Start the next slice, or come to the end. */
  #next(): void {
    const [unit] = this.#waiting;
    if (unit === undefined || this.#stopped || this.#satisfied) {
      const complete = this.#satisfied || unit === undefined;
      const reports = [...this.#done].sort(([a], [b]) => a - b).map(([, report]) => report);
      this.#conclude({ ...foldUnits(this.#plan, reports, complete), ...this.#journal?.notes });
      return;
    }
    const { lockFile } = this.#plan.report;
    if (lockFile !== undefined && !this.#lock) {
      compileShell(lockFile).then(
        (shell) => {
          this.#lock = shell;
          this.#next();
        },
        (error: unknown) => this.#fail(error as Error),
      );
      return;
    }
    const { durationMs } = this.#plan.report;
    const input = {
      ...unitInput(this.#plan, unit, this.#before.faults),
      ...ownOf(this.#lock, durationMs),
    };
    const event = (happened: NativeEvent): void => this.#handle(unit, happened);
    this.#firsts.clear();
    try {
      this.#runner = this.#plan.report.isolate
        ? startIsolated(input, { event, failed: (error) => this.#fail(error) })
        : startHere(input, event);
    } catch (error) {
      this.#fail(error);
    }
  }

  #handle(unit: number, event: NativeEvent): void {
    if (event.type === 'progress') {
      this.emit('progress', this.#progress(event.totals));
    } else if (event.type === 'fault') {
      this.#tell(describeFault(event, this.#plan.report.patches));
    } else {
      this.#finished(unit, event);
    }
  }

  #finished(unit: number, event: NativeFinished): void {
    let report: StressReport;
    try {
      if (event.error < 0) throw noResources('The run', event.error);
      const outcomes = describeOutcomes(this.#plan, event);
      const refused = describeRefused(this.#plan, event, outcomes);
      if (refused) this.#tell(refused);
      report = makeReport(this.#plan, event, this.#firsts, outcomes);
    } catch (error) {
      // Of a check that is none, or of a run that found no memory.
      this.#fail(error);
      return;
    }
    if (this.#plan.units.own.length === 1 && !this.#journal) this.#conclude(report);
    else void this.#close(unit, report).catch((error) => this.#fail(error));
  }

  /** A slice has ended: where it is whole, it goes into the journal. */
  async #close(unit: number, all: StressReport): Promise<void> {
    const { tool, version, kind, plan, ...report } = all;
    this.#add(unit, report);
    if (report.complete) {
      this.#waiting.shift();
      const content: UnitContent = { seed: unitSeed(this.#plan.report.seed, unit), report };
      if ((await this.#journal?.add(unit, content)) === false) this.#stopped = true;
    } else {
      this.#stopped = true;
    }
    this.#next();
  }

  #conclude(report: StressReport): void {
    // The journal can be resumed when the report is there.
    void this.#end().then(() => this.#look(report));
  }

  #look(report: StressReport): void {
    if (this.#plan.report.tickets) void this.#finishWithTickets(report);
    else this.#finish(report);
  }

  async #finishWithTickets(report: StressReport): Promise<void> {
    const { race, signal } = this.#plan;
    signal?.addEventListener('abort', this.#stop, { once: true });
    if (signal?.aborted) this.#stop();
    try {
      if (race) await attachTickets(report, race, { signal: this.#search.signal });
      this.#finish(report);
    } catch (error) {
      this.#reject(error);
    } finally {
      signal?.removeEventListener('abort', this.#stop);
    }
  }

  #finish(report: StressReport): void {
    this.#resolve(report);
    // Later, so that what a listener throws is nobody's rejection, and is not lost.
    queueMicrotask(() => this.emit('finished', report));
  }

  #tell(fault: FaultReport): void {
    const first = this.#firsts.get(fault.kind);
    if (!first || fault.atMs < first.atMs) this.#firsts.set(fault.kind, fault);
    // On the clock of the run; that of its slice is for the slice's report.
    const told = { ...fault, atMs: fault.atMs + this.#before.elapsedNs / 1e6 };
    this.see(told);
    this.emit('fault', told);
  }

  #progress(slice: NativeTotals): Progress {
    const [ops, rounds, faults] = (['ops', 'rounds', 'faults'] as const).map(
      (name) => this.#before[name] + slice[name],
    ) as [number, number, number];
    const elapsedMs = (this.#before.elapsedNs + slice.elapsedNs) / 1e6;
    const plan = this.#plan.report;
    const { index, count } = plan.shard ?? { index: 1, count: 1 };
    const ways = [
      [plan.durationMs, elapsedMs],
      [shareOf(plan.rounds, index - 1, count), rounds],
      [shareOf(plan.ops, index - 1, count), ops],
    ] as const;
    return {
      elapsedMs,
      ...etaOf(ways, elapsedMs),
      ops,
      opsPerSecond: elapsedMs > 0 ? (ops / elapsedMs) * 1000 : 0,
      rounds,
      faults,
    };
  }

  #fail(reason: unknown): void {
    void this.#end().then(() => this.#reject(reason));
  }

  async #end(): Promise<void> {
    const journal = this.#journal;
    this.#journal = undefined;
    this.#plan.signal?.removeEventListener('abort', this.#stop);
    this.endFaults();
    await journal?.close();
  }
}

/**
 * Run C or C++ of your own on real threads, again and again: each round is a process, whose threads are
 * delayed by random times. How it ends is what it shows.
 *
 * @param target - Made by {@link program}.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 * @example
 * const run = stress(program('queue.c'), { rounds: 1000, sanitizer: 'thread' });
 * const report = await run.result; // rejects where it does not compile
 * console.log(report.outcomes, report.faults);
 */
export function stress(target: Program, options?: ProgramStressOptions): ProgramStressRun;
/**
 * Run the protocol on real threads and report every fault.
 *
 * @param options - Or a report, whose plan is run again.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_INCOMPATIBLE_OPTIONS
 * @example
 * const run = stress({ patches: 'all,-05', scenario: 'remove-open', duration: '2s' });
 * for await (const fault of run) {
 *   console.log(fault.kind, fault.preventedBy);
 *   break; // stops the threads
 * }
 */
export function stress(options?: StressOptions | WithPlan): StressRun;
export function stress(
  given: StressOptions | WithPlan | Program = {},
  options: ProgramStressOptions = {},
): StressRun | ProgramStressRun {
  if (!isProgram(given)) return new StressRun(makePlan(given));
  return new ProgramStressRun(makeProgramStressPlan(given, options));
}
