import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context';

const EPILOGUE = `
Example:
  dmtorture replay dmt2.AgQAAQEGAQEEAQAAAYWSCweAAoECBIECgAKBAocCAUA61kim --step

A ticket of own C names files below the folder that it was made in: replay it there. Where one has
changed, it is replayed if each of its steps is as it was, and refused otherwise (exit 2).

Keys of --step on a terminal: Enter or n next, b back, a all that is left, q quit.
Exit codes: 1 the fault of the ticket was reproduced (0 where the ticket is about none), 2 the
ticket is damaged or of another version, 3 the ticket is good and its fault does not come.
`;

interface ReplayFlags {
  step?: boolean;
  all?: boolean;
  lines?: boolean;
}

export function registerReplay(program: Command, context: Context): void {
  program
    .command('replay')
    .description('run exactly the schedule of a ticket, and draw it as a two-CPU diagram')
    .argument(
      '<ticket>',
      'the text that begins with dmt2., dmt3., dmo1. or dmo2. (explore, stress and demo print them)',
    )
    .option('--step', 'walk through the schedule, a step at a time')
    .option('--all', 'every step, not only those that the story needs')
    .option('--lines', 'the file and the line of each access')
    .addHelpText('after', EPILOGUE)
    .action(async (ticket: string, flags: ReplayFlags, self: Command) => {
      const { runReplay } = require('./run') as typeof import('./run');
      const { json, quiet } = self.optsWithGlobals<GlobalOptions>();
      const mode = {
        json: json === true,
        quiet: quiet === true,
        step: flags.step === true,
        all: flags.all === true,
        lines: flags.lines === true,
      };
      context.exitWith(await runReplay(ticket, mode, context.terminal));
    });
}
