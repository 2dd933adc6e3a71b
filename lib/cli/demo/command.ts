import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context';

const EPILOGUE = `
Examples:
  dmtorture demo                 the tour, for people
  dmtorture demo --json          the same, as one document
`;

export function registerDemo(program: Command, context: Context): void {
  program
    .command('demo')
    .description(
      'the tour, about ten seconds: each patch left out until its race shows, then all of them in',
    )
    .addHelpText('after', EPILOGUE)
    .action(async (_options: object, self: Command) => {
      const { runDemo } = require('./run') as typeof import('./run');
      const { json, quiet, seed } = self.optsWithGlobals<GlobalOptions>();
      const mode = { format: json ? 'json' : 'text', quiet: quiet === true, seed } as const;
      context.exitWith(await runDemo(mode, context.terminal));
    });
}
