import { availableParallelism } from 'node:os';
import { incompatible, outOfRange, wrongType } from '../base/errors';
import { type BenchCell, type BenchListRow, type BenchRwCell, tables } from '../tables/tables';
import type { BenchOptions } from './options';
import type { BenchSuite } from './rows';

/** The lists and the cells of a plan. */

const CELLS_MAX = 4096;

type ListName = 'threads' | 'holdNs' | 'outsideNs' | 'readers' | 'populations' | 'objects';

/** One or several, each once. */
export function toList<Value>(option: string, given: Value | readonly Value[]): Value[] {
  const list = [...new Set(Array.isArray(given) ? given : [given])] as Value[];
  if (list.length === 0) throw outOfRange(option, 'one value or more', 'none');
  return list;
}

function listRow(suite: BenchSuite, name: ListName): BenchListRow {
  const players = name === 'threads' && suite !== 'locks' && suite !== 'rwlocks';
  const row = tables.benchLists.find(
    (candidate) => candidate.name === name && (candidate.field === 'players') === players,
  );
  if (!row) throw new Error(`dmtorture bug: no list ${name}`);
  return row;
}

export function readNumbers(suite: BenchSuite, name: ListName, options: BenchOptions): number[] {
  const given = options[name];
  if (given === undefined) return [];
  const { min, max, unit } = listRow(suite, name);
  for (const value of toList<unknown>(name, given)) {
    if (typeof value !== 'number') throw wrongType(name, `numbers (${unit})`, value);
    if (Number.isInteger(value) && value >= min && value <= max) continue;
    throw outOfRange(name, `${min}..${max} (${unit})`, value);
  }
  return toList(name, given as number | readonly number[]);
}

/** What is measured where the cells are named, and their shares of readers are not. */
const READERS = [50, 90, 99, 100];

/** The cells of reader-writer locks, as those of locks, each with every share of readers. */
export function readRwCells(options: BenchOptions): BenchRwCell[] {
  const names = ['threads', 'holdNs', 'outsideNs', 'readers'] as const;
  if (names.every((name) => options[name] === undefined)) return [...tables.benchRwCells];
  const readers = readNumbers('rwlocks', 'readers', options);
  const named = names.slice(0, 3).some((name) => options[name] !== undefined);
  // Without any of these the cells are those of the table, whose work is more than none.
  const cells = named
    ? readCells('locks', options)
    : tables.benchRwCells
        .map(({ readPercent: _, ...cell }) => cell)
        .filter((cell, i, all) => all.findIndex((one) => isSameCell(one, cell)) === i);
  return cells.flatMap((cell) =>
    (readers.length > 0 ? readers : READERS).map((readPercent) => ({ ...cell, readPercent })),
  );
}

const isSameCell = (a: BenchCell, b: BenchCell): boolean =>
  a.threads === b.threads && a.holdNs === b.holdNs && a.outsideNs === b.outsideNs;

/** Those of the table where nothing is asked for, else every combination. */
export function readCells(suite: BenchSuite, options: BenchOptions): BenchCell[] {
  const [threads, hold, outside] = (['threads', 'holdNs', 'outsideNs'] as const).map((name) =>
    readNumbers(suite, name, options),
  ) as [number[], number[], number[]];
  const defaults = tables.benchCells;
  const everyThreads = [...new Set(defaults.map((cell) => cell.threads))];
  if (suite !== 'locks') {
    return (threads.length > 0 ? threads : everyThreads).map((count) => ({
      threads: count,
      holdNs: 0,
      outsideNs: 0,
    }));
  }
  if (threads.length + hold.length + outside.length === 0) return [...defaults];
  const cells = (threads.length > 0 ? threads : everyThreads).flatMap((count) =>
    (hold.length > 0 ? hold : [0]).flatMap((holdNs) =>
      (outside.length > 0 ? outside : [0]).map((outsideNs) => ({
        threads: count,
        holdNs,
        outsideNs,
      })),
    ),
  );
  if (cells.length > CELLS_MAX) {
    throw outOfRange('threads', `at most ${CELLS_MAX} combinations`, cells.length);
  }
  return cells;
}

/** Without the cells that have more threads than CPUs, where `quick` says so. */
export function withoutCrowds<Cell extends BenchCell>(cells: Cell[], quick: unknown): Cell[] {
  if (typeof quick !== 'boolean') throw wrongType('quick', '`true` or `false`', quick);
  if (!quick) return cells;
  const cpus = availableParallelism();
  const left = cells.filter(({ threads }) => threads <= cpus);
  if (left.length > 0) return left;
  throw incompatible('quick', `\`quick\` leaves out cells with more than ${cpus} threads: all`);
}
