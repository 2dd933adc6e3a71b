import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context';

const EPILOGUE = `
Example:
  dmtorture doctor --json        what to put into a bug report
`;

export function registerDoctor(program: Command, context: Context): void {
  program
    .command('doctor')
    .description(
      'node, binary, cores, clock, sanitizers, the compiler of own C, and a short test of it all',
    )
    .addHelpText('after', EPILOGUE)
    .action(async (_options: object, self: Command) => {
      const { runDoctor } = require('./run') as typeof import('./run');
      const { json, seed } = self.optsWithGlobals<GlobalOptions>();
      context.exitWith(await runDoctor({ json: json === true, seed }, context.terminal));
    });
}
