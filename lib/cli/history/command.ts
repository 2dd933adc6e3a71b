import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context';
import { addOptions, DataArgument, readNames } from '../options/option';
import type { HistoryFlags } from './options';

const EPILOGUE = `
Each bug is looked for as it is printed: every interleaving of its scenario is run under the patches
that have it, and under those that cure it. A mark says how it is known: A from a kernel tree or a
mail, B from the id or title of a commit, C from memory.
--matrix explores every named set in every scenario, and each set again with one of its rows changed: half
a minute. The page of --html has the named sets alone, unless --matrix is given as well.
Exit codes: 0 each bug was seen and is cured, and each cell is what the formulas say, 1 one is not,
4 the explorer is not here.

Examples:
  dmtorture history                            by pattern, oldest first
  dmtorture history --year                     by the year in which each came
  dmtorture history --pattern late-reference   one pattern
  dmtorture history R9                         one bug, with its two-CPU diagram
  dmtorture history --matrix                   which kernel had which race, and which row matters
  dmtorture history --html history.html        a page with a diagram of each to walk through
`;

export function registerHistory(program: Command, context: Context): void {
  const command = program
    .command('history')
    .description('lifetime bugs of the device mapper from 2004 to 2026, as a timeline');
  if (context.isAsked(command.name())) {
    const { historyOptionRows, bugs } = require('./options') as typeof import('./options');
    command.addArgument(
      new DataArgument('[row]', 'one bug, by the number or the name of its row', bugs),
    );
    addOptions(command, historyOptionRows);
  } else {
    command.addArgument(
      new DataArgument('[row]', 'one bug, by the number or the name of its row', {}),
    );
  }
  command
    .addHelpText('after', EPILOGUE)
    .action(async (row: string | undefined, flags: HistoryFlags, self: Command) => {
      const { runHistory } = require('./run') as typeof import('./run');
      const { json, quiet } = self.optsWithGlobals<GlobalOptions>();
      const { year, html, pattern, matrix, scenarios } = flags;
      const mode = {
        format: json ? 'json' : 'text',
        quiet: quiet === true,
        byYear: year === true,
        html,
        matrix: matrix === true,
        scenarios: scenarios === undefined ? undefined : readNames(scenarios),
      } as const;
      context.exitWith(await runHistory(row, pattern, mode, context.terminal));
    });
}
