import type { Command } from 'commander';
import type { OutcomeOptions } from '../../own/outcomes';
import type { Program, ProgramOptions } from '../../own/program';
import type { OptionData } from './option';
import { UsageError } from './usage-error';

/** The options of a program of the user's: `explore` and `stress` have them. */
interface ProgramRow<Option extends string> extends OptionData {
  /** Key of commander's result. */
  key: string;
  option: Option;
}

/** What commander makes of them. */
type Flags = Readonly<Record<string, unknown>>;

/** Options that are given again add to a list. */
export const collectTexts = (text: string, before: unknown): string[] => [
  ...((before as string[] | undefined) ?? []),
  text,
];

/** How a program is built, in the order of the help. */
export const buildRows: readonly ProgramRow<keyof ProgramOptions>[] = [
  {
    flags: '--cc <command>',
    key: 'cc',
    option: 'cc',
    says: 'own C: the compiler',
    fallback: 'clang where it is there, else gcc',
  },
  {
    flags: '--flag <flag>',
    key: 'flag',
    option: 'flags',
    says: 'own C: compile with this flag, such as -DN=2; repeatable',
    parse: collectTexts,
  },
  {
    flags: '--optimize',
    key: 'optimize',
    option: 'optimize',
    says: 'own C: compile with -O1, which may take accesses away, and their races with them',
  },
  {
    flags: '--compile-commands <file>',
    key: 'compileCommands',
    option: 'compileCommands',
    says: 'own C: compile with the flags that this database has for a file',
    files: true,
  },
];

/** What its outcomes may be. */
export const outcomeRows: readonly ProgramRow<keyof OutcomeOptions>[] = [
  {
    flags: '--allow-outcome <outcome>',
    key: 'allowOutcome',
    option: 'allowOutcomes',
    says: "own C: this outcome, such as 'r1=0 r2=1', is acceptable; repeatable",
    parse: collectTexts,
  },
  {
    flags: '--forbid-outcome <outcome>',
    key: 'forbidOutcome',
    option: 'forbidOutcomes',
    says: 'own C: this outcome is a fault; repeatable',
    parse: collectTexts,
  },
];

/** All of them. */
export const programRows: readonly OptionData[] = [...buildRows, ...outcomeRows];

function optionsOf(rows: readonly ProgramRow<string>[], flags: Flags): Record<string, unknown> {
  const given = rows.filter(({ key }) => flags[key] !== undefined);
  return Object.fromEntries(given.map(({ key, option }) => [option, flags[key]]));
}

/**
 * The program that is named by its sources.
 *
 * @param more - What else the command has of {@link ProgramOptions}.
 * @throws DmTortureError ERR_OUT_OF_RANGE
 */
export function toProgram(
  files: readonly string[],
  flags: Flags,
  more: ProgramOptions = {},
): Program {
  const { program } = require('../../own/program') as typeof import('../../own/program');
  return program(files, { ...optionsOf(buildRows, flags), ...more });
}

/** Which outcomes are allowed and forbidden. */
export const toOutcomeOptions = (flags: Flags): OutcomeOptions => optionsOf(outcomeRows, flags);

/**
 * Refuse options that were typed and do nothing here.
 *
 * @param rows - With the keys that commander gives them.
 * @param why - Such as `is for own C: name a file such as queue.c`.
 * @throws UsageError
 */
export function refuseOptions(
  command: Command,
  rows: readonly (OptionData & { key: string })[],
  why: string,
): void {
  for (const { key, flags } of rows) {
    // What a file or the environment says is for all runs of a command.
    if (command.getOptionValueSource(key) !== 'cli') continue;
    throw new UsageError(`${flags.replace(/ <.*/, '')} ${why}`);
  }
}
