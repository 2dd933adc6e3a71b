import os from 'node:os';
import { errnoName } from './errno';
import { DmTortureError, outOfRange, wrongType } from './errors';
import { toTarget } from './explore-plan';
import { compileFormula } from './formula';
import { noResources, runJob } from './job';
import { cleanMasksOf, matrixVerdict } from './matrix-cells';
import { type MatrixPatch, weighPatches } from './matrix-patches';
import { nativeExplore } from './native';
import type { NativeMatrixEvent, NativeMatrixFinished } from './native-explore';
import { type PatchSet, patches } from './patches';
import { checkOptions, checkSignal } from './plan';
import { encodePrograms, type Race } from './program';
import { describeHead, type ReportHead } from './report';
import { scenarios as allScenarios } from './scenarios';
import { type FaultKind, rowAt, tables } from './tables';

/** How a matrix goes, in cells. */
export interface MatrixProgress {
  done: number;
  all: number;
}

/** What {@link matrix} takes. */
export interface MatrixOptions {
  /** Names, races, or texts of programs. @default every scenario */
  scenarios?: readonly (string | Race)[] | undefined;
  /** Which follow-up patches are in; those of the series are varied. @default 'all' */
  patches?: number | string | undefined;
  /** Subsets of the series, as masks of 0..255. @default all 256 */
  masks?: readonly number[] | undefined;
  /** Ends it; its report is then partial. */
  signal?: AbortSignal | undefined;
  /** Told now and then. */
  onProgress?: ((progress: MatrixProgress) => void) | undefined;
}

/** Every parameter of a matrix, as reports show it. */
export interface MatrixPlanReport {
  /** Always 0: nothing is left to chance. */
  seed: number;
  /** The follow-ups that are in; those of the series are varied. */
  patches: PatchSet;
  scenarios: string[];
  masks: number[];
  threads: number;
}

/** What one subset lets happen in one scenario. */
export interface MatrixCell {
  /** Of the series: bit n-1 is patch n. */
  mask: number;
  scenario: string;
  /** Kinds that can be reached. */
  faults: FaultKind[];
  exhaustive: boolean;
  executions: number;
  states: number;
}

/** A cell that is not what the scenario's `expects` says. */
export interface Disagreement extends Pick<MatrixCell, 'mask' | 'scenario'> {
  kind: FaultKind;
  /** Whether it can be reached; `expects` says the opposite. */
  reachable: boolean;
}

/** The report of {@link matrix}. */
export interface MatrixReport extends ReportHead<'matrix'> {
  plan: MatrixPlanReport;
  cells: MatrixCell[];
  /** Subsets without a fault in any scenario. */
  cleanMasks: number[];
  executions: number;
  states: number;
  /** Cells against the formulas of their scenarios. */
  disagreements: Disagreement[];
  /** What each patch does to the others. */
  patches: MatrixPatch[];
}

interface Cut {
  races: Race[];
  masks: number[];
  followUps: number;
}

const OPTIONS = ['scenarios', 'patches', 'masks', 'signal', 'onProgress'] as const;
const SERIES = patches.parse('series').mask;

function checkMasks(masks: unknown): number[] {
  if (masks === undefined) return Array.from({ length: SERIES + 1 }, (_, mask) => mask);
  if (!Array.isArray(masks)) throw wrongType('masks', 'an array of masks', masks);
  if (masks.length === 0) throw outOfRange('masks', 'at least one mask', 'none');
  for (const mask of masks) {
    if (Number.isInteger(mask) && mask >= 0 && mask <= SERIES) continue;
    throw outOfRange('masks', `masks of 0..${SERIES}`, mask);
  }
  return [...new Set<number>(masks)];
}

function makeCut(options: MatrixOptions): Cut {
  checkOptions(options, OPTIONS);
  checkSignal(options.signal);
  const { scenarios = allScenarios, patches: followUps = 'all', onProgress } = options;
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw wrongType('onProgress', 'a function', onProgress);
  }
  if (!Array.isArray(scenarios)) throw wrongType('scenarios', 'an array of scenarios', scenarios);
  if (scenarios.length === 0) throw outOfRange('scenarios', 'at least one scenario', 'none');
  return {
    races: scenarios.map(toTarget),
    masks: checkMasks(options.masks),
    followUps: patches.parse(followUps).mask & ~SERIES,
  };
}

