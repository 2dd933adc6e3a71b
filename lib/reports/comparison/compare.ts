import { type Bounds, median, missOfEach, ratioOfSides, runsNeeded } from '../../base/statistics';
import type { BenchDocument } from '../schemas';
import { type Figure, figuresOf } from './figures';
import { differenceOf } from './places';
import { type ComparisonWord, wordOf } from './words';

/** Runs of each side that a verdict takes, each a process of its own. */
export const RUNS_A_SIDE = 5;

/** One row that both documents have. */
export interface ComparedRow {
  /** What was measured. */
  name: string;
  /** What both sides were divided by, round by round. */
  reference: string;
  /** Runs of the old and of the new side. */
  runs: [old: number, now: number];
  /** Speed / that of the reference, the median of the runs, of the old side. */
  old: number;
  /** The same of the new side. */
  now: number;
  /** By which factor the new side is as fast; 1: as fast. */
  ratio: number;
  /** What holds the true ratio with 95 %; null: too few runs. */
  ci95: Bounds | null;
  /** The same, as sure as one of N rows has to be: what the verdict is by. */
  bounds: Bounds | null;
  /** The verdict. */
  word: ComparisonWord;
  /** Why it cannot be compared, or is not told apart for want of runs. */
  why?: string;
}

/** How a benchmark compares with an older one. */
export interface Comparison {
  /** Verdicts are given: the same machine, compiler, flags, C library and windows. */
  comparable: boolean;
  /** Why not. */
  reasons: string[];
  /** What may have moved the figures all the same. */
  notes: string[];
  /** How many verdicts share the 5 % of being wrong. */
  verdicts: number;
  /** What both sides have. */
  rows: ComparedRow[];
  /** What only the old side has. */
  gone: string[];
  /** What only the new side has. */
  added: string[];
}

/** How two benchmarks are compared. */
export interface CompareOptions {
  /** Give verdicts across machines, compilers and plans: you know better. @default false */
  across?: boolean | undefined;
}

/** Figures by their names. */
function byName(figures: readonly Figure[]): Map<string, Figure[]> {
  const named = new Map<string, Figure[]>();
  for (const figure of figures) named.set(figure.name, [...(named.get(figure.name) ?? []), figure]);
  return named;
}

const speedsOf = (figures: readonly Figure[]): number[] =>
  figures.flatMap(({ speed }) => speed ?? []);

/** What keeps a row from a verdict, whatever its figures are. */
function obstacle(old: readonly number[], now: readonly number[], all: number): string | undefined {
  if (old.length === 0 || now.length === 0) return 'no reference was measured in its rounds';
  if (Math.min(old.length, now.length) >= RUNS_A_SIDE) return undefined;
  const has = `${old.length} before, ${now.length} now`;
  return `it takes ${Math.max(RUNS_A_SIDE, runsNeeded(all))} runs a side, and there are ${has}`;
}

function compareRow(
  name: string,
  sides: readonly [old: readonly Figure[], now: readonly Figure[]],
  verdicts: number,
  withheld: string | undefined,
): ComparedRow {
  const [old, now] = [speedsOf(sides[0]), speedsOf(sides[1])];
  const { ratio, interval } = ratioOfSides(now, old);
  const bounds = ratioOfSides(now, old, missOfEach(verdicts)).interval;
  const why = withheld ?? obstacle(old, now, verdicts);
  const few = `${verdicts} verdicts at once take ${runsNeeded(verdicts)} runs a side`;
  return {
    name,
    reference: sides[1][0]?.reference ?? '',
    runs: [old.length, now.length],
    old: median(old),
    now: median(now),
    ratio,
    ci95: interval,
    bounds: why === undefined ? bounds : null,
    word: why === undefined ? wordOf(bounds) : 'cannot be compared',
    ...(why !== undefined && { why }),
    ...(why === undefined && bounds === null && { why: few }),
  };
}

/**
 * Hold a benchmark against an older one, row by row. Absolute figures of two processes differ by
 * where their memory happens to lie, so each row is divided by a reference of its own rounds, and what
 * is compared are the medians of at least five processes a side.
 */
export function compareBench(
  old: BenchDocument,
  now: BenchDocument,
  { across = false }: CompareOptions = {},
): Comparison {
  const { reasons, notes } = differenceOf(old, now);
  const [before, after] = [byName(figuresOf(old)), byName(figuresOf(now))];
  const names = [...after.keys()].filter((name) => before.has(name));
  const comparable = reasons.length === 0 || across;
  const withheld = comparable ? undefined : reasons.join('; ');
  return {
    comparable,
    reasons,
    notes,
    verdicts: names.length,
    rows: names.map((name) =>
      compareRow(name, [before.get(name) ?? [], after.get(name) ?? []], names.length, withheld),
    ),
    gone: [...before.keys()].filter((name) => !after.has(name)),
    added: [...after.keys()].filter((name) => !before.has(name)),
  };
}

/** Rows that are slower by more than a share, for sure: their whole interval is below it. */
export const slowerThan = ({ rows }: Comparison, share: number): ComparedRow[] =>
  rows.filter(({ bounds }) => bounds !== null && bounds[1] < 1 - share);
