import { DmTortureError } from '../base/errors';
import { isWeak, MEMORY_DEFAULT } from '../tables/memory';
import { isDeath, type MemoryName, tables } from '../tables/tables';
import type { BuiltProgram, Symbols } from './built';
import { replayArgs, type ScheduleArgs, searchArgs } from './host-args';
import { memoryOf, Names, offsetsIn, offsetsOfFault, offsetsOfReplay } from './naming';
import { recordable } from './outcomes';
import type { ProgramPlan, ProgramPlanReport } from './plan';
import type {
  HostDied,
  HostFault,
  HostFinished,
  HostProgress,
  HostRefused,
  HostReplayed,
} from './protocol';
import { askHost, type HostRun } from './run';
import type { RunOptions } from './ticket';

/** A fault that was found, and what its schedule does when it is run again. */
export interface FoundFault {
  fault: HostFault;
  replayed: HostReplayed;
  /** The model that its ticket needs. */
  memory: MemoryName;
}

/** What a search came to. */
export interface Searched {
  found: HostFinished;
  faults: FoundFault[];
  names: Names;
}

/** How the host is run; tests have one of their own. */
export type HostSettings = Pick<HostRun, 'command'>;

/** A replay of one schedule that takes longer than that hangs. */
const REPLAY_MS = 60_000;

/** Signals that a program dies of, by their numbers. */
const SIGNALS: Readonly<Record<number, string>> = {
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  11: 'SIGSEGV',
};

/** What changes an execution, of a plan. */
export function runOptions(plan: ProgramPlanReport, heap: RunOptions['heap']): RunOptions {
  const { orders, memory, volatile, main, spurious, leaks } = plan;
  const forbid = recordable(plan.forbidOutcomes);
  return { heap, orders, memory, volatile, main, spurious, leaks, forbid };
}

/** What the host refuses, with the line. */
async function refusal(
  { message, at }: Pick<HostRefused, 'message' | 'at'>,
  symbols: Symbols,
): Promise<DmTortureError> {
  const names = await Names.of(symbols, [at, ...offsetsIn(message)], []);
  const where = names.at(at);
  const said = names.words(message);
  const text = where === '' || said.includes(where) ? said : `${where}: ${said}`;
  return new DmTortureError('ERR_PROGRAM', text);
}

const NO_PROGRESS: HostProgress = {
  type: 'progress',
  executions: 0,
  states: 0,
  elapsedNs: 0,
  faults: 0,
  shortens: false,
};

/** A search that was stopped before it had anything to report. */
function stopped({ executions, states, elapsedNs }: HostProgress): HostFinished {
  return {
    type: 'finished',
    error: 0,
    refused: [],
    refusedAt: null,
    differs: [],
    exhausted: false,
    limit: 'stopped',
    foundBy: '',
    bound: 0,
    stepsLongest: 0,
    longestAt: 0,
    executions: Math.max(executions, states),
    blocked: 0,
    points: 0,
    elapsedNs,
    threads: 0,
    knowledge: [],
    heaps: [],
    spin: null,
    faults: [],
    outcomes: [],
  };
}

/** A death that the program brought on its process is a fault like another. */
function deathFault(died: HostDied, execution: number): HostFault {
  const { signal, status, schedule, steps, knowledge, heap } = died;
  const how = signal > 0 ? (SIGNALS[signal] ?? `signal ${signal}`) : `exit status ${status}`;
  return {
    kind: tables.faults.find(({ death }) => death)?.slug ?? '',
    at: null,
    other: null,
    cpu: -1,
    message: [`the program's process died of ${how}`],
    count: 1,
    execution,
    preemptions: schedule.length,
    steps,
    minimal: false,
    schedule,
    knowledge,
    heap,
    events: [],
    place: null,
    waits: [],
  };
}

/** Of a death no replay comes back: its story is what is known before it. */
function withoutStory(fault: HostFault, threads: number): HostReplayed {
  const { kind, at, other, cpu, message, place, preemptions, steps, events, waits } = fault;
  return {
    type: 'replayed',
    reproduced: false,
    met: false,
    kind,
    at,
    other,
    cpu,
    message,
    place,
    preemptions,
    steps,
    threads,
    events,
    lines: [],
    prints: [],
    waits,
  };
}

const REPLAYS_AT_ONCE = 4;

/** What `work` makes of each of `items`, `atOnce` at a time. */
async function inOrder<Item, Made>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = [];
  for (let first = 0; first < items.length; first += atOnce) {
    const some = items.slice(first, first + atOnce).map(work);
    // One that fails leaves none of the others behind.
    await Promise.allSettled(some);
    for (const one of await Promise.all(some)) made.push(one);
  }
  return made;
}

/** Runs one program. */
export class ProgramHost {
  readonly #built: BuiltProgram;
  readonly #symbols: Symbols;
  readonly #settings: HostSettings;

  constructor(built: BuiltProgram, symbols: Symbols, settings: HostSettings = {}) {
    this.#built = built;
    this.#symbols = symbols;
    this.#settings = settings;
  }

