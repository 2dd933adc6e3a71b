import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context';
import type { ExitCode } from '../exit';
import { addOptions, DataArgument } from '../options/option';
import { UsageError } from '../options/usage-error';
import type { Terminal } from '../terminal/terminal';
import type { StressFlags } from './options';
import type { StressMode } from './run';

const EPILOGUE = `
With files it runs them as a program of your own, with your rights: again and again, each round a
process, its threads delayed by random times. Without, it runs the device mapper. A scenario has its
own threads and runs in rounds; --ops, --mix and --epoch are for a storm, --rounds and --batch for a
scenario. See 'dmtorture list scenarios' and 'dmtorture list patches'.

Examples:
  dmtorture stress --patches all,-05 --stop-on-fault    a storm, one patch left out
  dmtorture stress --scenario remove-open --rounds 10000
  dmtorture stress --duration 24h --journal day.ndjson  after a crash the same with --resume
  dmtorture stress queue.c --rounds 1000                C or C++ of your own
  dmtorture stress queue.c --sanitizer thread           the same under ThreadSanitizer
`;

export function registerStress(program: Command, context: Context): void {
  const command = program
    .command('stress')
    .description('real threads: C of your own, a storm of random operations, or one scenario')
    .addArgument(
      new DataArgument('[files...]', 'C or C++ sources of your own, one program', { files: true }),
    );
  if (context.isAsked(command.name())) {
    const { stressOptionRows } = loadOptions();
    addOptions(command, stressOptionRows);
    addOptions(command, loadProgramOptions().programStressRows);
  }
  command
    .option('--no-tickets', 'do not have the explorer look for the faults')
    .option('--ndjson', 'one JSON line per event: start, progress, fault, report')
    .addHelpText('after', EPILOGUE)
    .action(async (files: string[], _flags: object, self: Command) => {
      const { json, quiet, seed } = self.optsWithGlobals<GlobalOptions>();
      const { ndjson, tickets, ...flags } = self.opts<StressFlags>();
      if (json && ndjson) throw new UsageError('Give either --json or --ndjson, not both');
      const format = ndjson ? 'ndjson' : json ? 'json' : 'text';
      const mode = { format, quiet: quiet === true, tickets: tickets === true } as const;
      const run = isProgramGiven(files, self)
        ? runOwn(files, flags, seed)
        : runMachine(flags, seed);
      context.exitWith(await run(mode, context.terminal));
    });
}

type Run = (mode: StressMode, terminal: Terminal) => Promise<ExitCode>;

function runOwn(files: readonly string[], flags: StressFlags, seed: string | undefined): Run {
  const { program, options } = loadProgramOptions().toProgramStress(files, flags, seed);
  const { runProgramStress } = require('./program-run') as typeof import('./program-run');
  return (mode, terminal) => runProgramStress(program, options, mode, terminal);
}

function runMachine(flags: StressFlags, seed: string | undefined): Run {
  const options = loadOptions().toStressOptions(flags, seed);
  const { runStress } = require('./run') as typeof import('./run');
  return (mode, terminal) => runStress(options, mode, terminal);
}

/**
 * Whether files of the user's are named.
 *
 * @throws UsageError for another word, and for options that do nothing there
 */
function isProgramGiven(files: readonly string[], command: Command): boolean {
  const { isSourceName } = require('../../own/program') as typeof import('../../own/program');
  const { refuseOptions } = require('../options/program') as typeof import('../options/program');
  const { programStressRows, machineRows } = loadProgramOptions();
  const [first] = files;
  if (first === undefined) {
    refuseOptions(
      command,
      programStressRows,
      'is for C and C++ of your own: name a file, such as queue.c',
    );
    return false;
  }
  const stray = files.find((file) => !isSourceName(file));
  if (stray !== undefined) {
    const { unexpectedArgument } = require('../options/usage') as typeof import('../options/usage');
    throw new UsageError(`${unexpectedArgument(stray, command)} See 'dmtorture stress --help'.`);
  }
  refuseOptions(
    command,
    machineRows,
    `is for the device mapper, and ${first} is a file of your own`,
  );
  return true;
}

/** Loaded where it is needed: the help of all commands is not to wait for it. */
function loadOptions(): typeof import('./options') {
  return require('./options');
}

function loadProgramOptions(): typeof import('./program-options') {
  return require('./program-options');
}
