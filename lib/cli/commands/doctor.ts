import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../program';

export function registerDoctor(program: Command, context: Context): void {
  program
    .command('doctor')
    .description(
      'node, binary, cores, clock, sanitizer readiness, and a short test of the tool itself',
    )
    .action(async (_options: object, self: Command) => {
      const { runDoctor } = require('../doctor-run') as typeof import('../doctor-run');
      const { json, seed } = self.optsWithGlobals<GlobalOptions>();
      context.exitWith(await runDoctor({ json: json === true, seed }, context.terminal));
    });
}
