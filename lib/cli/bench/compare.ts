import { DmTortureError } from '../../base/errors';
import { inert, oneLine } from '../../base/sinks/inert';
import type { BenchOptions } from '../../bench/plan';
import { makeBenchPlan } from '../../bench/plan';
import type { BenchSuite } from '../../bench/rows';
import { compareBench, RUNS_A_SIDE, slowerThan } from '../../reports/comparison/compare';
import { trendOfBench } from '../../reports/comparison/trend';
import { type BenchDocument, readDocument } from '../../reports/documents';
import { EXIT, type ExitCode } from '../exit';
import { UsageError } from '../options/usage-error';
import { readInput } from '../report/input';
import { inRunFrame, type RunFrame } from '../terminal/run-frame';
import type { Terminal } from '../terminal/terminal';
import { whyNot } from '../terminal/why-not';
import { comparisonText, trendText } from './compare-text';
import type { BenchMode } from './run';
import { runSeveral } from './runs';
import { describeBenchPlan } from './text';

/** How runs are made and held against others. */
export interface CompareMode extends BenchMode {
  /** Runs, each a process. */
  runs: number | undefined;
  /** Files of older reports. */
  files: readonly string[];
  /** Give verdicts across machines. */
  across: boolean;
  /** Shares by which a row may be slower. */
  shares: readonly number[];
}

async function readBench(file: string): Promise<BenchDocument> {
  try {
    const document = readDocument(await readInput(file), file);
    if (document.kind === 'bench') return document;
    throw new UsageError(`${file}: expected a report of bench, got one of ${document.kind}`);
  } catch (error) {
    if (error instanceof UsageError || error instanceof DmTortureError) throw error;
    throw new UsageError(`${file}: cannot be read, ${whyNot(error)}`);
  }
}

function complaints(
  comparison: ReturnType<typeof compareBench>,
  shares: readonly number[],
  terminal: Terminal,
): boolean {
  let missed = false;
  for (const share of shares) {
    for (const { name, bounds } of slowerThan(comparison, share)) {
      missed = true;
      const most = ((1 - (bounds?.[1] ?? 1)) * 100).toFixed(1);
      const says = `threshold missed: ${name} is slower by ${most} % at least, and ${share * 100} % are allowed`;
      terminal.tell(`${terminal.err.red('error:')} ${oneLine(says)}\n`);
    }
  }
  return missed;
}

function show(
  [old, now]: readonly [old: BenchDocument, now: BenchDocument],
  mode: CompareMode,
  frame: RunFrame,
  terminal: Terminal,
): ExitCode {
  const comparison = compareBench(old, now, { across: mode.across });
  const report = { ...now, comparison };
  frame.finish(report, () => comparisonText(inert(comparison), terminal), 0);
  return complaints(comparison, mode.shares, terminal) ? EXIT.missed : EXIT.clean;
}

/** Compare files: two of them, or the trend over more. */
async function compareFiles(
  documents: readonly BenchDocument[],
  mode: CompareMode,
  frame: RunFrame,
  terminal: Terminal,
): Promise<ExitCode> {
  const [old, now, ...more] = documents;
  if (!old || !now) throw new UsageError('--compare without a suite takes two files or more');
  if (more.length === 0) return show([old, now], mode, frame, terminal);
  const trend = trendOfBench(documents, mode.files, { across: mode.across });
  const newest = documents.at(-1);
  frame.finish({ ...newest, trend }, () => trendText(inert(trend), terminal), 0);
  return EXIT.clean;
}

/**
 * Measure in several processes, compare with files, or compare files alone.
 *
 * @throws UsageError for files that are not reports of bench; rejects with what a run rejects with
 */
export async function runCompared(
  suite: string | undefined,
  options: BenchOptions,
  mode: CompareMode,
  terminal: Terminal,
): Promise<ExitCode> {
  const documents: BenchDocument[] = [];
  for (const file of mode.files) documents.push(await readBench(file));
  return inRunFrame(mode, terminal, async (frame) => {
    if (suite === undefined) return compareFiles(documents, mode, frame, terminal);
    const [old, ...more] = documents;
    if (more.length > 0) {
      throw new UsageError('--compare with a suite measures, and takes one file to compare with');
    }
    const runs = mode.runs ?? RUNS_A_SIDE;
    const { report: plan } = makeBenchPlan(suite as BenchSuite, options);
    frame.progress.note(`${describeBenchPlan(plan)}, ${runs} runs, each a process`);
    const began = performance.now();
    const done = (count: number): void => {
      const label = `run ${Math.min(count + 1, runs)} of ${runs}`;
      const elapsedMs = performance.now() - began;
      frame.progress.update({ label, elapsedMs, ops: count, unit: 'runs', seed: plan.seed });
    };
    done(0);
    const measured = await runSeveral(suite as BenchSuite, options, runs, frame.signal, done);
    if (!measured) {
      const says = 'interrupted before anything was measured';
      frame.progress.end();
      terminal.tell(`${terminal.err.red('error:')} ${says}\n`);
      return EXIT.interrupted;
    }
    if (old) {
      const code = show([old, measured], mode, frame, terminal);
      return measured.complete ? code : EXIT.interrupted;
    }
    const { renderSections } = require('../report/text') as typeof import('../report/text');
    const { sectionsOf } =
      require('../../render/sections') as typeof import('../../render/sections');
    const sections = inert(await sectionsOf([measured]));
    frame.finish(measured, () => renderSections(sections, mode.quiet, terminal), 0);
    if (measured.verdict === 'fault') return EXIT.fault;
    return measured.complete ? EXIT.clean : EXIT.interrupted;
  });
}
