import { hasBit } from '../base/bounds';
import { DmTortureError, incompatible } from '../base/errors';
import type { NativeMatrixEvent, NativeMatrixFinished } from '../native/explore';
import { noResources, runJob } from '../native/job';
import { nativeExplore } from '../native/load';
import { encodePrograms } from '../programs/program';
import type { Race } from '../programs/race';
import { type MatrixCell, toCell } from '../reports/matrix-cells';
import { modelNumber } from '../run/memory';
import { errnoName } from '../tables/errno';
import { compileFormula } from '../tables/formula';
import { limitOf } from '../tables/limit';
import type { PatchSet } from '../tables/patches';
import { type FaultKind, isDataRace, type MemoryName, rowAt, tables } from '../tables/tables';
import { checkedCells } from './matrix-checked';

/*
 * Sets of patches x scenarios, each cell explored to its end: what the matrix of the series and that
 * of the history are made of.
 */

/** A set of patches, and the mask by which its cells are known. */
export interface MaskedSet {
  mask: number;
  set: PatchSet;
}

/** Cells that are explored at once: those of some sets in some scenarios. */
export interface CellBlock {
  sets: readonly MaskedSet[];
  races: readonly Race[];
}

/** How the cells of a block are explored. */
export interface CellRules {
  /** The memory model of every cell. */
  memory: MemoryName;
  /** Cells that are explored at once. */
  threads: number;
}

/** Ends it, and hears how it goes: cells that are explored. */
export interface CellWatch {
  signal: AbortSignal | undefined;
  onDone(done: number): void;
}

/** Say that a scenario has one thread alone. */
export function nothingToInterleave(): DmTortureError {
  const message = 'One of the scenarios has nothing to interleave: it takes two threads';
  return new DmTortureError('ERR_OUT_OF_RANGE', message, { option: 'scenarios' });
}

function kindsOf(faultKinds: number): FaultKind[] {
  return tables.faults.filter((_, kind) => hasBit(faultKinds, kind)).map(({ slug }) => slug);
}

/** The cells that were explored. */
function describeCells({ races, sets }: CellBlock, finished: NativeMatrixFinished): MatrixCell[] {
  const cells: MatrixCell[] = [];
  for (const [i, executions] of finished.executions.entries()) {
    if (executions === 0) continue;
    const { mask } = rowAt(sets, Math.floor(i / races.length));
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

/** Explore a block of races without checks, all cells at once. */
async function plainCells(
  block: CellBlock,
  { memory, threads }: CellRules,
  { signal, onDone }: CellWatch,
): Promise<MatrixCell[]> {
  const binary = nativeExplore();
  const masks = Float64Array.from(block.sets, ({ set }) => set.mask);
  const programs = block.races.map(encodePrograms);
  const numbers = Float64Array.of(threads, modelNumber(memory));
  const finished = await runJob<NativeMatrixEvent>(
    'The matrix',
    {
      start: (onEvent) => binary.matrix(numbers, masks, programs, onEvent),
      stop: (job) => binary.stop(job),
    },
    { signal, progress: ({ done }) => onDone(done) },
  );
  if (finished.nothing) throw nothingToInterleave();
  if (finished.refused !== '') throw incompatible('memory', finished.refused);
  if (finished.error < 0 && errnoName(finished.error) !== 'EINTR') {
    throw noResources('The matrix', finished.error);
  }
  return describeCells(block, finished);
}

/** Explore a block; less than all of it where `signal` was aborted. */
export async function exploreCells(
  { sets, races }: CellBlock,
  rules: CellRules,
  { signal, onDone }: CellWatch,
): Promise<MatrixCell[]> {
  const [plain, checked] = [false, true].map((withCheck) =>
    races.filter(({ check }) => (check !== undefined) === withCheck),
  ) as [Race[], Race[]];
  const cells =
    plain.length > 0 ? await plainCells({ sets, races: plain }, rules, { signal, onDone }) : [];
  if (checked.length === 0) return cells;
  const before = cells.length;
  const watch = { signal, onDone: (done: number) => onDone(before + done) };
  return [...cells, ...(await checkedCells({ sets, races: checked }, rules.memory, watch))];
}

/** A kind of fault in a cell that is not what the formulas of its scenario say. */
interface Deviation {
  kind: FaultKind;
  /** Whether it can be reached; the formula says the opposite. */
  reachable: boolean;
}

/** What scenarios expect, to hold cells against. */
export class Expectations {
  readonly #formulas: ReadonlyMap<string, ReadonlyMap<string, ReturnType<typeof compileFormula>>>;
  readonly #memory: MemoryName;

  constructor(races: readonly Race[], memory: MemoryName) {
    this.#memory = memory;
    this.#formulas = new Map(
      races.map(({ name, expects }) => [
        name,
        new Map(Object.entries(expects).map(([kind, when]) => [kind, compileFormula(when)])),
      ]),
    );
  }

  /**
   * A cell against what its scenario expects, which is said of sequential consistency. Under RC11 races
   * are looked for, and one ends the execution that would have come to something else: where the
   * scenario expects a fault, a race stands for it.
   */
  deviations({ scenario, faults, exhaustive }: MatrixCell, set: PatchSet): Deviation[] {
    const formulas = this.#formulas.get(scenario);
    const isExpected = (kind: FaultKind): boolean => formulas?.get(kind)?.(set) ?? false;
    const isRacy =
      this.#memory === 'rc11' &&
      faults.some(isDataRace) &&
      tables.faults.some(({ slug }) => isExpected(slug));
    return tables.faults
      .map(({ slug: kind }) => ({ kind, reachable: faults.includes(kind) }))
      .filter(({ kind, reachable }) => {
        if (isRacy && (isDataRace(kind) || !reachable)) return false;
        // A search that was cut off cannot say that a kind is out of reach.
        if (!reachable && !exhaustive) return false;
        return reachable !== isExpected(kind);
      });
  }
}
