import os from 'node:os';
import { hasBit } from '../base/bounds';
import { DmTortureError, incompatible, outOfRange, wrongType } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import type { NativeMatrixEvent, NativeMatrixFinished } from '../native/explore';
import { noResources, runJob } from '../native/job';
import { nativeExplore } from '../native/load';
import { partOf, readOptions, type WithPlan } from '../programs/passed-on';
import { encodePrograms } from '../programs/program';
import type { Race } from '../programs/race';
import { scenarios as allScenarios, type TargetText } from '../programs/scenarios';
import { toTarget } from '../programs/target';
import type { disagreement, matrixPlan, matrixResult } from '../reports/documents/matrix';
import { describeHead, type ReportHead } from '../reports/head';
import { cleanMasksOf, type MatrixCell, matrixVerdict, toCell } from '../reports/matrix-cells';
import { weighPatches } from '../reports/matrix-patches';
import { Journal } from '../run/journal';
import { modelNumber, readMemory } from '../run/memory';
import { checkOptions, checkSignal } from '../run/params';
import { type JournalFile, readSplit, type Shard, type SplitOptions } from '../run/shard';
import { errnoName } from '../tables/errno';
import { compileFormula } from '../tables/formula';
import { limitOf, worstLimit } from '../tables/limit';
import { type PatchSet, patches } from '../tables/patches';
import { type FaultKind, isDataRace, type MemoryName, rowAt, tables } from '../tables/tables';
import type { PatchSelection } from '../tables/tables.gen';
import { checkedCells } from './matrix-checked';
import { unitCheck } from './matrix-units';

export type { MatrixCell } from '../reports/matrix-cells';

/** How a matrix goes, in cells. */
export interface MatrixProgress {
  /** Cells that are explored. */
  done: number;
  /** Cells that are to be. */
  all: number;
}

/** What {@link matrix} takes. With a shard its cells alone are explored. */
export interface MatrixOptions extends Omit<SplitOptions, 'slices'> {
  /** Names, races, or texts of programs. @default every scenario */
  scenarios?: readonly (TargetText | Race)[] | undefined;
  /** Which follow-up patches are in; those of the series are varied. @default 'all' */
  patches?: PatchSelection | undefined;
  /** The memory model of every cell: what an access may see. @default 'sc' */
  memory?: MemoryName | undefined;
  /** Subsets of the series, as masks of 0..255 or cells that have one. @default all 256 */
  masks?: readonly (number | { readonly mask: number })[] | undefined;
  /** A report, or the plan of one: what is not given here is as it was there. */
  plan?: object | undefined;
  /** Ends it; its report is then partial. */
  signal?: AbortSignal | undefined;
  /** Called now and then. */
  onProgress?: ((progress: MatrixProgress) => void) | undefined;
}

/** Every parameter of a matrix, as reports show it. */
export type MatrixPlanReport = OutputOf<typeof matrixPlan>;

/** A cell that is not what the scenario's `expects` says. */
export type Disagreement = OutputOf<typeof disagreement>;

/** The report of {@link matrix}. */
export interface MatrixReport extends ReportHead<'matrix'>, OutputOf<typeof matrixResult> {
  /** Every parameter. */
  plan: MatrixPlanReport;
}

/** A checked matrix, ready to be filled. */
export interface Cut {
  races: Race[];
  masks: number[];
  followUps: PatchSet;
  memory: MemoryName;
  shard: Shard | undefined;
  journal: JournalFile | undefined;
}

/** Cells that are explored at once: those of some masks in some scenarios. */
interface Block {
  masks: number[];
  races: Race[];
}

/** What a block came to; in a journal it is that of a mask. */
interface Filled {
  cells: MatrixCell[];
  durationMs: number;
}

const OPTIONS = [
  'scenarios',
  'patches',
  'masks',
  'memory',
  'signal',
  'onProgress',
  'shard',
  'journal',
  'resume',
] as const;
const SERIES = patches.parse('series');
/** Its patches are the first of the table, so its subsets are the masks up to its own. */
const SUBSET_MAX = SERIES.mask;

