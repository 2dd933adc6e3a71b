import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context';
import { DataArgument } from '../options/option';
import { didYouMean, UsageError } from '../options/usage-error';
import { LIST_NAMES, type ListName } from './names';

const EPILOGUE = `
Examples:
  dmtorture list patches         what each of them changes and prevents
  dmtorture list scenarios --json
  dmtorture list calls sem_wait  what own C may do with one function, and why
`;

export function registerList(program: Command, context: Context): void {
  program
    .command('list')
    .description('the tables: patches, faults, what they break, what threads can do')
    .addArgument(new DataArgument('<table>', 'which of them', { choices: LIST_NAMES }))
    .argument('[call]', 'with calls: this function alone')
    .addHelpText('after', EPILOGUE)
    .action((table: string, call: string | undefined, _options: object, command: Command) => {
      const { listRows, listTable } = require('./rows') as typeof import('./rows');
      const name = readName(table);
      if (call !== undefined && name !== 'calls')
        throw new UsageError(`unexpected argument '${call}'. See 'dmtorture list --help'.`);
      const { json } = command.optsWithGlobals<GlobalOptions>();
      const rows = call === undefined ? undefined : [readCall(call)];
      context.terminal.print(
        json
          ? `${JSON.stringify(rows ?? listRows(name), null, 2)}\n`
          : listTable(name, context.terminal, rows),
      );
    });
}

/** The row of a function, whose own name it bears where the table has it by its beginning. */
function readCall(call: string): { call: string; support: string; says: string } {
  const { callRow } = require('../../tables/calls') as typeof import('../../tables/calls');
  const { tables } = require('../../tables/tables') as typeof import('../../tables/tables');
  const row = callRow(call);
  if (row) return { call, support: row.support, says: row.says };
  const hint = didYouMean(
    call,
    tables.calls.map(({ name }) => name),
  );
  throw new UsageError(
    `'${call}' is not in the table of calls; a library's function that is not there needs --allow.${hint}`,
  );
}

function readName(table: string): ListName {
  const name = LIST_NAMES.find((candidate) => candidate === table);
  if (name) return name;
  const hint = didYouMean(table, LIST_NAMES);
  throw new UsageError(`Expected a table to be ${LIST_NAMES.join('|')}, got '${table}'.${hint}`);
}
