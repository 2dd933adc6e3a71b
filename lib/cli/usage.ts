import type { Command, CommanderError } from 'commander';
import { DmTortureError } from '../errors';
import { nearest } from '../suggest';
import { EXIT, type ExitCode } from './exit';

/** A wrong command line that only the command line can get wrong. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Library errors that are the caller's doing; the others are the tool's. */
const INPUT_CODES = new Set([
  'ERR_INVALID_ARG_TYPE',
  'ERR_OUT_OF_RANGE',
  'ERR_INCOMPATIBLE_OPTIONS',
  'ERR_BAD_TICKET',
  'ERR_TICKET_VERSION',
]);

/** What to say, and how to exit, when a command failed instead of giving a result. */
export function describeFailure(error: unknown): { text: string; code: ExitCode } {
  if (error instanceof UsageError) return { text: error.message, code: EXIT.usage };
  if (error instanceof DmTortureError) {
    if (INPUT_CODES.has(error.code)) return { text: inFlags(error), code: EXIT.usage };
    return { text: `${error.message} (${error.code})`, code: EXIT.failed };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text: `dmtorture bug: ${text}`, code: EXIT.failed };
}

/** ` Did you mean 'x'?`, or nothing where no candidate is close. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const found = nearest(word, candidates);
  return found === undefined ? '' : ` Did you mean '${found}'?`;
}

/** `durationMs` -> `--duration`, `stopOnFault` -> `--stop-on-fault`. */
export function flagOf(option: string): string {
  const name = option.replace(/Ms$/, '');
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The library names its options, the command its flags: say it the way it was typed. */
function inFlags({ message, option }: DmTortureError): string {
  return option === undefined ? message : message.replace(`\`${option}\``, flagOf(option));
}

/** Commander's complaint in our words, with the nearest match for a typo. */
export function usageText(error: CommanderError, program: Command, argv: string[]): string {
  const command = program.commands.find((c) => argv.slice(2).includes(c.name()));
  const text = error.message.replace(/^error: /, '');
  const help = `See 'dmtorture ${command ? `${command.name()} ` : ''}--help'.`;
  switch (error.code) {
    case 'commander.unknownCommand': {
      const word = /'(.*)'/s.exec(text)?.[1] ?? '';
      const names = program.commands.map((c) => c.name());
      return `unknown command '${word}'.${didYouMean(word, names) || ` Expected ${names.join(', ')}.`} ${help}`;
    }
    case 'commander.unknownOption': {
      const flag = (/'(.*)'/s.exec(text)?.[1] ?? '').replace(/=.*/s, '');
      return `unknown option '${flag}'.${elsewhere(flag, program, command)} ${help}`;
    }
    case 'commander.optionMissingArgument':
      return `${text.replace(/^option /, 'option ').replace(/ argument missing$/, ' needs a value')}. ${help}`;
    default:
      return `${text}. ${help}`;
  }
}

/** Where an unknown option may belong: a close one of this command, or another command's own. */
function elsewhere(flag: string, program: Command, command: Command | undefined): string {
  const own = [...flagsOf(program), ...(command ? flagsOf(command) : []), '--help'];
  if (!command) {
    const owner = program.commands.find((c) => flagsOf(c).includes(flag));
    if (owner) return ` It belongs to '${owner.name()}': dmtorture ${owner.name()} ${flag} ...`;
  }
  const close = didYouMean(flag, own);
  if (close) return close;
  const owner = program.commands.find((c) => flagsOf(c).includes(flag));
  return owner ? ` It is an option of '${owner.name()}'.` : '';
}

function flagsOf(command: Command): string[] {
  return command.options.map((option) => option.long ?? option.flags);
}
