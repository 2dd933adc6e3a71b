import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { waitFor } from '../terminal/ending';
import { copyPlain, reasonOf } from './config-values';
import { UsageError } from './usage-error';

/*
 * Which config file is read. Nobody else's code runs: modules are read from the working directory
 * or where they are named; further up only JSON, and no further than the repository or home. What
 * others can write is refused. The group is trusted: people who share a folder that way share
 * their sources as well, and where each user has a group of their own, it is everywhere.
 */

const JSON_NAME = 'dmtorture.config.json';
const CODE_NAMES = ['dmtorture.config.mjs', 'dmtorture.config.cjs'] as const;
/** What a config file is called; in a folder there is one of them. */
export const NAMES = [JSON_NAME, ...CODE_NAMES];

const BYTES_MAX = 1 << 20;
const OTHERS_WRITE = 0o002;
/** In such a folder nobody removes what is another's. */
const STICKY = 0o1000;
const ROOT = 0;
const { O_NONBLOCK, O_RDONLY } = fs.constants;

/** A config file, and how it came to be chosen. */
export interface ChosenFile {
  file: string;
  /** It was named, and not found. */
  isNamed: boolean;
}

/** As a path is best shown: relative to the working directory where that is shorter. */
export const shown = (file: string): string => {
  const near = path.relative(process.cwd(), file);
  return near.length < file.length ? near : file;
};

const isThere = (file: string): boolean =>
  fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined;

const namesIn = (folder: string, names: readonly string[]): string[] =>
  names.map((name) => path.join(folder, name)).filter(isThere);

function home(): string | undefined {
  try {
    return fs.realpathSync(os.homedir());
  } catch {
    return undefined;
  }
}

/** The folders above `folder` that are the user's: up to the repository's, home, or the root. */
function* foldersAbove(folder: string): Generator<string> {
  const last = home();
  for (let at = folder; ; ) {
    if (at === last || isThere(path.join(at, '.git'))) return;
    const above = path.dirname(at);
    if (above === at) return;
    at = above;
    yield at;
  }
}

/**
 * The config file of the working directory, or the JSON of the nearest folder above it.
 *
 * @param note - Gets a sentence for what is read from elsewhere, and what is not read.
 */
export function findConfig(note: (text: string) => void): ChosenFile | undefined {
  const here = process.cwd();
  const [first, second] = namesIn(here, NAMES);
  if (first && second) {
    throw new UsageError(`${shown(first)} and ${shown(second)}: one config file is enough`);
  }
  if (first) return { file: first, isNamed: false };
  for (const folder of foldersAbove(here)) {
    for (const code of namesIn(folder, CODE_NAMES)) {
      const how = `--config ${shown(code)} reads it`;
      note(`${shown(code)} is code of another folder, and is not run; ${how}`);
    }
    const [file] = namesIn(folder, [JSON_NAME]);
    if (!file) continue;
    note(`options are read from ${shown(file)}`);
    return { file, isNamed: false };
  }
  return undefined;
}

function refuse(file: string, why: string): never {
  throw new UsageError(`config file ${shown(file)}: ${why}`);
}

/** Refuse what others can write: they would say what runs. */
function checkWriters(file: string, { isNamed }: ChosenFile): void {
  const folder = path.dirname(file);
  const { mode, uid } = fs.statSync(file);
  if (mode & OTHERS_WRITE) {
    refuse(file, `every user of this machine can write it; 'chmod o-w ${shown(file)}' helps`);
  }
  const own = [ROOT, process.getuid?.(), Number(process.env.SUDO_UID ?? ROOT)];
  const isOwn = own.includes(uid);
  const { mode: around } = fs.statSync(folder);
  // Anybody can put a file into /tmp, and nobody can replace the one that was named.
  const isSafe = isNamed && isOwn && (around & STICKY) !== 0;
  if (around & OTHERS_WRITE && !isSafe) {
    refuse(file, `every user of this machine can write its folder, ${shown(folder) || '.'}`);
  }
  if (isOwn || isNamed || file.endsWith('.json')) return;
  refuse(file, `it is another user's code; --config ${shown(file)} runs it all the same`);
}

/** Refuse what is not a regular file, or what others can write, wherever a link leads. */
function checkFile(chosen: ChosenFile): void {
  const { file } = chosen;
  if (!fs.statSync(file).isFile()) refuse(file, 'it is not a regular file');
  for (const place of new Set([file, fs.realpathSync(file)])) checkWriters(place, chosen);
}

function readJson(file: string): unknown {
  const fd = fs.openSync(file, O_RDONLY | O_NONBLOCK);
  try {
    const stats = fs.fstatSync(fd);
    if (!stats.isFile()) refuse(file, 'it is not a regular file');
    if (stats.size > BYTES_MAX) refuse(file, `it has more than ${BYTES_MAX} bytes`);
    return JSON.parse(fs.readFileSync(fd, 'utf8'));
  } finally {
    fs.closeSync(fd);
  }
}

async function runModule(file: string): Promise<unknown> {
  const module = import(pathToFileURL(file).href) as Promise<{ default?: unknown }>;
  return (await waitFor(`config file ${shown(file)}`, module)).default;
}

/**
 * What a config file holds.
 *
 * @throws UsageError, naming the file
 */
export async function loadConfig(chosen: ChosenFile): Promise<unknown> {
  const { file } = chosen;
  if (!isThere(file)) refuse(file, 'no such file');
  try {
    checkFile(chosen);
    return copyPlain(file.endsWith('.json') ? readJson(file) : await runModule(file));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    refuse(file, reasonOf(error));
  }
}
