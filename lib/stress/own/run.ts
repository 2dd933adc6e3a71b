import os from 'node:os';
import path from 'node:path';
import { durationOption } from '../../base/text';
import { nameOf } from '../../own/names';
import {
  type CountedOutcome,
  forbiddenText,
  gradeOf,
  outcomeText,
  recordedIn,
  unrecordedTexts,
} from '../../own/outcomes';
import { compilePlain, type PlainProgram, removePlain } from '../../own/plain';
import { unitSeed } from '../../run/shard';
import { ROUND_FAULTS } from '../../tables/round-faults';
import type { FaultKind } from '../../tables/tables';
import { etaOf, FaultRun } from '../fault-run';
import { placeOfAddress } from './lines';
import type { ProgramStressPlan } from './plan';
import {
  makeProgramStressReport,
  meaningOf,
  type ProgramFaultReport,
  type ProgramStressReport,
} from './report';
import { type RoundEnd, runRound } from './round';
import { type Sighting, sightingsOf } from './sightings';

/** How a run of a program on real threads goes. */
export interface ProgramStressProgress {
  /** Since the run began. */
  elapsedMs: number;
  /** Time left, where a limit gives it. */
  etaMs?: number;
  /** Runs of the program. */
  rounds: number;
  /** How fast it goes. */
  roundsPerSecond: number;
  /** Faults up to now. */
  faults: number;
}

/** Events of a {@link ProgramStressRun}. */
export interface ProgramStressEvents {
  /** Emitted every 50 ms. */
  progress: [progress: ProgramStressProgress];
  /** A round showed a fault. */
  fault: [fault: ProgramFaultReport];
  /** The rounds are over, and the explorer looks for their faults. */
  tickets: [];
  /** The report is there. */
  finished: [report: ProgramStressReport];
}

const TICK_MS = 50;
/** Different outcomes that are listed. */
const OUTCOMES_MAX = 10_000;

/**
 * A program on real threads, made by {@link stress}: it runs again and again, each time in a process
 * of its own, its threads delayed by random times.
 *
 * Iterating it gives each fault once; leaving the loop stops the run.
 */
export class ProgramStressRun extends FaultRun<
  ProgramFaultReport,
  ProgramStressReport,
  ProgramStressEvents
