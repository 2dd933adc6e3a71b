import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { didYouMean, UsageError } from './usage';

/** What a config file is called; in a folder there is one of them. */
const NAMES = ['dmtorture.config.json', 'dmtorture.config.mjs', 'dmtorture.config.cjs'] as const;
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

/** How the config file is chosen. */
export interface ConfigChoice {
  /** A path, `false` for none, undefined for the one that is found. */
  config: string | false | undefined;
  profile: string | undefined;
}

const isFacts = (value: unknown): value is Facts =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shown = (file: string): string => {
  const near = path.relative(process.cwd(), file);
  return near.length < file.length ? near : file;
};

/** `stop-on-fault` is `stopOnFault`. */
export const toKey = (name: string): string =>
  name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The config file of the working directory, or of the nearest folder above it that has one. */
function findFile(): string | undefined {
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    const found = NAMES.map((name) => path.join(folder, name)).filter((f) => fs.existsSync(f));
    const [first, second] = found;
    if (first && second) {
      throw new UsageError(`${shown(first)} and ${shown(second)}: one config file is enough`);
    }
    if (first || folder === path.dirname(folder)) return first;
  }
}

async function load(file: string): Promise<unknown> {
  try {
    if (!file.endsWith('.json')) {
      return ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
    }
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    const why = fs.existsSync(file) ? (error as Error).message : 'no such file';
    throw new UsageError(`config file ${shown(file)}: ${why}`);
  }
}

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
      else if (!this.#every.has(toKey(key))) throw this.#unknown(key, at, this.#names(at));
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
    throw new UsageError(`${shown(this.#file)}: ${what} has to be an object`);
  }

  #unknown(key: string, at: string, names: readonly string[]): UsageError {
    const where = at === '' ? '' : ` in '${at}'`;
    return new UsageError(
      `${shown(this.#file)}: nothing is called '${key}'${where}.${didYouMean(key, names)}`,
    );
  }
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
): Promise<Config | undefined> {
  const file = config === false ? undefined : config ? path.resolve(config) : findFile();
  if (!file) {
    if (profile === undefined) return undefined;
    const none = config === false ? '--no-config' : `there is no ${NAMES.join(', ')} here or above`;
    throw new UsageError(`--profile ${profile} needs a config file, and ${none}`);
  }
  const base = new Checker(file, known()).section(await load(file), '');
  const profiles = (base[PROFILES] ?? {}) as Record<string, Facts>;
  const chosen = profile === undefined ? undefined : profiles[profile];
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
