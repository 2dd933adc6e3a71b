import { DmTortureError } from '../../base/errors';
import { inert } from '../../base/sinks/inert';
import { version } from '../../base/version';
import { explore } from '../../explore/explore';
import type { ExploredFault } from '../../explore/report';
import { scenarios } from '../../programs/scenarios';
import { STORM } from '../../programs/storm';
import { describeEnvironment } from '../../reports/head';
import { makePlan, type StressOptions } from '../../stress/plan';
import type { StressReport } from '../../stress/report';
import { StressRun } from '../../stress/stress';
import { type PatchSet, patches } from '../../tables/patches';
import { type PatchNo, tables } from '../../tables/tables';
import { EXIT, type ExitCode } from '../exit';
import { readSeed } from '../options/rows';
import { statusFacts } from '../stress/run';
import { formatMs } from '../terminal/format';
import type { ProgressDisplay } from '../terminal/progress';
import { inRunFrame, type RunMode } from '../terminal/run-frame';
import type { Terminal } from '../terminal/terminal';
import type { CleanRun, DemoReport, DemoRow, Headline, How } from './report';
import { demoIntro, renderDemo } from './text';

export interface DemoMode extends RunMode {
  seed: string | undefined;
}

/** The scenario that shows what each patch is for. */
const TOUR: { patch: PatchNo; scenario: string; how: How }[] = [
  { patch: '01', scenario: 'create-create', how: 'race' },
  { patch: '02', scenario: 'create-find', how: 'race' },
  { patch: '03', scenario: 'create-find', how: 'always' },
  { patch: '04', scenario: 'remove-get', how: 'race' },
  { patch: '05', scenario: 'remove-open', how: 'race' },
  { patch: '06', scenario: 'remove-get', how: 'race' },
  { patch: '07', scenario: 'get-unload', how: 'race' },
  { patch: '08', scenario: 'create-uevent', how: 'race' },
];

/** Publish before init: what the cover letter of 2006 draws. */
const HEADLINE: PatchNo = '02';
/** For each race on average. They share it, since on a busy machine one may take longer. */
const FAULT_MS = 2000;
/** What every race has, however long those before it took. */
const FAULT_MS_LEAST = 1000;
const TICKET_MS = 2000;
const CLEAN_MS = 500;
const STORM_MS = 2000;

/** Runs one plan after the other, all with one seed, until somebody stops the tour. */
class Tour {
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly #progress: ProgressDisplay;

  constructor(seed: number, signal: AbortSignal, progress: ProgressDisplay) {
    this.seed = seed;
    this.signal = signal;
    this.#progress = progress;
  }

  get stopped(): boolean {
    return this.signal.aborted;
  }

  async run(label: string, options: StressOptions): Promise<StressReport> {
    const plan = makePlan({ ...options, seed: this.seed, signal: this.signal });
    const run = new StressRun(plan);
    const byKind = new Map<string, number>();
    run.on('progress', (p) =>
      this.#progress.update({ ...statusFacts(p, plan.report, byKind), label }),
    );
    return run.result;
  }
}

/** The tour. Exit code 0 where every row saw its fault and `all` is clean. */
export async function runDemo(mode: DemoMode, terminal: Terminal): Promise<ExitCode> {
  const seed = readSeed(mode.seed);
  return inRunFrame(mode, terminal, async ({ progress, signal, finish }) => {
    const startMs = performance.now();
    if (mode.format === 'text' && !mode.quiet) terminal.print(demoIntro(seed, terminal));
    const tour = new Tour(seed, signal, progress);
    const { rows, headline } = await showRaces(tour, progress, terminal);
    const clean = await showClean(tour, progress);
    progress.note('');
    const report = makeReport(tour, rows, clean, performance.now() - startMs);
    finish(report, () => renderDemo(inert(report), inert(headline), terminal));
    return exitCode(report);
  });
}

