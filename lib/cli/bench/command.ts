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
  minors    the IDR against a bare radix walk, and the protocol under contention
  refcount  ways to take and drop a reference
  calls     what a call of this library costs in TypeScript
  explore   schedules per second by scenario and strategy

Examples:
  dmtorture bench locks                                     every lock, four typical cells
  dmtorture bench locks --threads 1,2,4,8 --hold 0,100ns --locks mcs,futex3 --svg plots
  dmtorture bench minors --populations 1000,1000000 --threads 2
  dmtorture bench explore --scenarios create-find --strategies random,dpor --json
`;

export function registerBench(program: Command, context: Context): void {
  const command = program
    .command('bench')
    .description('measure: locks, tables of minors, reference counts, calls, explorations')
    .addArgument(new DataArgument('<suite>', 'what is measured', { choices: benchSuites }));
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
    .addHelpText('after', EPILOGUE)
    .action(async (suite: string, _flags: object, self: Command) => {
      const { runBench } = require('./run') as typeof import('./run');
      const { toBenchOptions } = require('./options') as typeof import('./options');
      const { json, quiet, seed } = self.optsWithGlobals<GlobalOptions>();
      const { svg, ...flags } = self.opts<BenchFlags>();
      if (svg === '') throw new UsageError('Expected --svg to name a folder, got ``');
      const options = toBenchOptions(flags, seed);
      const mode = {
        format: json ? 'json' : 'text',
        quiet: quiet === true,
        ...(svg !== undefined && { svg: String(svg) }),
      } as const;
      context.exitWith(await runBench(suite, options, mode, context.terminal));
    });
}
