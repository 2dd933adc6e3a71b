import type { Command } from 'commander';
import { benchSuites } from '../../bench/suites';
import type { Context, GlobalOptions } from '../context';
import { addOptions, DataArgument, DataOption } from '../options/option';
import { UsageError } from '../options/usage-error';
import type { BenchFlags } from './options';

const EPILOGUE = `
Figures are medians of windows in which the variants take turns, each with what holds the true one
with a probability of 95 %, where there are six windows or more. An option says which suites have it.
Without threads, hold and outside a few typical cells are measured; the crowded one takes most of the
time, about two minutes, and --quick leaves it out.

  locks     locks against each other: throughput, fairness, how long a thread waits
  rwlocks   reader-writer locks, by the share of readers
  minors    the IDR against a bare radix walk, and the protocol under contention, or eras of it
  refcount  ways to take and drop a reference
  calls     what a call of this library costs in TypeScript
  explore   schedules per second by scenario and strategy
  app       how long an unmodified application runs with each lock in its mutexes

Examples:
  dmtorture bench locks                                     every lock, four typical cells
  dmtorture bench locks --threads 1,2,4,8 --hold 0,100ns --locks mcs,futex3 --svg plots
  dmtorture bench rwlocks --threads 2 --readers 50,90,99,100
  dmtorture bench minors --populations 1000,1000000 --threads 2
  dmtorture bench refcount --threads 2 --objects 1,64       which count for an object
  dmtorture bench minors --patches 'none;2.6.18;2.6.36;today'   what each step of history cost
  dmtorture bench app --locks futex3_spin,mcs_park --runs 20 -- ./app
  dmtorture bench explore --scenarios create-find --strategies random,dpor --json
  dmtorture bench locks --threads 1 --locks mcs,pthread_mutex --runs 5 --json > old.json
  dmtorture bench locks --threads 1 --locks mcs,pthread_mutex --compare old.json --threshold 5%
  dmtorture bench --compare old.json new.json               no measurement; more files: a trend
`;

/** A run more than that takes a day. */
const RUNS_MAX = 100;

function readRuns(given: unknown): number | undefined {
  if (given === undefined) return undefined;
  const runs = Number(given);
  if (Number.isInteger(runs) && runs >= 1 && runs <= RUNS_MAX) return runs;
  throw new UsageError(`Expected --runs to be 1..${RUNS_MAX}, got \`${String(given)}\``);
}

/** Options that `bench app` has, and a comparison of files, beside the global ones. */
const OF_APP = ['locks', 'runs', 'force', 'svg', 'threshold'];
const OF_FILES = ['compare', 'across', 'threshold'];

/** What was typed and would do nothing is refused: a reader would take it as done. */
function refuseOthers(command: Command, useful: readonly string[], why: string): void {
  for (const option of command.options) {
    const key = option.attributeName();
    if (useful.includes(key) || command.getOptionValueSource(key) !== 'cli') continue;
    throw new UsageError(`${option.long} ${why}`);
  }
}

const missingSuite = (): UsageError =>
  new UsageError(`Expected a suite: ${benchSuites.join(', ')}; or --compare with two files`);

export function registerBench(program: Command, context: Context): void {
  const command = program
    .command('bench')
    .description('measure: locks, tables of minors, reference counts, calls, explorations')
    .addArgument(
      new DataArgument('[suite]', 'what is measured; none where files are compared', {
        choices: [...benchSuites, 'app'],
      }),
    )
    .addArgument(new DataArgument('[command...]', 'app: the application, after `--`', {}));
  if (context.isAsked('bench')) {
    const { benchOptionRows } = require('./options') as typeof import('./options');
    addOptions(command, benchOptionRows);
  }
  command
    .addOption(
      new DataOption({
        flags: '--svg <dir>',
        says: 'a folder for plots, one SVG file each',
        files: true,
      }),
    )
    .addOption(
      new DataOption({
        flags: '--runs <n>',
        says: 'measure in N processes; with --compare 5, which is what a verdict takes; app: runs of each lock',
        range: `1..${RUNS_MAX}; app 1..1000`,
      }),
    )
    .addOption(
      new DataOption({
        flags: '--compare <files...>',
        says:
          'hold the run against a report; without a suite, files against each other. ' +
          '--threshold 5% then exits 4 where a row is slower by more, for sure',
        files: true,
      }),
    )
    .addOption(
      new DataOption({
        flags: '--across',
        says: 'compare across machines, compilers and windows',
      }),
    )
    .option('--force', 'app: keep a lock that spins where threads exceed CPUs')
    .addHelpText('after', EPILOGUE)
    .action(async (suite: string | undefined, words: string[], _flags: object, self: Command) => {
      const { runBench } = require('./run') as typeof import('./run');
      const { toBenchOptions } = require('./options') as typeof import('./options');
      const { json, quiet, seed } = self.optsWithGlobals<GlobalOptions>();
      const { svg, runs, force, compare, across, ...flags } = self.opts<BenchFlags>();
      const shown = { format: json ? 'json' : 'text', quiet: quiet === true } as const;
      if (svg === '') throw new UsageError('Expected --svg to name a folder, got ``');
      if (suite === 'app') {
        refuseOthers(self, OF_APP, 'is not an option of `bench app`');
        const { runBenchApp } = require('./app') as typeof import('./app');
        const given = { locks: flags.locks, runs, force, svg } as import('./app').BenchAppFlags;
        context.exitWith(await runBenchApp(words, given, shown, context.terminal));
        return;
      }
      if (words.length > 0 || force !== undefined) {
        const got = force === undefined ? `unexpected argument '${words[0]}'` : '--force';
        throw new UsageError(`${got}: an application and --force are of \`bench app\` alone`);
      }
      const options = toBenchOptions(flags, seed);
      const mode = {
        format: json ? 'json' : 'text',
        quiet: quiet === true,
        ...(svg !== undefined && { svg: String(svg) }),
      } as const;
      if (runs !== undefined || compare !== undefined) {
        const { runCompared } = require('./compare') as typeof import('./compare');
        const { sharesOf } = require('../gate/shares') as typeof import('../gate/shares');
        const compared = {
          ...mode,
          runs: readRuns(runs),
          files: Array.isArray(compare) ? compare : [],
          across: across === true,
          shares: sharesOf(flags.threshold),
        };
        if (suite === undefined && compare === undefined) throw missingSuite();
        if (suite === undefined) {
          refuseOthers(self, OF_FILES, 'is for a measurement: --compare without a suite has none');
        }
        if (svg !== undefined) {
          throw new UsageError('--svg draws one run: `report new.json --svg DIR` draws several');
        }
        context.exitWith(await runCompared(suite, options, compared, context.terminal));
        return;
      }
      if (suite === undefined) throw missingSuite();
      context.exitWith(await runBench(suite, options, mode, context.terminal));
    });
}
