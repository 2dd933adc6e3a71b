import type { Command, Option } from 'commander';
import { show } from '../../base/errors';
import { patches } from '../../tables/patches';
import type { PatchSelection } from '../../tables/tables.gen';
import {
  type Config,
  type Facts,
  type KnownOptions,
  type Note,
  readConfig,
  toKey,
} from './config-file';
import { dataOf } from './option';
import { didYouMean, UsageError } from './usage-error';

/**
 * Where the options of a command come from: flags, then `DMTORTURE_*`, then the config file, then
 * what the library says. It knows commands and options as commander has them, and none by name but
 * those below, so every command takes part.
 */

/** Options that choose the config file, or print it. */
const CHOOSING = ['config', 'profile', 'printConfig'];
const PATCHES = '--patches';
/** Commands that have no use for a config file, and run none. */
const CONFIGLESS = ['completion'];
const PREFIX = 'DMTORTURE';
const YES = ['1', 'true', 'yes', 'on'];
const NO = ['0', 'false', 'no', 'off'];

/** Commander's name for what was typed. */
const TYPED = 'cli';

/** A value, and where it comes from. */
export interface Setting {
  option: string;
  value: unknown;
  /** `--threads`, `DMTORTURE_THREADS`, `dmtorture.config.json: stress.threads`, or `default`. */
  source: string;
}

/** The options of a command by key; of `--x` and `--no-x` the first. */
function optionsOf(command: Command): Map<string, Option> {
  const options = new Map<string, Option>();
  for (const option of command.options) {
    const key = option.attributeName();
    if (key !== 'version' && !options.has(key)) options.set(key, option);
  }
  return options;
}

/** What a config file may set, for each command: its own options and those of all. */
export function knownOptions(program: Command): KnownOptions {
  const every = [...optionsOf(program).keys()].filter((key) => !CHOOSING.includes(key));
  return new Map(
    program.commands.map((command) => [command.name(), [...optionsOf(command).keys(), ...every]]),
  );
}

const snake = (text: string): string =>
  text
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .replaceAll('-', '_')
    .toUpperCase();

/** Of a command's own first: `DMTORTURE_STRESS_THREADS`, then `DMTORTURE_THREADS`. */
export function variablesOf(key: string, command: Command): string[] {
  return [`${PREFIX}_${snake(command.name())}_${snake(key)}`, `${PREFIX}_${snake(key)}`];
}

/** Whether an option is there or not, and has no value. */
const isSwitch = (option: Option): boolean => !option.required && !option.optional;

function wrongValue(source: string, option: Option, what: string, got: unknown): UsageError {
  return new UsageError(`${source}: expected ${option.long} to be ${what}, got \`${show(got)}\``);
}

function toSwitch(option: Option, raw: unknown, source: string): boolean {
  const word = String(raw).toLowerCase();
  if (typeof raw === 'boolean' || YES.includes(word)) return raw !== false;
  if (NO.includes(word)) return false;
  throw wrongValue(source, option, `one of ${[...YES, ...NO].join(', ')}`, raw);
}

/** A set of patches as a file may have it: `'5'` or `{ "mask": 5 }`, since 5 could be either. */
function patchText(option: Option, raw: unknown, source: string): string {
  try {
    return typeof raw === 'string' ? raw : patches.format(patches.parse(raw as PatchSelection));
  } catch (error) {
    if (typeof raw !== 'number') throw wrongValue(source, option, 'a patch set', raw);
    throw new UsageError(`${source}: ${(error as Error).message.replace('`patches`', PATCHES)}`);
  }
}

/** A text, or a number: of a time it has the unit that it has in the library. */
function toWord(option: Option, raw: unknown, source: string): string {
  if (typeof raw === 'string') return raw;
  if (typeof raw !== 'number') throw wrongValue(source, option, 'a text or a number', raw);
  return `${raw}${dataOf(option).unit ?? ''}`;
}

/** `{ create: 3, open: 5 }` is `create=3,open=5`. */
function toText(option: Option, raw: unknown, source: string): string {
  if (option.long === PATCHES) return patchText(option, raw, source);
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return toWord(option, raw, source);
  }
  const parts = Object.entries(raw).map(
    ([key, value]) => `${key}=${toWord(option, value, source)}`,
  );
  return parts.join(',');
}

/** The value as commander would have it, had it been typed. */
function toValue(option: Option, raw: unknown, source: string): unknown {
  if (isSwitch(option)) return toSwitch(option, raw, source);
  const texts = [raw].flat().map((one) => toText(option, one, source));
  const { parseArg } = option;
  if (!parseArg) return texts.join(',');
  return texts.reduce<unknown>((value, text) => parseArg(text, value), undefined);
}

