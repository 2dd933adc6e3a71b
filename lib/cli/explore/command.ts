import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context';
import { addOptions, DataArgument } from '../options/option';
import { UsageError } from '../options/usage-error';
import type { ExploreFlags } from './options';

const EPILOGUE = `
Without a scenario every one of the table is explored. The model is sequentially consistent.

Examples:
  dmtorture explore                                      every scenario, all patches: clean
  dmtorture explore remove-open --patches all,-05        the race that patch 05 closes
  dmtorture explore --program 'cpu1: create 0 ; cpu2: get 0, put 0' --patches all,-02
  dmtorture explore --shard 1/4 --json > 1.json          a quarter; 'report' makes one of four
`;

export function registerExplore(program: Command, context: Context): void {
  const command = program
    .command('explore')
    .description('every interleaving of a scenario, or of all of them: a proof, or a ticket')
    .addArgument(scenarioArgument(context.isAsked('explore')))
    .option('--program <text>', 'programs of your own instead: cpu1: create 0 ; cpu2: find 0');
  if (context.isAsked(command.name())) {
    const { exploreOptionRows } = loadOptions();
    addOptions(command, exploreOptionRows);
  }
  command
    .option('--lines', 'the file and the line of each access in diagrams')
    .option('--ndjson', 'one JSON line per event: start, progress, fault, scenario, report')
    .addHelpText('after', EPILOGUE)
    .action(async (scenario: string | undefined, _flags: object, self: Command) => {
      const { runExplore } = require('./run') as typeof import('./run');
      const { json, quiet, seed } = self.optsWithGlobals<GlobalOptions>();
      const { ndjson, lines, program: text, ...flags } = self.opts<ExploreFlags>();
      if (json && ndjson) throw new UsageError('Give either --json or --ndjson, not both');
      if (scenario !== undefined && text !== undefined)
        throw new UsageError('Give either a scenario or --program, not both');
      const format = ndjson ? 'ndjson' : json ? 'json' : 'text';
      const target = readTarget(scenario, text as string | undefined);
      const options = loadOptions().toExploreOptions(flags, seed);
      const mode = { format, quiet: quiet === true, lines: lines === true } as const;
      context.exitWith(await runExplore(target, options, mode, context.terminal));
    });
}

/** Its names are loaded where they are needed. */
function scenarioArgument(asked: boolean): DataArgument {
  const { scenarioNames } = asked
    ? (require('../options/names') as typeof import('../options/names'))
    : { scenarioNames: [] };
  return new DataArgument('[scenario]', 'a scenario', {
    choices: scenarioNames,
    table: 'scenarios',
  });
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

/** Loaded where it is needed: the help of all commands is not to wait for it. */
function loadOptions(): typeof import('./options') {
  return require('./options');
}
