import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context';
import { addOptions } from '../options/option';
import type { BisectFlags } from './options';

const EPILOGUE = `
Every kernel of the range is explored, in the order of dates: the first in which the fault is seen,
and the first after it in which it is gone. Between two neighbours that differ in it, the older one
is explored again with one of the rows changed in which they differ, then with two, until some are
enough. The fault of the first kernel that has it comes with its diagram and its ticket.
Exit codes: 0 the question was answered, whatever the answer is; 4 a limit cut something off.

Examples:
  dmtorture bisect --scenario remove-find                          2.6.9 to today
  dmtorture bisect --scenario number-first --from 2.6.16           its second life
  dmtorture bisect --scenario clash-find --fault use-after-free    one kind among several
`;

export function registerBisect(program: Command, context: Context): void {
  const command = program
    .command('bisect')
    .description(
      'which kernel brought a fault, which one ended it, and by which row of the patches',
    );
  if (context.isAsked(command.name())) {
    const { bisectOptionRows } = require('./options') as typeof import('./options');
    addOptions(command, bisectOptionRows);
  } else {
    // The help of all commands says that there are some.
    command.option('--scenario <name>', 'what is explored');
  }
  command.addHelpText('after', EPILOGUE).action(async (_flags: object, self: Command) => {
    const { runBisect } = require('./run') as typeof import('./run');
    const { toBisectOptions } = require('./options') as typeof import('./options');
    const { json, quiet } = self.optsWithGlobals<GlobalOptions>();
    const options = toBisectOptions(self.opts<BisectFlags>());
    const mode = { format: json ? 'json' : 'text', quiet: quiet === true } as const;
    context.exitWith(await runBisect(options, mode, context.terminal));
  });
}
