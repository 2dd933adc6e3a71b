import { DmTortureError, incompatible } from '../base/errors';
import type { NativeExplored, NativeExploreEvent } from '../native/explore';
import { noResources, runJob } from '../native/job';
import { nativeExplore } from '../native/load';
import { type ProgramExploreOptions, programOf } from '../own/plan';
import { isProgram, type Program } from '../own/program';
import type { ProgramReport } from '../own/report';
import { refusedEnds } from '../programs/ends';
import type { Check } from '../programs/final';
import type { WithPlan } from '../programs/passed-on';
import type { Race } from '../programs/race';
import type { TargetText } from '../programs/scenarios';
import { Journal } from '../run/journal';
import { restoreTraces } from '../story/drawing';
import { tables } from '../tables/tables';
import { planAfter, runParts } from './parts';
import {
  againPlan,
  type ExploreOptions,
  type ExplorePlan,
  makeExplorePlan,
  numberOf,
  wasCut,
  withNumbers,
} from './plan';
import { exploreProgram } from './programs';
import { type ExploreReport, makeExploreReport } from './report';
import { type ExploredUnit, foldUnits, unitCheck, unitPlan } from './units';

function nothingToInterleave({ race }: ExplorePlan): DmTortureError {
  const message =
    `There is nothing to interleave in \`${race.name}\`: ` +
    'it takes two threads that each come to something shared';
  return new DmTortureError('ERR_OUT_OF_RANGE', message, { option: 'scenario' });
}

function notDeterministic({ race }: ExplorePlan, differs: string): DmTortureError {
  const message = `\`${race.name}\` did not do the same when it was run again: ${differs}`;
  return new DmTortureError('ERR_NOT_DETERMINISTIC', message, { option: 'scenario' });
}

/** Of the time, where a check has to see ends before a search can look for those that it refuses. */
const FIRST_LOOK = 0.45;

async function search(plan: ExplorePlan, refused?: Int32Array): Promise<NativeExplored> {
  const { numbers, programs, signal, onProgress, part } = plan;
  const binary = nativeExplore();
  const explored = await runJob<NativeExploreEvent>(
    'The exploration',
    {
      start: (onEvent) => binary.explore(numbers, programs, onEvent, refused, part),
      stop: (job) => binary.stop(job),
    },
    {
      signal,
      progress: ({ totals: { elapsedNs, executions, states } }) =>
        onProgress({ elapsedMs: elapsedNs / 1e6, executions, states }),
    },
  );
  if (explored.differs !== undefined) throw notDeterministic(plan, explored.differs);
  if (explored.nothing) throw nothingToInterleave(plan);
  if (explored.refused !== '') throw incompatible('memory', explored.refused);
  if (explored.error < 0) throw noResources('The exploration', explored.error);
  return explored;
}

/**
 * Ends are collected first. Where the check refuses some of them, the same search is made again
 * with those as faults: it comes to them as it did before, and they are minimised and reported as any
 * other fault is. Of a time limit each of the two has its share.
 */
async function searchWithCheck(plan: ExplorePlan, check: Check): Promise<NativeExplored> {
  const beganMs = performance.now();
  const timeMs = numberOf(plan, 'timeMs');
  const first = withNumbers(plan, { timeMs: Math.ceil(timeMs * FIRST_LOOK) });
  const explored = await search(first, new Int32Array(0));
  const spentMs = performance.now() - beganMs;
  const checkMs = timeMs === 0 ? undefined : Math.max(1, timeMs - spentMs);
  const { refused, all } = refusedEnds(plan.race, check, explored, checkMs);
  // What the check has not seen may be what it would refuse.
  if (!all) explored.limit = tables.ends.findIndex(({ name }) => name === 'time');
  if (refused.length === 0) return explored;
  const leftMs = timeMs && Math.max(1, Math.round(timeMs - (performance.now() - beganMs)));
  const again = await search(againPlan(plan, explored, leftMs), refused);
  return wasCut(explored) ? { ...again, limit: explored.limit } : again;
}

