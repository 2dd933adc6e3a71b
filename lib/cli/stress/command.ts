import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context';
import { addOptions } from '../options/option';
import { UsageError } from '../options/usage-error';
import type { StressFlags } from './options';

const EPILOGUE = `
A scenario has its own threads and runs in rounds; --ops, --mix and --epoch are for a storm,
--rounds and --batch for a scenario. See 'dmtorture list scenarios' and 'dmtorture list patches'.

Examples:
  dmtorture stress --patches all,-05 --stop-on-fault    a storm, one patch left out
  dmtorture stress --scenario remove-open --rounds 10000
  dmtorture stress --duration 24h --journal day.ndjson  after a crash the same with --resume
`;

export function registerStress(program: Command, context: Context): void {
  const command = program
    .command('stress')
    .description('free-running threads: a storm of random operations, or one scenario in rounds');
  if (context.isAsked(command.name())) {
    const { stressOptionRows } = loadOptions();
    addOptions(command, stressOptionRows);
  }
  command
    .option('--no-tickets', 'do not have the explorer find the faults of a scenario again')
    .option('--ndjson', 'one JSON line per event: start, progress, fault, report')
    .addHelpText('after', EPILOGUE)
    .action(async (_flags: object, self: Command) => {
      const { runStress } = require('./run') as typeof import('./run');
      const { json, quiet, seed } = self.optsWithGlobals<GlobalOptions>();
      const { ndjson, tickets, ...flags } = self.opts<StressFlags>();
      if (json && ndjson) throw new UsageError('Give either --json or --ndjson, not both');
      const format = ndjson ? 'ndjson' : json ? 'json' : 'text';
      const options = loadOptions().toStressOptions(flags, seed);
      const mode = { format, quiet: quiet === true, tickets: tickets === true } as const;
      context.exitWith(await runStress(options, mode, context.terminal));
    });
}

/** Loaded where it is needed: the help of all commands is not to wait for it. */
function loadOptions(): typeof import('./options') {
  return require('./options');
}