const isInteger = (value: unknown): value is number => Number.isInteger(value);

function checkMasks(masks: unknown): number[] {
  if (masks === undefined) return Array.from({ length: SUBSET_MAX + 1 }, (_, mask) => mask);
  if (!Array.isArray(masks)) throw wrongType('masks', 'an array of masks', masks);
  if (masks.length === 0) throw outOfRange('masks', 'at least one mask', 'none');
  const numbers = masks.map((mask: unknown) => partOf(mask, 'mask'));
  for (const mask of numbers) {
    if (isInteger(mask) && mask >= 0 && mask <= SUBSET_MAX) continue;
    throw outOfRange('masks', `masks of 0..${SUBSET_MAX}`, mask);
  }
  return [...new Set(numbers.filter(isInteger))];
}

/**
 * Check what {@link matrix} was given.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_INCOMPATIBLE_OPTIONS
 */
export function makeCut(given: MatrixOptions | WithPlan): Cut {
  const options = readOptions<MatrixOptions>(
    given,
    [],
    ['scenarios', 'patches', 'masks', 'memory', 'shard'],
  );
  checkOptions(options, OPTIONS);
  checkSignal(options.signal);
  const { scenarios = allScenarios, patches: followUps = 'all', onProgress } = options;
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw wrongType('onProgress', 'a function', onProgress);
  }
  if (!Array.isArray(scenarios)) throw wrongType('scenarios', 'an array of scenarios', scenarios);
  if (scenarios.length === 0) throw outOfRange('scenarios', 'at least one scenario', 'none');
  return {
    races: scenarios.map((one: unknown) => toTarget(one, '; options stand beside `scenarios`')),
    masks: checkMasks(options.masks),
    followUps: patches.parse(followUps).without(SERIES),
    memory: readMemory(options.memory),
    ...readSplit(options),
  };
}

/** The scenarios of a mask that are the shard's: every shard has some masks of each scenario. */
function racesOf({ races, shard }: Cut, maskIndex: number): Race[] {
  if (!shard) return races;
  return races.filter((_, i) => (maskIndex + i) % shard.count === shard.index - 1);
}

/** The work: as few blocks as possible; for a journal one block for each mask. */
function blocksOf(cut: Cut): Block[] {
  const count = cut.journal ? cut.masks.length : (cut.shard?.count ?? 1);
  const blocks = Array.from({ length: Math.min(count, cut.masks.length) }, (_, first) => ({
    masks: cut.masks.filter((_, i) => i % count === first),
    races: racesOf(cut, first),
  }));
  return blocks.filter(({ races }) => races.length > 0);
}

function kindsOf(faultKinds: number): FaultKind[] {
  return tables.faults.filter((_, kind) => hasBit(faultKinds, kind)).map(({ slug }) => slug);
}

/** The cells that were explored. */
function describeCells({ races, masks }: Block, finished: NativeMatrixFinished): MatrixCell[] {
  const cells: MatrixCell[] = [];
  for (const [i, executions] of finished.executions.entries()) {
    if (executions === 0) continue;
    const mask = rowAt(masks, Math.floor(i / races.length));
    const { name } = rowAt(races, i % races.length);
    cells.push(
      toCell(mask, name, kindsOf(finished.faultKinds[i] ?? 0), {
        exhaustive: finished.exhausted[i] === 1,
        limit: limitOf(rowAt(tables.ends, finished.limits[i] ?? 0).name, false),
        executions,
        states: finished.states[i] ?? 0,
      }),
    );
  }
  return cells;
}

/**
 * Cells against what their scenarios expect, which is said of sequential consistency. Under RC11 races
 * are looked for, and one ends the execution that would have come to something else: where the
 * scenario expects a fault, a race stands for it.
 */