async function runOne(plan: ExplorePlan): Promise<ExploreReport> {
  const { race } = plan;
  const beganMs = performance.now();
  const explored = await (race.check ? searchWithCheck(plan, race.check) : search(plan));
  const report = makeExploreReport(plan, explored);
  return race.check ? { ...report, durationMs: performance.now() - beganMs } : report;
}

async function runInParts(plan: ExplorePlan, journal: Journal | undefined): Promise<ExploreReport> {
  const { units, report, signal } = plan;
  const { parts, stopped } = await runParts<ExploredUnit>({
    own: units.own,
    allFaults: report.allFaults,
    signal,
    journal,
    restore: (part) => restoreTraces({ ...part, plan: report }),
    run: async (unit, before) => {
      const {
        tool,
        version,
        kind,
        plan: own,
        ...part
      } = await runOne(planAfter(unitPlan(plan, unit), before));
      return part;
    },
  });
  return foldUnits(plan, parts, stopped);
}

async function run(plan: ExplorePlan): Promise<ExploreReport> {
  const { race, units, journal: file } = plan;
  if (race.cpus.length < 2) throw nothingToInterleave(plan);
  plan.signal?.throwIfAborted();
  if (units.own.length === 1 && !file) return runOne(unitPlan(plan, units.own[0] ?? 0));
  const journal =
    file &&
    (await Journal.open(file, { kind: 'explore', plan: plan.report }, { check: unitCheck(plan) }));
  try {
    return { ...(await runInParts(plan, journal)), ...journal?.notes };
  } finally {
    await journal?.close();
  }
}

/**
 * Run C or C++ of your own under every interleaving, or as many as there is time for.
 *
 * @param target - Made by {@link program}.
 * @returns A promise of the report; it rejects where an argument is wrong, and where the program does not
 *   compile, calls what cannot be explored, or starts no thread (DmTortureError ERR_COMPILE,
 *   ERR_NO_COMPILER, ERR_PROGRAM).
 * @example
 * const report = await explore(program('queue.c', { flags: ['-DN=2'] }), { time: '10s' });
 * console.log(report.evidence, String(report.faults[0]?.trace));
 */
export function explore(target: Program, options?: ProgramExploreOptions): Promise<ProgramReport>;
/**
 * Run thread programs under every interleaving, or as many as there is time for.
 *
 * @param target - A scenario's name, a {@link race}, the text of programs such as
 *   `cpu1: create 0 ; cpu2: get 0, put 0`, or a report, whose programs are explored as its plan says.
 * @returns A promise of the report. Faults are in it, each with a ticket that replays it; it
 *   rejects where an argument is wrong (DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE,
 *   ERR_INCOMPATIBLE_OPTIONS), where there is nothing to interleave, where the tool fails, or with
 *   `signal.reason` where `signal` was aborted before the start.
 * @example
 * const found = await explore('create-find', { patches: 'all,-02' });
 * console.log(found.evidence, String(found.faults[0].trace));
 */
export function explore(
  target: TargetText | Race | WithPlan,
  options?: ExploreOptions,
): Promise<ExploreReport>;
export async function explore(
  target: TargetText | Race | WithPlan | Program,
  options: ExploreOptions | ProgramExploreOptions = {},
): Promise<ExploreReport | ProgramReport> {
  const own = programOf(target);
  if (own) {
    const before = isProgram(target) ? {} : { plan: target as object };
    return exploreProgram(own, { ...before, ...(options as ProgramExploreOptions) });
  }
  return exploreRace(target as TargetText | Race | WithPlan, options as ExploreOptions);
}

async function exploreRace(
  target: TargetText | Race | WithPlan,
  options: ExploreOptions,
): Promise<ExploreReport> {
  const isReport = typeof target === 'object' && target !== null && 'plan' in target;
  return run(makeExplorePlan(target, isReport ? { plan: target, ...options } : options));
}
