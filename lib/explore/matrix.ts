import os from 'node:os';
import { outOfRange, wrongType } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import { partOf, readOptions, type WithPlan } from '../programs/passed-on';
import type { Race } from '../programs/race';
import { scenarios as allScenarios, type TargetText } from '../programs/scenarios';
import { toTarget } from '../programs/target';
import type { disagreement, matrixPlan, matrixResult } from '../reports/documents/matrix';
import { describeHead, type ReportHead } from '../reports/head';
import { cleanMasksOf, type MatrixCell, matrixVerdict } from '../reports/matrix-cells';
import { weighPatches } from '../reports/matrix-patches';
import { Journal } from '../run/journal';
import { readMemory } from '../run/memory';
import { checkOptions, checkSignal } from '../run/params';
import { type JournalFile, readSplit, type Shard, type SplitOptions } from '../run/shard';
import { worstLimit } from '../tables/limit';
import { type PatchSet, patches } from '../tables/patches';
import type { MemoryName } from '../tables/tables';
import type { PatchSelection } from '../tables/tables.gen';
import { type CellWatch, Expectations, exploreCells, nothingToInterleave } from './cells';
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

/** Cells against what their scenarios expect. */
function compare({ races, followUps, memory }: Cut, cells: readonly MatrixCell[]): Disagreement[] {
  const expected = new Expectations(races, memory);
  return cells.flatMap((cell) => {
    const { mask, scenario } = cell;
    const deviations = expected.deviations(cell, followUps.with({ mask }));
    return deviations.map((deviation) => ({ mask, scenario, ...deviation }));
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

/** Explore a block; less than all of it where `signal` was aborted. */
async function fill(
  cut: Cut,
  { masks, races }: Block,
  threads: number,
  watch: CellWatch,
): Promise<Filled> {
  const beganMs = performance.now();
  const { followUps, memory } = cut;
  const sets = masks.map((mask) => ({ mask, set: followUps.with({ mask }) }));
  const cells = await exploreCells({ sets, races }, { memory, threads }, watch);
  return { cells, durationMs: performance.now() - beganMs };
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
        onDone: (now: number) => onProgress?.({ done: done + now, all }),
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
