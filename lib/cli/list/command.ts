import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context';
import { DataArgument } from '../options/option';
import { didYouMean, UsageError } from '../options/usage-error';
import { LIST_NAMES, type ListName } from './names';

const EPILOGUE = `
Examples:
  dmtorture list patches         what each of them changes and prevents
  dmtorture list scenarios --json
`;

export function registerList(program: Command, context: Context): void {
  program
    .command('list')
    .description('the tables: patches, faults, what they break, what threads can do')
    .addArgument(new DataArgument('<table>', 'which of them', { choices: LIST_NAMES }))
    .addHelpText('after', EPILOGUE)
    .action((table: string, _options: object, command: Command) => {
      const { listRows, listTable } = require('./rows') as typeof import('./rows');
      const name = readName(table);
      const { json } = command.optsWithGlobals<GlobalOptions>();
      context.terminal.print(
        json ? `${JSON.stringify(listRows(name), null, 2)}\n` : listTable(name, context.terminal),
      );
    });
}

function readName(table: string): ListName {
  const name = LIST_NAMES.find((candidate) => candidate === table);
  if (name) return name;
  const hint = didYouMean(table, LIST_NAMES);
  throw new UsageError(`Expected a table to be ${LIST_NAMES.join('|')}, got '${table}'.${hint}`);
}