/** From the environment; what is empty is not set. */
function fromEnv(key: string, command: Command): { raw: unknown; source: string } | undefined {
  for (const source of variablesOf(key, command)) {
    const raw = process.env[source];
    if (raw) return { raw, source };
  }
  return undefined;
}

function fromConfig(
  key: string,
  option: Option,
  command: Command,
  config: Config | undefined,
): { raw: unknown; source: string } | undefined {
  for (const { path, values } of config?.layersOf(command.name()) ?? []) {
    const name = Object.keys(values).find((given) => toKey(given) === key);
    // A section of a command is not the value of an option of the same name.
    if (name === undefined || (isSwitch(option) && typeof values[name] === 'object')) continue;
    const at = path === '' ? name : `${path}.${name}`;
    return { raw: (values as Facts)[name], source: `${config?.file}: ${at}` };
  }
  return undefined;
}

/** What was typed or, before the config file is read, is in the environment. */
function chosen(key: string, program: Command): unknown {
  const typed = program.getOptionValue(key) as unknown;
  if (typed !== undefined) return typed;
  return process.env[`${PREFIX}_${snake(key)}`] || undefined;
}

/**
 * Give a command, and the options of all, the values that were not typed.
 *
 * @param whole - The program with every option of every command.
 * @param note - Gets a sentence on where options come from, if that is not obvious.
 * @throws UsageError for a variable or a config file that makes no sense
 */
export async function settle(
  program: Command,
  command: Command,
  whole: () => Command,
  note: Note,
): Promise<Config | undefined> {
  const config = CONFIGLESS.includes(command.name())
    ? undefined
    : await readConfig(
        {
          config: chosen('config', program) as string | false | undefined,
          profile: chosen('profile', program) as string | undefined,
        },
        () => knownOptions(whole()),
        note,
      );
  for (const owner of [program, command]) {
    for (const [key, option] of optionsOf(owner)) {
      if (CHOOSING.includes(key) || owner.getOptionValueSource(key) === TYPED) continue;
      const found = fromEnv(key, command) ?? fromConfig(key, option, command, config);
      if (!found) continue;
      const value = toValue(option, found.raw, found.source);
      owner.setOptionValueWithSource(key, value, found.source);
    }
  }
  return config;
}

/**
 * What an option is that nobody gave. A switch that `--no-` takes away is there by itself, unless
 * it depends.
 */
function unset(option: Option, { options }: Command): unknown {
  const { fallback } = dataOf(option);
  if (typeof fallback === 'string' || !isSwitch(option)) return fallback ?? '-';
  const key = option.attributeName();
  return options.some((other) => other.negate && other.attributeName() === key);
}

/** Where the value of a flag comes from that was not typed. */
export function sourceOf(flag: string, program: Command, command: Command): string | undefined {
  const key = toKey(flag.replace(/^--(no-)?/, ''));
  for (const owner of [command, program]) {
    const source = owner.getOptionValueSource(key);
    if (source !== undefined && source !== TYPED && source !== 'default') return source;
  }
  return undefined;
}

/** The flag that was typed. */
function flagText(option: Option, value: unknown): string {
  const isOff = isSwitch(option) && value === false && !option.negate;
  return isOff ? `--no-${option.name()}` : (option.long ?? option.flags);
}

/** Every value of a command, and where it comes from. */
export function listSettings(program: Command, command: Command): Setting[] {
  const settings: Setting[] = [];
  for (const owner of [command, program]) {
    for (const [key, option] of optionsOf(owner)) {
      if (CHOOSING.includes(key)) continue;
      const value = owner.getOptionValue(key) as unknown;
      const source = owner.getOptionValueSource(key);
      const isGiven = source !== undefined && source !== 'default';
      settings.push({
        option: key,
        value: isGiven ? value : (value ?? unset(option, owner)),
        source: isGiven ? (source === TYPED ? flagText(option, value) : source) : 'default',
      });
    }
  }
  return settings;
}

/** What to say of variables that look like ours and set nothing: probably slips. */
export function strayVariables(whole: Command): string[] {
  const known = new Set(CHOOSING.map((key) => `${PREFIX}_${snake(key)}`));
  for (const command of whole.commands) {
    for (const key of [...optionsOf(command).keys(), ...optionsOf(whole).keys()]) {
      for (const name of variablesOf(key, command)) known.add(name);
    }
  }
  return ownVariables()
    .filter((name) => !known.has(name))
    .map((name) => `${name} sets nothing.${didYouMean(name, [...known])}`);
}

/** Variables of the environment that are meant for us. */
export function ownVariables(): string[] {
  return Object.keys(process.env).filter((name) => name.startsWith(`${PREFIX}_`));
}