function kindsOf(faultKinds: number): FaultKind[] {
  return tables.faults.filter((_, kind) => (faultKinds >>> kind) & 1).map(({ slug }) => slug);
}

/** The cells that were explored. */
function describeCells({ races, masks }: Cut, finished: NativeMatrixFinished): MatrixCell[] {
  const cells: MatrixCell[] = [];
  for (const [i, executions] of finished.executions.entries()) {
    if (executions === 0) continue;
    cells.push({
      mask: rowAt(masks, Math.floor(i / races.length)),
      scenario: rowAt(races, i % races.length).name,
      faults: kindsOf(finished.faultKinds[i] ?? 0),
      exhaustive: finished.exhausted[i] === 1,
      executions,
      states: finished.states[i] ?? 0,
    });
  }
  return cells;
}

function compare({ races, followUps }: Cut, cells: readonly MatrixCell[]): Disagreement[] {
  const expected = new Map(
    races.map(({ name, expects }) => [
      name,
      new Map(Object.entries(expects).map(([kind, when]) => [kind, compileFormula(when)])),
    ]),
  );
  return cells.flatMap(({ mask, scenario, faults }) =>
    tables.faults
      .map(({ slug: kind }) => ({ mask, scenario, kind, reachable: faults.includes(kind) }))
      .filter(({ kind, reachable }) => {
        const when = expected.get(scenario)?.get(kind);
        return reachable !== (when?.(mask | followUps) ?? false);
      }),
  );
}

const sum = (numbers: Float64Array): number => numbers.reduce((total, one) => total + one, 0);

function makeReport(cut: Cut, threads: number, finished: NativeMatrixFinished): MatrixReport {
  const cells = describeCells(cut, finished);
  const complete = errnoName(finished.error) !== 'EINTR';
  const disagreements = compare(cut, cells);
  const all = complete && cells.every(({ exhaustive }) => exhaustive);
  return {
    ...describeHead('matrix', matrixVerdict(disagreements, all), complete),
    plan: {
      seed: 0,
      patches: patches.parse(cut.followUps),
      scenarios: cut.races.map(({ name }) => name),
      masks: cut.masks,
      threads,
    },
    durationMs: finished.elapsedNs / 1e6,
    cells,
    cleanMasks: cleanMasksOf(cut.masks, cut.races.length, cells),
    executions: sum(finished.executions),
    states: sum(finished.states),
    disagreements,
    patches: weighPatches(cells),
  };
}

function nothingToInterleave(): DmTortureError {
  const message = 'One of the scenarios has nothing to interleave: it takes two threads';
  return new DmTortureError('ERR_OUT_OF_RANGE', message, { option: 'scenarios' });
}

async function run(cut: Cut, options: MatrixOptions): Promise<MatrixReport> {
  if (cut.races.some(({ cpus }) => cpus.length < 2)) throw nothingToInterleave();
  const binary = nativeExplore();
  const threads = os.availableParallelism();
  const masks = Uint32Array.from(cut.masks, (mask) => mask | cut.followUps);
  const programs = cut.races.map(encodePrograms);
  const finished = await runJob<NativeMatrixEvent>(
    'The matrix',
    {
      start: (onEvent) => binary.matrix(Float64Array.of(threads), masks, programs, onEvent),
      stop: (job) => binary.stop(job),
    },
    {
      signal: options.signal,
      progress: ({ done, all }) => options.onProgress?.({ done, all }),
    },
  );
  if (finished.nothing) throw nothingToInterleave();
  if (finished.error < 0 && errnoName(finished.error) !== 'EINTR') {
    throw noResources('The matrix', finished.error);
  }
  return makeReport(cut, threads, finished);
}

/**
 * Explore scenarios under subsets of the series, every interleaving of each: which subsets are
 * clean, and what each patch fixes and breaks.
 *
 * @returns A promise of the report. Its verdict is `clean` where every cell is what the formulas
 *   of its scenario say; it rejects where the tool fails, or with `signal.reason` where `signal`
 *   was aborted before the start.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 * @example
 * const { cleanMasks, disagreements } = await matrix({ scenarios: ['create-find'] });
 */
export function matrix(options: MatrixOptions = {}): Promise<MatrixReport> {
  return run(makeCut(options), options);
}
