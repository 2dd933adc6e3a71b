import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context';
import { addOptions, DataArgument } from '../options/option';
import { SCENARIO } from '../options/scenario';
import { UsageError } from '../options/usage-error';
import type { OopsFlags } from './options';

const EPILOGUE = `
The same device mapper with real memory: each object has pages of its own, a free takes them out of
reach, and nobody checks. It runs in a process of its own, on real threads, until a SIGSEGV, a BUG() or a
second free ends that. The report says what was touched, which thread freed it, and where each was; then the
explorer looks for the same in its model, and has a ticket for 'replay'. That it did not die proves
nothing: 'explore' does. It needs Linux.
Exit codes: 0 it lived, 1 it died, or met what the model calls a fault.

Examples:
  dmtorture oops remove-open --patches all,-05       a device is opened and is freed
  dmtorture oops create-find --patches all,-02       a half-built device is found
  dmtorture oops get-unload --patches all,-07        the module is gone, and somebody calls it
  dmtorture oops --program 'before: create 0 ; cpu1: remove 0 ; cpu2: get 0, put 0' --patches none
`;

export function registerOops(program: Command, context: Context): void {
  const command = program
    .command('oops')
    .description('real memory and real threads in a process of their own, until it dies')
    .addArgument(new DataArgument('[scenario]', 'a scenario of either list, or programs', SCENARIO))
    .option('--program <text>', 'programs of your own instead: cpu1: create 0 ; cpu2: find 0');
  if (context.isAsked(command.name())) addOptions(command, loadOptions().oopsOptionRows);
  command
    .addHelpText('after', EPILOGUE)
    .action(async (scenario: string | undefined, _flags: object, self: Command) => {
      const { json, quiet, seed } = self.optsWithGlobals<GlobalOptions>();
      const { program: text, ...flags } = self.opts<OopsFlags>();
      const target = readTarget(scenario, text as string | undefined);
      const mode = { format: json ? 'json' : 'text', quiet: quiet === true } as const;
      const { runOopsCommand } = require('./run') as typeof import('./run');
      const options = loadOptions().toOopsOptions(flags, seed);
      context.exitWith(await runOopsCommand(target, options, mode, context.terminal));
    });
}

/** A name, or the programs of a text, whose messages name what was typed. */
function readTarget(
  scenario: string | undefined,
  text: string | undefined,
): string | import('../../programs/race').Race {
  if (scenario !== undefined && text !== undefined) {
    throw new UsageError('Give either a scenario or --program, not both');
  }
  const typed = scenario ?? text;
  if (typed === undefined) {
    throw new UsageError(
      "Expected a scenario, such as remove-open, or --program. See 'dmtorture list scenarios'.",
    );
  }
  if (text === undefined && !typed.includes(':')) return typed;
  const { parsePrograms } =
    require('../../programs/program') as typeof import('../../programs/program');
  return parsePrograms(typed, typed, text === undefined ? 'scenario' : 'program');
}

/** Loaded where it is needed: the help of all commands is not to wait for it. */
function loadOptions(): typeof import('./options') {
  return require('./options');
}