  /**
   * Search, and run the schedule of each fault again for its story.
   *
   * @throws DmTortureError ERR_PROGRAM, ERR_NOT_DETERMINISTIC, ERR_NATIVE_CRASH
   */
  async search(plan: ProgramPlan): Promise<Searched> {
    const found = await this.#find(plan);
    const faults = await inOrder(found.faults, REPLAYS_AT_ONCE, (fault) =>
      this.#withStory(fault, found.threads, plan),
    );
    return { found, faults, names: await this.#names(faults, found) };
  }

  async #withStory(fault: HostFault, threads: number, plan: ProgramPlan): Promise<FoundFault> {
    const { schedule, knowledge, kind, at, other, heap } = fault;
    const run = runOptions(plan.report, heap);
    const wanted = { schedule, knowledge, run, kind, at, other };
    const replayed = await this.replay(wanted).catch((error: unknown) => {
      if (isDeath(kind) && at === null) return withoutStory(fault, threads);
      throw error;
    });
    return { fault, replayed, memory: await this.#memoryOf(wanted) };
  }

  /**
   * The model that a ticket of a schedule needs: where every access sees the newest, it is one of
   * sequential consistency, if the fault comes there, too.
   */
  async #memoryOf(wanted: ScheduleArgs): Promise<MemoryName> {
    const { run, schedule } = wanted;
    if (!isWeak(run.memory) || schedule.some(([, , option = 0]) => option > 0)) return run.memory;
    const again = { ...wanted, run: { ...run, memory: MEMORY_DEFAULT } };
    const { reproduced, met } = await this.replay(again);
    return reproduced && met ? MEMORY_DEFAULT : run.memory;
  }

  /**
   * Run one schedule.
   *
   * @throws DmTortureError ERR_PROGRAM, ERR_NATIVE_CRASH
   */
  async replay(wanted: ScheduleArgs): Promise<HostReplayed> {
    const args = replayArgs(this.#built.object, wanted);
    const asked = { args, onEvent: () => undefined, limitMs: REPLAY_MS, ...this.#settings };
    const { last, refused } = await askHost('replayed', asked);
    if (refused) throw await refusal(refused, this.#symbols);
    if (!last) throw new Error('dmtorture bug: a replay that nobody stopped has no end');
    return last;
  }

  /** The names of everything that a replay is about. */
  namesOf(replayed: HostReplayed, at: string | null): Promise<Names> {
    return Names.of(this.#symbols, [at, ...offsetsOfReplay(replayed)], memoryOf(replayed));
  }

  #names(faults: readonly FoundFault[], { spin }: HostFinished): Promise<Names> {
    const offsets = faults.flatMap(({ fault, replayed }) => [
      ...offsetsOfFault(fault),
      ...offsetsOfReplay(replayed),
    ]);
    const memory = faults.flatMap(({ fault, replayed }) => [
      ...(fault.place ? [fault.place] : []),
      ...memoryOf(replayed),
    ]);
    return Names.of(this.#symbols, [...offsets, spin?.at], memory);
  }

  async #find(plan: ProgramPlan): Promise<HostFinished> {
    const { report, signal, onProgress } = plan;
    const deaths: HostDied[] = [];
    let progress = NO_PROGRESS;
    const { last, refused } = await askHost('finished', {
      args: searchArgs(this.#built.object, plan),
      signal,
      limitMs: report.timeMs,
      ...this.#settings,
      onEvent: (event) => {
        if (event.type === 'died') deaths.push(event);
        if (event.type !== 'progress') return;
        progress = event;
        const { executions, states, elapsedNs, faults, shortens } = event;
        onProgress({ elapsedMs: elapsedNs / 1e6, executions, states, faults, shortens });
      },
    });
    if (refused) throw await refusal(refused, this.#symbols);
    const found = last ?? stopped(progress);
    await this.#check(found, report);
    // What the host has counted itself may be of another kind: what it had to end is a hang.
    const isCounted = found.faults.some(({ kind }) => isDeath(kind)) || last !== undefined;
    const own = isCounted ? [] : deaths.map((died) => deathFault(died, progress.executions + 1));
    return { ...found, faults: [...found.faults, ...own.slice(0, 1)] };
  }

  /** @throws DmTortureError for a search that says nothing of the program */
  async #check(found: HostFinished, { scenario }: ProgramPlanReport): Promise<void> {
    if (found.refused.length > 0) {
      const said = { message: found.refused, at: found.refusedAt };
      throw await refusal(said, this.#symbols);
    }
    if (found.differs.length > 0) {
      const names = await Names.of(this.#symbols, offsetsIn(found.differs), []);
      const said = names.words(found.differs).replace(/\bcpu(?=\d)/g, 'thread ');
      const message =
        `\`${scenario}\` did not do the same when it was run again: ${said}; have it depend on its ` +
        'own memory alone: what the C library and the system keep is not put back';
      throw new DmTortureError('ERR_NOT_DETERMINISTIC', message);
    }
    if (found.error < 0) {
      const message = `The exploration cannot go on: error ${-found.error}`;
      throw new DmTortureError('ERR_NO_RESOURCES', message);
    }
  }
}
