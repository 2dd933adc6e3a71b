import fs from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../base/files';
import { packageRoot, version } from '../../base/version';
import { EXIT, type ExitCode } from '../exit';
import { UsageError } from '../options/usage-error';
import type { Terminal } from '../terminal/terminal';
import { whyNot } from '../terminal/why-not';

/** Where the files are that a new folder begins with. */
const TEMPLATES = path.join(packageRoot, 'examples', 'start');
const SOURCE = 'queue.c';
const TEST = 'queue.test.js';
const MANIFEST = 'package.json';

/** A package.json with what the test needs. */
function manifestText(): string {
  const manifest = {
    private: true,
    scripts: { test: 'jest' },
    devDependencies: { dmtorture: `^${version}`, jest: '^30.0.0' },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The files to write, by name. */
function filesFor(folder: string): Map<string, string> {
  const files = new Map(
    [SOURCE, TEST].map((name) => [name, fs.readFileSync(path.join(TEMPLATES, name), 'utf8')]),
  );
  if (!isThere(path.join(folder, MANIFEST))) files.set(MANIFEST, manifestText());
  return files;
}

const isThere = (file: string): boolean =>
  fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined;

/** @throws UsageError naming the files that would be overwritten */
function refuseToOverwrite(folder: string, names: Iterable<string>): void {
  const there = [...names].map((name) => path.join(folder, name)).filter(isThere);
  if (there.length === 0) return;
  const [what, it] = there.length === 1 ? ['is', 'it'] : ['are', 'them'];
  throw new UsageError(
    `${there.join(' and ')} ${what} there already, and init does not overwrite ${it}. ` +
      'Name another folder: dmtorture init <folder>',
  );
}

/** What to type next, from the folder in which `init` ran. */
function nextCommands(folder: string): string[] {
  const enter = path.relative('.', folder) === '' ? [] : [`cd ${quoted(folder)}`];
  return [
    ...enter,
    `npx dmtorture explore ${SOURCE}`,
    'npm install --save-dev jest dmtorture && npx jest',
  ];
}

/** A word as a shell takes it. */
const quoted = (word: string): string =>
  /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * Write a program with a race and its test into `folder`.
 *
 * @throws UsageError where a file is there already, or cannot be written; nothing is overwritten
 */
export function runInit(folder: string, json: boolean, terminal: Terminal): ExitCode {
  let names: string[];
  try {
    makeFolder(path.resolve(folder));
    const files = filesFor(folder);
    names = [...files.keys()];
    refuseToOverwrite(folder, names);
    // `wx` refuses a file that came in between.
    for (const [name, text] of files)
      fs.writeFileSync(path.join(folder, name), text, { flag: 'wx' });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { path: file = folder } = error as NodeJS.ErrnoException;
    throw new UsageError(`${file}: cannot be written, ${whyNot(error)}`);
  }
  const written = names.map((name) => path.join(folder, name));
  const next = nextCommands(folder);
  if (json) terminal.print(`${JSON.stringify({ files: written, next }, null, 2)}\n`);
  else terminal.print(initText(written, next, terminal));
  return EXIT.clean;
}

function initText(files: readonly string[], next: readonly string[], { out }: Terminal): string {
  const wrote = files.map((file) => `${out.green('wrote')} ${file}\n`);
  return `${wrote.join('')}\nNext:\n${next.map((line) => `  ${out.bold(line)}\n`).join('')}`;
}
