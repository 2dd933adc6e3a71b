import type { Command } from 'commander';
import type { Context } from '../context';
import { DataArgument } from '../options/option';
import { UsageError } from '../options/usage-error';
import { SHELLS } from './shells';

const EPILOGUE = `
Examples:
  source <(dmtorture completion bash)            in ~/.bashrc
  source <(dmtorture completion zsh)             in ~/.zshrc, after compinit
  dmtorture completion fish | source             in ~/.config/fish/config.fish
`;

export function registerCompletion(program: Command, context: Context): void {
  program
    .command('completion')
    .description('a script that completes commands, options and their values in your shell')
    .addArgument(new DataArgument('<shell>', 'which shell', { choices: SHELLS }))
    .addHelpText('after', EPILOGUE)
    .action((shell: string) => {
      if (program.getOptionValueSource('json') === 'cli') {
        throw new UsageError('--json: completion prints a script for a shell, and no document');
      }
      const { completionScript, readShell } = require('./scripts') as typeof import('./scripts');
      context.terminal.print(completionScript(readShell(shell), context.whole()));
    });
}
