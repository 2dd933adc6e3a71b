import { Argument, type Command, Option } from 'commander';
import type { ListName } from '../list/names';

/** What an option or an argument takes, as data: help, completion and settings are made of it. */
export interface Taken {
  /** The words that it takes. */
  choices?: readonly string[];
  /** The table of `dmtorture list` that says what they mean. */
  table?: ListName;
  /** It takes several of them, joined by commas. */
  list?: boolean;
  /** A `-` in front of a word takes it away again. */
  minus?: boolean;
  /** It takes the name of a file or a folder. */
  files?: boolean;
}

/** An option, as data. */
export interface OptionData extends Taken {
  /** `--threads <n>`. */
  flags: string;
  /** What it is; its choices, range and default are added where it is printed. */
  says: string;
  /** Said in brackets: `1..64`, or which suites have it. */
  range?: string;
  /** What holds where nobody gives it, as it is typed; of a switch `true`, or what decides. */
  fallback?: string | true;
  /** What a number without a unit is in a config file. */
  unit?: 'ns' | 'ms';
  /** The value of a text, and of what was given before. */
  parse?: (text: string, before: unknown) => unknown;
}

/** The number of choices that can be read in a line. */
const CHOICES_SHOWN = 8;

/** Refusing is left to the reader of the value, which knows what was probably meant. */
function choose(given: Option, { choices }: Taken): void {
  if (choices) given.choices(choices);
  delete given.parseArg;
}

/** An option whose values are data. */
export class DataOption extends Option {
  readonly data: OptionData;

  constructor(data: OptionData) {
    super(data.flags, data.says);
    this.data = data;
    choose(this, data);
    // The value stays undefined: its reader has to know what was given.
    if (data.fallback !== undefined) this.default(undefined, String(data.fallback));
    if (data.parse) this.argParser(data.parse);
  }
}

/** An argument whose values are data; its words may be a getter, and are read where they are printed. */
export class DataArgument extends Argument {
  readonly data: Taken;

  constructor(name: string, says: string, data: Taken) {
    super(name, says);
    this.data = data;
    Object.defineProperty(this, 'argChoices', { get: () => data.choices });
  }
}

/** Add options to a command, in this order. */
export function addOptions(command: Command, rows: readonly OptionData[]): Command {
  for (const row of rows) command.addOption(new DataOption(row));
  return command;
}

/** The data of an option; of one that commander made there is none. */
export const dataOf = (option: Option): Partial<OptionData> =>
  option instanceof DataOption ? option.data : {};

function describe(says: string, taken: Taken, details: string[], argChoices?: string[]): string {
  const shown = argChoices && argChoices.length <= CHOICES_SHOWN ? argChoices.join('|') : '';
  const what = [says, shown].filter(Boolean).join(': ');
  const facts = details.length > 0 ? ` (${details.join(', ')})` : '';
  const see = taken.table ? `; see 'dmtorture list ${taken.table}'` : '';
  return what + facts + see;
}

/** An option in the help: what it is, its choices, its range, its default, and where to read on. */
export function optionText(option: Option): string {
  const { range, fallback, ...taken } = dataOf(option);
  const holds = fallback === true ? ['default'] : fallback ? [`default ${fallback}`] : [];
  return describe(
    option.description,
    taken,
    [...(range ? [range] : []), ...holds],
    option.argChoices,
  );
}

/** An argument in the help. */
export function argumentText(argument: Argument): string {
  const taken = argument instanceof DataArgument ? argument.data : {};
  return describe(argument.description, taken, [], argument.argChoices);
}

/** Names joined by commas, each once; the library refuses one that names nothing. */
export function readNames(text: string): string[] {
  return [...new Set(text.split(',').map((name) => name.trim()))];
}
