import type { Command } from 'commander';
import type { MatrixOptions } from '../../explore/matrix';
import type { Context, GlobalOptions } from '../context';
import { addOptions, readNames } from '../options/option';
import { SPLIT_ROWS } from '../options/split';

const EPILOGUE = `
Every cell is explored to its end, and held against what its scenario expects. Under rc11 the
scenarios of four threads have up to 760,000 states a cell, so that the whole takes minutes.
Exit codes: 0 every cell is as expected (most of them fault), 1 one is not, 4 a cell is
unfinished.

Examples:
  dmtorture matrix                                          256 subsets x every scenario
  dmtorture matrix --scenarios create-find,remove-open      two scenarios
  dmtorture matrix --patches series                         without the follow-up fixes
  dmtorture matrix --shard 1/4 --json > 1.json              a quarter; 'report' makes one of four
`;

interface MatrixFlags {
  scenarios?: string;
  patches?: string;
  memory?: string;
  shard?: string;
  journal?: string;
  resume?: boolean;
}

export function registerMatrix(program: Command, context: Context): void {
  const command = program
    .command('matrix')
    .description('every subset of the eight patches in every scenario: which are clean, and why');
  if (context.isAsked(command.name())) {
    const { matrixOptionRows } = require('./options') as typeof import('./options');
    addOptions(command, matrixOptionRows);
  } else {
    // The help of all commands says that there are some.
    addOptions(command, [SPLIT_ROWS.shard]);
  }
  command.addHelpText('after', EPILOGUE).action(async (flags: MatrixFlags, self: Command) => {
    const { runMatrix } = require('./run') as typeof import('./run');
    const { json, quiet } = self.optsWithGlobals<GlobalOptions>();
    const { scenarios, patches, memory, shard, journal, resume } = flags;
    const options = {
      scenarios: scenarios === undefined ? undefined : readNames(scenarios),
      patches,
      memory: memory as MatrixOptions['memory'],
      shard,
      journal,
      resume,
    };
    const mode = { format: json ? 'json' : 'text', quiet: quiet === true } as const;
    context.exitWith(await runMatrix(options, mode, context.terminal));
  });
}
