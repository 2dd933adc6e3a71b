import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context';
import { addOptions, DataArgument } from '../options/option';
import { SCENARIO } from '../options/scenario';
import { UsageError } from '../options/usage-error';
import type { ExploreFlags } from './options';

const EPILOGUE = `
Without a scenario every one of the table is explored. A name that ends in .c, .cc, .cpp, .cxx or .C
is a file of your own: it is compiled, and runs with your rights. Without --memory an execution is
one order of all accesses.

Examples:
  dmtorture explore queue.c                              C of your own, unmodified
  dmtorture explore queue.c test.c --cc gcc --flag -DN=2 several files, by gcc
  dmtorture explore                                      every scenario, all patches: clean
  dmtorture explore remove-open --patches all,-05        the race that patch 05 closes
  dmtorture explore --program 'cpu1: create 0 ; cpu2: get 0, put 0' --patches all,-02
  dmtorture explore --shard 1/4 --json > 1.json          a quarter; 'report' makes one of four
`;

export function registerExplore(program: Command, context: Context): void {
  const command = program
    .command('explore')
    .description(
      'every interleaving of C of your own, of a scenario, or of all of them: a proof, or a ticket',
    )
    .addArgument(
      new DataArgument(
        '[scenario...]',
        'a scenario, or sources of your own such as queue.c',
        SCENARIO,
      ),
    )
    .option('--program <text>', 'programs of your own instead: cpu1: create 0 ; cpu2: find 0');
  if (context.isAsked(command.name())) {
    addOptions(command, loadOptions().exploreOptionRows);
    addOptions(command, loadOwn().ownOptionRows);
  }
  command
    .option('--lines', 'the file and the line of each access in diagrams')
    .option('--ndjson', 'one JSON line per event: start, progress, fault, scenario, report')
    .addHelpText('after', EPILOGUE)
    .action(async (given: string[], _flags: object, self: Command) => {
      const { json, quiet, seed } = self.optsWithGlobals<GlobalOptions>();
      const { ndjson, lines, program: text, ...flags } = self.opts<ExploreFlags>();
      if (json && ndjson) throw new UsageError('Give either --json or --ndjson, not both');
      const format = ndjson ? 'ndjson' : json ? 'json' : 'text';
      const mode = { format, quiet: quiet === true, lines: lines === true } as const;
      const isTyped = (key: string): boolean => self.getOptionValueSource(key) === 'cli';
      if (areFiles(given)) {
        loadOwn().refuseScenarioOptions(isTyped, given.join(' '));
        const { runOwn } = require('./own-run') as typeof import('./own-run');
        const { target, options } = loadOwn().readOwn(given, flags, seed);
        context.exitWith(await runOwn(target, options, mode, context.terminal));
        return;
      }
      loadOwn().refuseOwnOptions(isTyped);
      const [scenario] = given;
      if (scenario !== undefined && text !== undefined)
        throw new UsageError('Give either a scenario or --program, not both');
      const { runExplore } = require('./run') as typeof import('./run');
      const target = readTarget(scenario, text as string | undefined);
      const options = loadOptions().toExploreOptions(flags, seed);
      context.exitWith(await runExplore(target, options, mode, context.terminal));
    });
}

/** Whether names are those of files: then all of them are. Of scenarios there is one. */
function areFiles(given: readonly string[]): boolean {
  if (given.length === 0) return false;
  const { isSourceName, SUFFIX_TEXT } =
    require('../../own/program') as typeof import('../../own/program');
  const other = given.find((name) => !isSourceName(name));
  if (other === undefined) return true;
  const help = "See 'dmtorture explore --help'.";
  if (given.length > 1 && !given.some(isSourceName))
    throw new UsageError(`unexpected argument '${given[1]}'. ${help}`);
  // No scenario has a dot or a slash in its name, and programs have colons.
  if (given.length > 1 || (/[./]/.test(other) && !other.includes(':')))
    throw new UsageError(
      `'${other}' is not the name of a C or C++ source, which ends in ${SUFFIX_TEXT}. ${help}`,
    );
  return false;
}

/** A name, or the programs of a text, whose messages name what was typed. */
function readTarget(
  scenario: string | undefined,
  text: string | undefined,
): string | import('../../programs/race').Race | undefined {
  if (text === undefined && !scenario?.includes(':')) return scenario;
  const { parsePrograms } =
    require('../../programs/program') as typeof import('../../programs/program');
  return text === undefined
    ? parsePrograms(scenario ?? '', scenario, 'scenario')
    : parsePrograms(text, text, 'program');
}

/** The options of own C, loaded as those of scenarios are. */
function loadOwn(): typeof import('./own-options') {
  return require('./own-options');
}

/** Loaded where it is needed: the help of all commands is not to wait for it. */
function loadOptions(): typeof import('./options') {
  return require('./options');
}
