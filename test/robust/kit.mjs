// What the robustness runs share: a copy of this checkout to build in, and how commands are run.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(fileURLToPath(import.meta.url), '../../..');
export const require = createRequire(import.meta.url);

/** Runs a command with its output shown; its exit code, or the signal that ended it. */
export function show(command, args, options = {}) {
  const child = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (child.error) throw child.error;
  return child.signal ?? child.status;
}

/** Runs a command; its standard output. Throws if it does not end with 0. */
export function ask(command, args, options = {}) {
  const child = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (child.status === 0) return child.stdout;
  throw new Error(`${[command, ...args].join(' ')}: ${child.stderr}`);
}

/** A folder under the system's for temporary files, gone at the end. */
export function makeFolder(name) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `dmtorture-${name}-`));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of all that git knows of this checkout, with the same packages. */
export function copyCheckout(name) {
  const folder = makeFolder(name);
  const files = ask('git', ['ls-files', '-z'], { cwd: root }).split('\0').filter(Boolean);
  for (const file of files.filter((known) => fs.existsSync(path.join(root, known)))) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.copyFileSync(path.join(root, file), path.join(folder, file));
  }
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}
