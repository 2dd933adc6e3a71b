import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context';
import { DataArgument } from '../options/option';

const EPILOGUE = `
It writes queue.c, a small program with a race, queue.test.js, its Jest test, and package.json where
there is none. A file that is there is never overwritten.

Example:
  dmtorture init race && cd race && npx dmtorture explore queue.c
`;

export function registerInit(program: Command, context: Context): void {
  program
    .command('init')
    .description('a small C file with a race, and its Jest test, to begin with')
    .addArgument(
      new DataArgument('[folder]', 'where to write; it is made if it is not there', {
        files: true,
      }),
    )
    .addHelpText('after', EPILOGUE)
    .action((folder: string | undefined, _flags: object, self: Command) => {
      const { runInit } = require('./run') as typeof import('./run');
      const { json } = self.optsWithGlobals<GlobalOptions>();
      context.exitWith(runInit(folder ?? '.', json === true, context.terminal));
    });
}