> {
  /** The report. Rejects where the program does not compile, or `signal` was aborted before it ran. */
  readonly result: Promise<ProgramStressReport>;
  readonly #plan: ProgramStressPlan;
  readonly #stop = new AbortController();
  readonly #faults = new Map<FaultKind, { count: number; first: ProgramFaultReport }>();
  readonly #outcomes = new Map<string, CountedOutcome>();
  #startMs = performance.now();
  #begun = 0;
  #rounds = 0;
  #threads = 0;
  #unlisted = false;

  /** Use {@link stress}. */
  constructor(plan: ProgramStressPlan) {
    super();
    this.#plan = plan;
    // Later, so that listeners are there.
    this.result = Promise.resolve().then(() => this.#run());
    this.result.catch(() => undefined);
  }

  /** Stop the run; the report then has what there was. Any number of times. */
  stop(): void {
    this.#stop.abort();
  }

  async #run(): Promise<ProgramStressReport> {
    const { signal, program, report: plan } = this.#plan;
    const stop = (): void => this.stop();
    try {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', stop, { once: true });
      const sanitizer = plan.sanitizer ?? undefined;
      const built = await compilePlain(program, { sanitizer, signal });
      try {
        return await this.#runBuilt(built);
      } finally {
        removePlain(built);
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      this.endFaults();
    }
  }

  async #runBuilt(built: PlainProgram): Promise<ProgramStressReport> {
    this.#startMs = performance.now();
    const ticker = setInterval(() => this.emit('progress', this.#progress()), TICK_MS);
    try {
      const jobs = Math.max(1, Math.floor(os.availableParallelism() / 2));
      await Promise.all(Array.from({ length: jobs }, () => this.#work(built)));
    } finally {
      clearInterval(ticker);
      // What failed in one of them ends the others.
      this.stop();
    }
    const report = makeProgramStressReport(this.#plan, built, {
      elapsedMs: performance.now() - this.#startMs,
      rounds: this.#rounds,
      threads: this.#threads,
      complete: this.#isDone,
      outcomes: [...this.#outcomes.values()],
      faults: this.#faults,
      warnings: [
        ...built.warnings,
        ...this.#unrecorded(),
        ...(this.#unlisted ? [`more than ${OUTCOMES_MAX} different outcomes: not all listed`] : []),
      ],
    });
    if (this.#plan.report.tickets && report.faults.length > 0) {
      this.emit('tickets');
      const { attachProgramTickets } = require('./tickets') as typeof import('./tickets');
      const { program, signal } = this.#plan;
      await attachProgramTickets(report, program, { signal });
    }
    queueMicrotask(() => this.emit('finished', report));
    return report;
  }

  get #faultCount(): number {
    return [...this.#faults.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** What was asked for has been done. */
  get #isDone(): boolean {
    const { rounds, durationMs, stopOnFault, maxFaults } = this.#plan.report;
    const faults = this.#faultCount;
    if ((stopOnFault && faults > 0) || (maxFaults > 0 && faults >= maxFaults)) return true;
    if (rounds > 0 && this.#rounds >= rounds) return true;
    return durationMs > 0 && performance.now() - this.#startMs >= durationMs;
  }

  /** One round after another. */
  async #work(built: PlainProgram): Promise<void> {
    const { seed, rounds, sanitizer, roundLimitMs, durationMs } = this.#plan.report;
    const { signal } = this.#stop;
    while (!signal.aborted && !this.#isDone && (rounds === 0 || this.#begun < rounds)) {
      const round = this.#begun++;
      const elapsedMs = performance.now() - this.#startMs;
      const roundSeed = unitSeed(seed, round);
      const end = await runRound({
        program: built,
        sanitizer: sanitizer ?? undefined,
        seed: roundSeed,
        limitMs: roundLimitMs,
        leftMs: durationMs > 0 ? durationMs - elapsedMs : Number.POSITIVE_INFINITY,
        signal,
      });
      // A round that was cut off says nothing.
      if (end.ended === 'stopped') continue;
      this.#rounds += 1;
      await this.#judge(end, { built, round: round + 1, seed: roundSeed });
      if (this.#isDone) this.stop();
    }
  }

  async #judge(
    end: RoundEnd,
    at: { built: PlainProgram; round: number; seed: number },
  ): Promise<void> {
    const threads = /^dmtorture: threads (\d+)$/m.exec(end.stderr)?.[1];
    // ThreadSanitizer of clang has one of its own.
    const isTsan = this.#plan.report.sanitizer === 'thread';
    const foreign = isTsan && at.built.compiler.family === 'clang' ? 1 : 0;
    this.#threads = Math.max(this.#threads, Number(threads ?? 0) - foreign, end.threads);
    const seen = sightingsOf(end, durationOption(this.#plan.report.roundLimitMs));
    const forbidden = this.#record(end);
    if (forbidden) seen.push(forbidden);
    const kinds = new Set<FaultKind>();
    for (const sighting of seen) {
      if (kinds.has(sighting.kind)) continue;
      kinds.add(sighting.kind);
      await this.#see(sighting, at);
    }
  }

  /** Names that no round recorded. */
  #unrecorded(): string[] {
    if (this.#rounds === 0) return [];
    return unrecordedTexts([...this.#outcomes.values()], this.#plan.report, 'round');
  }

  /** Count the outcome of a round that came to its end. Returns what is wrong with it. */
  #record({ stdout, signal, ended }: RoundEnd): Sighting | undefined {
    if (signal !== null || ended !== undefined) return undefined;
    const results = recordedIn(stdout);
    const name = outcomeText(results);
    const known = this.#outcomes.get(name);
    if (known) known.count += 1;
    else if (this.#outcomes.size < OUTCOMES_MAX) this.#outcomes.set(name, { results, count: 1 });
    else this.#unlisted = true;
    if (gradeOf({ results, count: 1 }, this.#plan.report) !== 'forbidden') return undefined;
    const place = { function: '', file: null, line: null };
    return {
      kind: ROUND_FAULTS.failed,
      message: forbiddenText(results),
      place,
      address: undefined,
    };
  }

  async #see(
    sighting: Sighting,
    { built, round, seed }: { built: PlainProgram; round: number; seed: number },
  ): Promise<void> {
    const known = this.#faults.get(sighting.kind);
    const atMs = performance.now() - this.#startMs;
    const { kind, message, address } = sighting;
    if (known) known.count += 1;
    const told = known?.first.message === message ? known.first : undefined;
    const looked =
      address !== undefined && !told ? await placeOfAddress(built, address) : undefined;
    const { function: name, file, line } = looked ?? told ?? sighting.place;
    const fault: ProgramFaultReport = {
      kind,
      ...meaningOf(kind),
      message,
      site: name,
      atMs,
      round,
      seed,
      function: name,
      code: '',
      file: file === null ? null : nameOf(path.resolve(file)),
      line,
      object: null,
      field: null,
    };
    if (!known) this.#faults.set(kind, { count: 1, first: fault });
    this.see(fault);
    this.emit('fault', fault);
  }

  #progress(): ProgramStressProgress {
    const { rounds, durationMs } = this.#plan.report;
    const elapsedMs = performance.now() - this.#startMs;
    const ways = [
      [durationMs, elapsedMs],
      [rounds, this.#rounds],
    ] as const;
    return {
      elapsedMs,
      ...etaOf(ways, elapsedMs),
      rounds: this.#rounds,
      roundsPerSecond: elapsedMs > 0 ? (this.#rounds / elapsedMs) * 1000 : 0,
      faults: this.#faultCount,
    };
  }
}