async function showRaces(
  tour: Tour,
  progress: ProgressDisplay,
  { err }: Terminal,
): Promise<{ rows: DemoRow[]; headline: Headline | undefined }> {
  const rows: DemoRow[] = [];
  let headline: Headline | undefined;
  let leftMs = FAULT_MS * TOUR.length;
  for (const { patch, scenario, how } of TOUR) {
    if (tour.stopped) break;
    const racesAfter = TOUR.length - 1 - rows.length;
    const duration = Math.max(FAULT_MS_LEAST, leftMs - racesAfter * FAULT_MS_LEAST);
    const leftOut = patches.without(patch);
    const label = `${patch} left out`;
    const report = await tour.run(label, {
      scenario,
      patches: leftOut,
      duration,
      stopOnFault: true,
    });
    leftMs -= Math.ceil(report.durationMs);
    if (!report.complete) break;
    const row = demoRow(patch, scenario, how, report);
    const explored = await findTicket(tour, row, leftOut);
    row.ticket = explored?.ticket ?? null;
    rows.push(row);
    if (explored && patch === HEADLINE) {
      const scene = { titles: explored.titles, trace: explored.trace, fault: explored };
      headline = { patch, slug: row.slug, scene };
    }
    const seen = row.fault
      ? `${err.red(row.fault)} after ${formatMs(row.msToFirst ?? 0)}: ${row.means}`
      : err.yellow(`no fault within ${formatMs(duration)}`);
    progress.note(`${err.bold(`${patch} ${row.slug}`)} left out: ${seen}`);
  }
  return { rows, headline };
}

/** The fault that the threads met, or another of that patch, where they meet it at the latest. */
async function findTicket(
  tour: Tour,
  { scenario, fault }: DemoRow,
  leftOut: PatchSet,
): Promise<ExploredFault | undefined> {
  try {
    const options = { patches: leftOut, allFaults: true, time: TICKET_MS, signal: tour.signal };
    const { faults } = await explore(scenario, options);
    return faults.find(({ kind }) => kind === fault) ?? faults[0];
  } catch (error) {
    const code = error instanceof DmTortureError ? error.code : undefined;
    if (code === 'ERR_NATIVE_MISSING' || tour.stopped) return undefined;
    throw error;
  }
}

function demoRow(patch: PatchNo, scenario: string, how: How, { faults }: StressReport): DemoRow {
  const { slug, prevents } = patches.list().find(({ no }) => no === patch) ?? {
    slug: 'freeing',
    prevents: '',
  };
  const found = faults.find(({ preventedBy }) => preventedBy.includes(patch));
  const means = tables.faults.find((row) => row.slug === found?.kind)?.means ?? null;
  return {
    patch,
    slug,
    prevents,
    scenario,
    fault: found?.kind ?? null,
    means,
    msToFirst: found?.first.atMs ?? null,
    how,
    ticket: null,
  };
}

async function showClean(tour: Tour, progress: ProgressDisplay): Promise<CleanRun[]> {
  const clean: CleanRun[] = [];
  if (!tour.stopped) progress.note(`every patch in: ${scenarios.length} scenarios and a storm`);
  for (const scenario of [...scenarios.map(({ name }) => name), STORM]) {
    if (tour.stopped) break;
    const duration = scenario === STORM ? STORM_MS : CLEAN_MS;
    const report = await tour.run(`all, ${scenario}`, { scenario, patches: 'all', duration });
    if (!report.complete && report.faults.length === 0) break;
    const ops = Object.values(report.ops).reduce((sum, { count }) => sum + count, 0);
    clean.push({ scenario, ops, faults: report.faults.map(({ kind }) => kind) });
  }
  return clean;
}

function makeReport(
  tour: Tour,
  rows: DemoRow[],
  clean: CleanRun[],
  durationMs: number,
): DemoReport {
  const complete = rows.length === TOUR.length && clean.length === scenarios.length + 1;
  const faulty = clean.some(({ faults }) => faults.length > 0);
  const missed = rows.some(({ fault }) => fault === null);
  return {
    tool: 'dmtorture',
    version,
    kind: 'demo',
    verdict: faulty ? 'fault' : complete && !missed ? 'clean' : 'unfinished',
    complete,
    plan: {
      seed: tour.seed,
      patches: patches.parse('all').toJSON(),
      faultMs: FAULT_MS,
      cleanMs: CLEAN_MS,
      stormMs: STORM_MS,
    },
    environment: describeEnvironment(),
    durationMs,
    rows,
    allClean: complete && !faulty,
    clean,
  };
}

function exitCode({ complete, verdict }: DemoReport): ExitCode {
  if (!complete) return EXIT.interrupted;
  if (verdict === 'fault') return EXIT.fault;
  return verdict === 'clean' ? EXIT.clean : EXIT.missed;
}
