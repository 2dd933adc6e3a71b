import type { OutputOf } from '../base/output-of';
import { durationOption } from '../base/text';
import type { benchRefused, benchResult, benchValidated } from '../reports/documents/bench';
import type { benchMachine } from '../reports/documents/machine';
import { describeHead, type ReportHead, toVerdict } from '../reports/head';
import { limits } from '../tables/tables.gen';
import { failsText, seenText } from '../tables/validated';
import type { BenchOwnLock } from './own-locks';
import type { BenchPlan, BenchPlanReport } from './plan';
import type { BenchLockRow, BenchMinorRow, BenchRows, BenchRwlockRow, BenchSuite } from './rows';

/**
 * The machine as a benchmark found it, and left it, and how noisy it was. What locks need to be
 * judged by is known of locks, rwlocks, minors and refcount alone.
 */
export type BenchMachine = OutputOf<typeof benchMachine>;

/** Whether a lock excluded on real threads before it was measured; the control must not. */
export type BenchValidated = OutputOf<typeof benchValidated>;

/** An era that has no figures, since it fails or faults under the load that is measured. */
export type BenchRefused = OutputOf<typeof benchRefused>;

/**
 * The report of {@link bench}. Its verdict is `fault` where a lock does not exclude, a reference count
 * frees too early or an era faults.
 */
export interface BenchReport<Suite extends BenchSuite = BenchSuite>
  extends Omit<ReportHead<'bench'>, 'warnings'>,
    OutputOf<typeof benchResult> {
  /** What was measured. */
  suite: Suite;
  /** Every parameter. */
  plan: BenchPlanReport;
  /** What was measured, a row for each variant in each cell. */
  rows: BenchRows[Suite][];
}

/** What was measured. */
export interface Measured<Suite extends BenchSuite> {
  rows: BenchRows[Suite][];
  validated: BenchValidated[];
  refused: BenchRefused[];
  complete: boolean;
  limited: boolean;
  cellsLeftOut: number;
  machine: BenchMachine;
  durationMs: number;
  own?: BenchOwnLock[];
}

/** Of suites whose variants are locks that threads wait for. */
type AnyLockRow = BenchLockRow | BenchRwlockRow;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

function noiseOf(machine: BenchMachine): string[] {
  if (!machine.noisy) return [];
  const { noiseBefore = 0, noiseAfter = 0, loopsPerNsBefore = 1, loopsPerNsAfter = 1 } = machine;
  const moved = Math.abs(loopsPerNsAfter / loopsPerNsBefore - 1);
  return [
    `a noisy machine: others took ${percent(noiseBefore)} of the time before and ` +
      `${percent(noiseAfter)} after, the clock rate moved by ${percent(moved)}`,
  ];
}

function misleading(rows: readonly AnyLockRow[]): string[] {
  const names = [...new Set(rows.filter((row) => row.misleading).map(({ lock }) => lock))];
  if (names.length === 0) return [];
  return [
    `${names.join(', ')}: with more threads than CPUs, locks that spin in order of arrival wait ` +
      'for threads that have no CPU; nobody runs them so',
  ];
}

function met(rows: readonly BenchMinorRow[]): string[] {
  const faults = rows.reduce((sum, row) => sum + (row.faults ?? 0), 0);
  return faults > 0 ? [`${faults} threads met a fault and stopped; rows say where`] : [];
}

function wrongLocks(validated: readonly BenchValidated[]): BenchValidated[] {
  return validated.filter(({ control, excludes }) => control === excludes);
}

function wrong(validated: readonly BenchValidated[]): string[] {
  return wrongLocks(validated).map((tried) =>
    tried.control
      ? `${tried.lock}, the control, did not fail: validation sees nothing here`
      : `${tried.lock} ${failsText(tried.lock)}: ${seenText(tried)}`,
  );
}

function fewWindows(rows: readonly { windows: number[] }[]): string[] {
  const few = rows.filter(({ windows }) => windows.length < limits.windowsMin).length;
  if (few === 0) return [];
  return [
    `${few} of ${rows.length} rows have fewer than ${limits.windowsMin} windows: ` +
      'they have no interval, and none of them is called the fastest',
  ];
}

