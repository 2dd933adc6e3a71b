import path from 'node:path';
import { show } from '../../base/errors';
import { type ChosenFile, findConfig, loadConfig, NAMES, shown } from './config-find';
import { didYouMean, UsageError } from './usage-error';

const PROFILES = 'profiles';
const SCHEMA = '$schema';

export type Facts = Record<string, unknown>;

/** A part of a config file that has values for one command. */
export interface ConfigLayer {
  /** Where it stands: `profiles.ci.stress`; empty: at the top. */
  path: string;
  values: Facts;
}

/** A config file that was read. */
export interface Config {
  /** As it is best shown: relative to the working directory where that is shorter. */
  file: string;
  profile?: string;
  /** What has values for a command, the first of them the most wanted. */
  layersOf(command: string): ConfigLayer[];
}

/** What a config file may say: the options of each command. */
export type KnownOptions = ReadonlyMap<string, readonly string[]>;

/** Gets a sentence on where the file comes from, if that is not obvious. */
export type Note = (text: string) => void;

/** How the config file is chosen. */
export interface ConfigChoice {
  /** A path, `false` for none, undefined for the one that is found. */
  config: string | false | undefined;
  profile: string | undefined;
}

const isFacts = (value: unknown): value is Facts =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `stop-on-fault` is `stopOnFault`. */
export const toKey = (name: string): string =>
  name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Refuses what nobody would read. */
class Checker {
  readonly #file: string;
  readonly #known: KnownOptions;
  readonly #every: Set<string>;

  constructor(file: string, known: KnownOptions) {
    this.#file = file;
    this.#known = known;
    this.#every = new Set([...known.values()].flat());
  }

  /** The whole file, or a profile of it, which has no profiles. */
  section(values: unknown, at: string): Facts {
    const facts = this.#facts(values, at);
    for (const [key, value] of Object.entries(facts)) {
      if (at === '' && key === SCHEMA) continue;
      if (at === '' && key === PROFILES) {
        for (const [name, profile] of Object.entries(this.#facts(value, key))) {
          this.section(profile, `${key}.${name}`);
        }
      } else if (this.#known.has(key) && isFacts(value)) this.#command(key, value, at);
      else if (this.#every.has(toKey(key))) continue;
      else if (this.#known.has(key)) this.#facts(value, at === '' ? key : `${at}.${key}`);
      else throw this.#unknown(key, at, this.#names(at));
    }
    return facts;
  }

  #command(name: string, values: Facts, at: string): void {
    const where = at === '' ? name : `${at}.${name}`;
    const names = this.#known.get(name) ?? [];
    for (const key of Object.keys(values)) {
      if (!names.includes(toKey(key))) throw this.#unknown(key, where, names);
    }
  }

  #names(at: string): string[] {
    return [...this.#known.keys(), ...this.#every, ...(at === '' ? [PROFILES] : [])];
  }

  #facts(values: unknown, at: string): Facts {
    if (isFacts(values)) return values;
    const what = at === '' ? 'its content' : `'${at}'`;
    throw new UsageError(
      `${shown(this.#file)}: ${what} has to be an object, got \`${show(values)}\``,
    );
  }

  #unknown(key: string, at: string, names: readonly string[]): UsageError {
    const where = at === '' ? '' : ` in '${at}'`;
    return new UsageError(
      `${shown(this.#file)}: nothing is called '${key}'${where}.${didYouMean(key, names)}`,
    );
  }
}

function choose(config: ConfigChoice['config'], note: Note): ChosenFile | undefined {
  if (config === false) return undefined;
  return config ? { file: path.resolve(config), isNamed: true } : findConfig(note);
}

/**
 * Read the config file.
 *
 * @returns Undefined where there is none.
 * @throws UsageError, naming the file and what is wrong in it
 */
export async function readConfig(
  { config, profile }: ConfigChoice,
  known: () => KnownOptions,
  note: Note,
): Promise<Config | undefined> {
  const choice = choose(config, note);
  if (!choice) {
    if (profile === undefined) return undefined;
    const none = config === false ? '--no-config' : `there is no ${NAMES.join(', ')} here or above`;
    throw new UsageError(`--profile ${profile} needs a config file, and ${none}`);
  }
  const { file } = choice;
  const base = new Checker(file, known()).section(await loadConfig(choice), '');
  const profiles = (base[PROFILES] ?? {}) as Record<string, Facts>;
  const isThere = profile !== undefined && Object.hasOwn(profiles, profile);
  const chosen = isThere ? profiles[profile] : undefined;
  if (profile !== undefined && !chosen) {
    const names = Object.keys(profiles);
    const hint = didYouMean(profile, names) || ` It has ${names.join(', ') || 'none'}.`;
    throw new UsageError(`${shown(file)}: there is no profile '${profile}'.${hint}`);
  }
  return {
    file: shown(file),
    ...(profile !== undefined && { profile }),
    layersOf: (command) => [
      ...(chosen ? layersIn(chosen, `${PROFILES}.${profile}`, command) : []),
      ...layersIn(base, '', command),
    ],
  };
}

function layersIn(section: Facts, at: string, command: string): ConfigLayer[] {
  const own = section[command];
  const general = { path: at, values: section };
  if (!isFacts(own)) return [general];
  return [{ path: at === '' ? command : `${at}.${command}`, values: own }, general];
}