function compare({ races, followUps, memory }: Cut, cells: readonly MatrixCell[]): Disagreement[] {
  const expected = new Map(
    races.map(({ name, expects }) => [
      name,
      new Map(Object.entries(expects).map(([kind, when]) => [kind, compileFormula(when)])),
    ]),
  );
  return cells.flatMap(({ mask, scenario, faults, exhaustive }) => {
    const set = followUps.with({ mask });
    const formulas = expected.get(scenario) ?? new Map<string, never>();
    const isExpected = (kind: FaultKind): boolean => formulas.get(kind)?.(set) ?? false;
    const isRacy =
      memory === 'rc11' &&
      faults.some(isDataRace) &&
      tables.faults.some(({ slug }) => isExpected(slug));
    return tables.faults
      .map(({ slug: kind }) => ({ mask, scenario, kind, reachable: faults.includes(kind) }))
      .filter(({ kind, reachable }) => {
        if (isRacy && (isDataRace(kind) || !reachable)) return false;
        // A search that was cut off cannot say that a kind is out of reach.
        if (!reachable && !exhaustive) return false;
        return reachable !== isExpected(kind);
      });
  });
}

/** Cells in the order of the whole: masks outside, scenarios inside. */
function inOrder({ races, masks }: Cut, cells: readonly MatrixCell[]): MatrixCell[] {
  const place = new Map(races.map(({ name }, i) => [name, i]));
  const row = new Map(masks.map((mask, i) => [mask, i]));
  const at = ({ mask, scenario }: MatrixCell): number =>
    (row.get(mask) ?? 0) * races.length + (place.get(scenario) ?? 0);
  return [...cells].sort((a, b) => at(a) - at(b));
}

function describePlan(cut: Cut, threads: number): MatrixPlanReport {
  return {
    seed: 0,
    patches: cut.followUps.toJSON(),
    scenarios: cut.races.map(({ name }) => name),
    masks: cut.masks,
    memory: cut.memory,
    threads,
    ...(cut.shard && { shard: cut.shard }),
  };
}

function makeReport(cut: Cut, plan: MatrixPlanReport, filled: readonly Filled[]): MatrixReport {
  const cells = inOrder(
    cut,
    filled.flatMap((block) => block.cells),
  );
  const own = cut.masks.reduce((count, _, i) => count + racesOf(cut, i).length, 0);
  const stopped = cells.length < own;
  const complete = !stopped && cells.every(({ exhaustive }) => exhaustive);
  const disagreements = compare(cut, cells);
  const sum = (of: (cell: MatrixCell) => number): number =>
    cells.reduce((total, cell) => total + of(cell), 0);
  return {
    ...describeHead('matrix', matrixVerdict(disagreements, complete), complete),
    plan,
    durationMs: filled.reduce((ms, { durationMs }) => ms + durationMs, 0),
    memory: cut.memory,
    limit: worstLimit([...cells.map(({ limit }) => limit), ...(stopped ? ['stopped'] : [])]),
    cells,
    cleanMasks: cleanMasksOf(cut.masks, cut.races.length, cells),
    executions: sum(({ executions }) => executions),
    states: sum(({ states }) => states),
    disagreements,
    patches: weighPatches(cells),
  };
}

function nothingToInterleave(): DmTortureError {
  const message = 'One of the scenarios has nothing to interleave: it takes two threads';
  return new DmTortureError('ERR_OUT_OF_RANGE', message, { option: 'scenarios' });
}

