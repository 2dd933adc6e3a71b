import type { Command, CommanderError } from 'commander';
import { DmTortureError } from '../../base/errors';
import { oneLine } from '../../base/sinks/inert';
import { nearest } from '../../base/suggest';
import { STORM } from '../../programs/storm';
import { EXIT, type ExitCode } from '../exit';
import { didYouMean, UsageError } from './usage-error';

/** Library errors that are the caller's doing; the others are the tool's. */
const INPUT_CODES = new Set([
  'ERR_INVALID_ARG_TYPE',
  'ERR_OUT_OF_RANGE',
  'ERR_INCOMPATIBLE_OPTIONS',
  'ERR_BAD_TICKET',
  'ERR_TICKET_VERSION',
  'ERR_BAD_REPORT',
  'ERR_REPORTS_DIFFER',
  'ERR_BAD_JOURNAL',
  'ERR_NO_COMPILER',
  'ERR_PROGRAM',
  'ERR_NOT_DETERMINISTIC',
]);

/** What to say, and how to exit, when a command failed instead of giving a result. */
interface Failure {
  text: string;
  code: ExitCode;
  /** It says itself that it is an error. */
  isWhole?: boolean;
}

/** What a failure comes to. */
export function describeFailure(error: unknown, command?: Command, program?: Command): Failure {
  if (error instanceof UsageError) return { text: error.message, code: EXIT.usage };
  if (error instanceof DmTortureError) {
    // A compiler's message has lines, and is what its user knows.
    if (error.code === 'ERR_COMPILE') {
      const text = error.message.trimEnd();
      return { text, code: EXIT.usage, isWhole: /^\S+: .*error: /m.test(text) };
    }
    if (INPUT_CODES.has(error.code))
      return {
        text: oneLine(inFlags(error, command) + givenBy(error, command, program)),
        code: EXIT.usage,
      };
    return { text: `${error.message} (${error.code})`, code: EXIT.failed };
  }
  if (isRefusal(error)) {
    const { whyNot } = require('../terminal/why-not') as typeof import('../terminal/why-not');
    return { text: oneLine(`${error.path}: ${whyNot(error)}`), code: EXIT.failed };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text: `dmtorture bug: ${text}`, code: EXIT.failed };
}

/** The operating system did not let us at a file: no bug of ours. */
function isRefusal(error: unknown): error is NodeJS.ErrnoException & { path: string } {
  const { errno, path } = error as NodeJS.ErrnoException;
  return error instanceof Error && errno !== undefined && path !== undefined;
}

/** `durationMs` -> `--duration`, `stopOnFault` -> `--stop-on-fault`. */
export function flagOf(option: string): string {
  const name = option === 'pinned' ? 'pin' : option.replace(/(Ms|Us|Ns)$/, '');
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * The library names its options, the command its flags and arguments: say it the way it was typed.
 */
function inFlags({ message, option }: DmTortureError, command: Command | undefined): string {
  if (option === undefined) return message;
  const flags = command ? flagsOf(command) : [];
  const plain = flagOf(option);
  // The library has a list where a flag is given again: `flags` and `--flag`.
  const flag = [plain, plain.replace(/s$/, '')].find((one) => flags.includes(one)) ?? plain;
  const argument = command?.registeredArguments[0]?.name();
  // The message on a list of scenarios says what is wrong with one of them.
  const several = flags.includes(`${flag}s`) ? `${flag}s` : flag;
  // What no flag gives, such as the masks of a matrix, has its own name.
  const shared = command?.parent ? flagsOf(command.parent) : [];
  const known = [...flags, ...shared].includes(several);
  if (command && argument !== option && !known) return message;
  const typed = argument === option ? `<${option}>` : flags.includes(flag) ? flag : several;
  return message.replace(`\`${option}\``, typed);
}

/** `; DMTORTURE_THREADS says so`, where it was not typed. */
function givenBy(
  { option }: DmTortureError,
  command: Command | undefined,
  program: Command | undefined,
): string {
  if (option === undefined || !command || !program) return '';
  const { sourceOf } = require('./settings') as typeof import('./settings');
  const source = sourceOf(flagOf(option), program, command);
  return source === undefined ? '' : `; ${source} says so`;
}

/** The command that was typed, if it is one. */
export function commandOf(program: Command, argv: string[]): Command | undefined {
  // The first word that names one: `bench explore` is a bench.
  for (const word of argv.slice(2)) {
    const command = program.commands.find((c) => c.name() === word);
    if (command) return command;
  }
  return undefined;
}

/**
 * Commander's complaint in our words, with the nearest match for a typo. `whole` has the options of
 * every command, `program` those that were needed.
 */
export function usageText(
  error: CommanderError,
  program: Command,
  whole: Command,
  argv: string[],
): string {
  const command = commandOf(program, argv);
  const text = error.message.replace(/^error: /, '').replace(/\.$/, '');
  const quoted = /'(.*)'/s.exec(text)?.[1] ?? '';
  const help = `See 'dmtorture ${command ? `${command.name()} ` : ''}--help'.`;
  switch (error.code) {
    case 'commander.unknownCommand': {
      const names = program.commands.map((c) => c.name());
      const hint = didYouMean(quoted, names) || ` Expected ${names.join(', ')}.`;
      return `unknown command '${quoted}'.${hint} ${help}`;
    }
    case 'commander.unknownOption':
      return `${unknownOption(quoted, whole, commandOf(whole, argv))} ${help}`;
    case 'commander.optionMissingArgument':
      return `option '${quoted}' needs a value. ${help}`;
    case 'commander.missingArgument': {
      const [argument] = command?.registeredArguments ?? [];
      const { argChoices, description } = argument ?? {};
      const needs = argChoices
        ? `one of ${argChoices.join('|')}`
        : `<${argument?.name()}>, ${description}`;
      return `${command?.name()} needs ${needs}. ${help}`;
    }
    case 'commander.excessArguments':
      return `${excessArguments(command)} ${help}`;
    default:
      return `${text}. ${help}`;
  }
}

function excessArguments(command: Command | undefined): string {
  const taken = command?.registeredArguments.length ?? 0;
  return unexpectedArgument(command?.args[taken] ?? '', command);
}

/** An argument that is nothing that the command takes, and what was probably meant. */
export function unexpectedArgument(word: string, command: Command | undefined): string {
  const { everyScenario } =
    require('../../programs/scenarios') as typeof import('../../programs/scenarios');
  const scenario = nearest(word, [STORM, ...everyScenario.map(({ name }) => name)]);
  const hint =
    command?.name() === 'stress' && scenario ? ` Did you mean '--scenario ${scenario}'?` : '';
  return `unexpected argument '${word}'.${hint}`;
}

/** An option nobody knows there, and where it may belong. */
function unknownOption(given: string, program: Command, command: Command | undefined): string {
  const flag = given.replace(/=.*/s, '');
  const own = [...flagsOf(program), ...(command ? flagsOf(command) : []), '--help'];
  const owner = program.commands.find((c) => flagsOf(c).includes(flag));
  if (flag !== given && own.includes(flag)) return `option '${flag}' takes no value.`;
  if (owner && owner === command)
    return `option '${flag}' goes after its command: '${owner.name()} ${flag}'.`;
  const near = didYouMean(flag, own);
  if (owner && near === '')
    return `unknown option '${flag}'. It is an option of '${owner.name()}'.`;
  return `unknown option '${flag}'.${near}`;
}

function flagsOf(command: Command): string[] {
  return command.options.map((option) => option.long ?? option.flags);
}
