import type { NativeBareFinished, NativeExplored, NativeExploreEvent } from '../native/explore';
import { noResources, runJob } from '../native/job';
import { nativeExplore } from '../native/load';
import { encodePrograms } from '../programs/program';
import type { Race } from '../programs/race';
import { patches } from '../tables/patches';
import { type SearchName, type StrategyName, tables } from '../tables/tables';
import { type Meter, Pace } from './meter';
import { type BenchPlan, benchNumber, plannedScenario } from './plan';
import type { BenchExploreRow } from './rows';
import { estimate, estimatePairs } from './statistics';

/** A window of an exploration that has no end is cut off here. */
const WINDOW_MS_MAX = 2000;
/** Executions of bare fibers, where the exploration itself has few. */
const BARE_EXECUTIONS_MIN = 1000;

/** One window: the exploration, and as many points of fibers that only switch. */
interface Window {
  explored: NativeExplored;
  bare: NativeBareFinished;
}

function searchNumbers(strategy: StrategyName, plan: BenchPlan, index: number): Float64Array {
  const values: Partial<Record<SearchName, number>> = {
    patches: patches.parse('all').mask,
    strategy: tables.strategies.findIndex(({ name }) => name === strategy),
    executions: benchNumber(plan, 'executions'),
    timeMs: WINDOW_MS_MAX,
    allFaults: 1,
    races: Number(plan.report.races ?? false),
    minimise: 0,
    seed: (plan.report.seed + index) % Number.MAX_SAFE_INTEGER,
  };
  return Float64Array.from(tables.search, (row) => values[row.name] ?? row.fallback);
}

async function measureWindow(
  race: Race,
  numbers: Float64Array,
  seed: number,
  signal: AbortSignal,
): Promise<Window> {
  const binary = nativeExplore();
  const stop = (job: number): boolean => binary.stop(job);
  const watch = { progress: () => undefined };
  const explored = await runJob<NativeExploreEvent>(
    'The exploration',
    { start: (onEvent) => binary.explore(numbers, encodePrograms(race), onEvent), stop },
    { ...watch, signal },
  );
  if (explored.error < 0) throw noResources('The exploration', explored.error);
  const points = Math.round(explored.points / Math.max(1, explored.executions));
  const threads = race.cpus.length;
  const executions = Math.max(BARE_EXECUTIONS_MIN, explored.executions);
  const bareNumbers = Float64Array.of(threads, Math.max(threads, points), executions, seed);
  const bare = await runJob<NativeBareFinished>(
    'The bare fibers',
    { start: (onEvent) => binary.bare(bareNumbers, onEvent), stop },
    { ...watch, signal: undefined },
  );
  return { explored, bare };
}

const perSecond = (count: number, elapsedNs: number): number =>
  elapsedNs > 0 ? (count * 1e9) / elapsedNs : 0;
const nsPerPoint = ({ elapsedNs, points }: { elapsedNs: number; points: number }): number =>
  points > 0 ? elapsedNs / points : 0;

function describe(
  race: Race,
  strategy: StrategyName,
  races: boolean,
  windows: readonly Window[],
): BenchExploreRow {
  const of = (figure: (window: Window) => number): number[] => windows.map(figure);
  const median = (figure: (window: Window) => number): number => estimate(of(figure)).median;
  const schedules = of(({ explored }) => perSecond(explored.executions, explored.elapsedNs));
  const ours = of(({ explored }) => nsPerPoint(explored));
  const theirs = of(({ bare }) => nsPerPoint(bare));
  const vsBare = estimatePairs(ours, theirs, (our, their) => (our > 0 ? their / our : 0));
  const exhausted = windows.every(({ explored }) => explored.exhausted);
  return {
    scenario: race.name,
    threads: race.cpus.length,
    strategy,
    races,
    schedulesPerSecond: estimate(schedules).median,
    ci95: estimate(schedules).ci95,
    statesPerSecond: median(({ explored }) => perSecond(explored.states, explored.elapsedNs)),
    pointsPerSchedule: median(({ explored }) => explored.points / explored.executions),
    nsPerPoint: estimate(ours).median,
    bareNsPerPoint: estimate(theirs).median,
    vsBare: vsBare.median,
    vsBareCi95: vsBare.ci95,
    exhaustedMs: exhausted ? median(({ explored }) => explored.elapsedNs / 1e6) : 0,
    windows: schedules,
    bareWindows: theirs,
  };
}

/** Measure explorations, each window beside one of bare fibers. */
export const measureExplore: Meter<'explore'> = async (plan, listener, signal) => {
  signal.throwIfAborted();
  const { scenarios = [], strategies = [], races = false, windows, timeMs, seed } = plan.report;
  const pace = new Pace(timeMs, scenarios.length * strategies.length, listener.progress);
  for (const name of scenarios) {
    const race = plannedScenario(name);
    for (const strategy of strategies) {
      const measured: Window[] = [];
      await pace.part(windows, signal, async (index) => {
        const numbers = searchNumbers(strategy, plan, index);
        const window = await measureWindow(race, numbers, seed, signal);
        // One that was cut off in the middle is none.
        if (!signal.aborted) measured.push(window);
      });
      if (measured.length > 0) listener.row(describe(race, strategy, races, measured));
      if (signal.aborted) return pace.end(signal);
    }
  }
  return pace.end(signal);
};