/** Explore a block; less than all of it where `signal` was aborted. */
async function fill(
  cut: Cut,
  block: Block,
  threads: number,
  watch: Pick<MatrixOptions, 'signal' | 'onProgress'>,
): Promise<Filled> {
  const beganMs = performance.now();
  const [plain, checked] = [false, true].map((withCheck) => ({
    masks: block.masks,
    races: block.races.filter(({ check }) => (check !== undefined) === withCheck),
  })) as [Block, Block];
  if (checked.races.length === 0) return fillPlain(cut, block, threads, watch);
  const first = plain.races.length > 0 ? await fillPlain(cut, plain, threads, watch) : undefined;
  const { cells = [] } = first ?? {};
  const onProgress = ({ done }: Pick<MatrixProgress, 'done'>): void =>
    watch.onProgress?.({ done: cells.length + done, all: done });
  const { followUps, memory } = cut;
  const more = await checkedCells(
    checked,
    { followUps, memory },
    { signal: watch.signal, onProgress },
  );
  return { cells: [...cells, ...more], durationMs: performance.now() - beganMs };
}

/** Explore a block of races without checks, all cells at once. */
async function fillPlain(
  cut: Cut,
  block: Block,
  threads: number,
  { signal, onProgress }: Pick<MatrixOptions, 'signal' | 'onProgress'>,
): Promise<Filled> {
  const binary = nativeExplore();
  const masks = Float64Array.from(block.masks, (mask) => cut.followUps.with({ mask }).mask);
  const programs = block.races.map(encodePrograms);
  const numbers = Float64Array.of(threads, modelNumber(cut.memory));
  const finished = await runJob<NativeMatrixEvent>(
    'The matrix',
    {
      start: (onEvent) => binary.matrix(numbers, masks, programs, onEvent),
      stop: (job) => binary.stop(job),
    },
    { signal, progress: ({ done, all }) => onProgress?.({ done, all }) },
  );
  if (finished.nothing) throw nothingToInterleave();
  if (finished.refused !== '') throw incompatible('memory', finished.refused);
  if (finished.error < 0 && errnoName(finished.error) !== 'EINTR') {
    throw noResources('The matrix', finished.error);
  }
  return { cells: describeCells(block, finished), durationMs: finished.elapsedNs / 1e6 };
}

async function run(cut: Cut, options: MatrixOptions): Promise<MatrixReport> {
  const { signal, onProgress } = options;
  if (cut.races.some(({ cpus }) => cpus.length < 2)) throw nothingToInterleave();
  signal?.throwIfAborted();
  const threads = os.availableParallelism();
  const plan = describePlan(cut, threads);
  const blocks = blocksOf(cut);
  const all = blocks.reduce((count, { masks, races }) => count + masks.length * races.length, 0);
  const journal =
    cut.journal &&
    (await Journal.open(
      cut.journal,
      { kind: 'matrix', plan },
      { free: ['threads'], check: unitCheck(blocks) },
    ));
  const filled: Filled[] = [];
  let done = 0;
  try {
    for (const block of blocks) {
      const [unit = 0] = block.masks;
      const known = journal?.units.get(unit) as Filled | undefined;
      if (!known && signal?.aborted) break;
      const watch = {
        signal,
        onProgress: (progress: MatrixProgress) => onProgress?.({ done: done + progress.done, all }),
      };
      const now = known ?? (await fill(cut, block, threads, watch));
      filled.push(now);
      done += now.cells.length;
      const whole = now.cells.length === block.masks.length * block.races.length;
      if (!known && whole && (await journal?.add(unit, now)) === false) break;
    }
  } finally {
    await journal?.close();
  }
  return { ...makeReport(cut, plan, filled), ...journal?.notes };
}

/**
 * Explore scenarios under subsets of the series, every interleaving of each: which subsets are
 * clean, and what each patch fixes and breaks.
 *
 * @returns A promise of the report. Its verdict is `clean` where every cell is what the formulas
 *   of its scenario say; it rejects where an argument is wrong (DmTortureError
 *   ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_INCOMPATIBLE_OPTIONS), where the tool fails, or
 *   with `signal.reason` where `signal` was aborted before the start.
 * @example
 * const { cleanMasks, disagreements } = await matrix({ scenarios: ['create-find'] });
 */
export async function matrix(options: MatrixOptions | WithPlan = {}): Promise<MatrixReport> {
  return run(makeCut(options), options);
}