/** Rows whose windows did not stay where they began. */
function drifting(rows: readonly AnyLockRow[]): string[] {
  return rows.flatMap(({ lock, threads, holdNs, outsideNs, drift }) =>
    drift === undefined
      ? []
      : [
          `${lock} drifts: with ${threads} threads, ${holdNs} ns held, ${outsideNs} ns outside the last ` +
            `third of its windows was ${drift.toFixed(2)} times as fast as the first`,
        ],
  );
}

/** What of locks of the user's one has to know beside their figures. */
function unproven(own: readonly BenchOwnLock[]): string[] {
  return own
    .filter(({ failure, verification }) => failure === null && verification !== 'verified')
    .map(({ lock, evidence }) => `${lock}: ${evidence}`);
}

/** Eras that have no figures. */
const withoutFigures = (refused: readonly BenchRefused[]): string[] =>
  refused.map(({ why }) => `no figures: ${why}`);

/** Rows of the protocol whose threads shared CPUs. */
function crowded(rows: readonly BenchMinorRow[]): string[] {
  const threads = new Set(
    rows
      .filter(({ patches, oversubscribed }) => patches && oversubscribed)
      .map((row) => row.threads),
  );
  if (threads.size === 0) return [];
  return [
    `more threads than CPUs: ${[...threads].join(', ')}; a waiter may wait for one without a CPU`,
  ];
}

/** What makes a cell shorter, or cells fewer, in each suite. */
const FEWER: Record<BenchSuite, string> = {
  locks: 'fewer --locks or --windows',
  rwlocks: 'fewer --locks, --readers or --windows',
  minors: 'fewer --locks, --patches, --threads, --populations or --windows',
  refcount: 'fewer --threads or --windows',
  calls: 'fewer --windows',
  explore: 'fewer --scenarios, --executions or --windows',
};

function leftOut(
  { suite, timeMs }: BenchPlanReport,
  limited: boolean,
  cellsLeftOut: number,
): string[] {
  if (!limited) return [];
  const limit = `the time limit of ${durationOption(timeMs)}`;
  const what =
    cellsLeftOut > 0
      ? `${limit} had no room for ${cellsLeftOut} more ${cellsLeftOut === 1 ? 'cell' : 'cells'}`
      : `${limit} cut the last cell`;
  return [`${what}: --time raises it, ${FEWER[suite]} take less`];
}

/** The report of a benchmark. */
export function makeBenchReport<Suite extends BenchSuite>(
  { suite, report }: BenchPlan<Suite>,
  {
    rows,
    validated,
    refused,
    complete,
    limited,
    cellsLeftOut,
    machine,
    durationMs,
    own,
  }: Measured<Suite>,
): BenchReport<Suite> {
  const isLocks = suite === 'locks' || suite === 'rwlocks';
  const locks = isLocks ? (rows as AnyLockRow[]) : [];
  const minors = suite === 'minors' ? (rows as BenchMinorRow[]) : [];
  const isWrong =
    wrongLocks(validated).length > 0 ||
    refused.some(({ fault }) => fault !== null) ||
    own?.some(({ failure }) => failure !== null);
  const verdict = toVerdict(isWrong === true, complete);
  return {
    ...describeHead('bench', verdict, complete),
    durationMs,
    suite,
    plan: report,
    limit: limited ? 'time' : complete ? null : 'stopped',
    cellsLeftOut,
    rows,
    machine,
    validated,
    ...(report.sets && { refused }),
    ...(own && { own }),
    warnings: [
      ...wrong(validated),
      ...withoutFigures(refused),
      ...leftOut(report, limited, cellsLeftOut),
      ...noiseOf(machine),
      ...misleading(locks),
      ...drifting(locks),
      ...unproven(own ?? []),
      ...met(minors),
      ...crowded(minors),
      ...fewWindows(rows),
    ],
  };
}
