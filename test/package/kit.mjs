// The packed tarball, projects that install it, and other versions of Node: what the tests of the
// package stand on. All of it comes from this checkout or from the npm registry.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(fileURLToPath(import.meta.url), '../../..');
export const require = createRequire(import.meta.url);
export const { binariesOf, platformName } = require('../../scripts/platform.cjs');
/** The binaries of this platform, as files. */
export const binaries = binariesOf(platformName());
export const manifest = require('../../package.json');

/** The Node versions that one binary has to work on. */
export const NODE_MAJORS = [20, 22, 24, 26];

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-package-'));
process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));

/** A folder of its own, gone at the end. */
export function makeFolder(name) {
  return fs.mkdtempSync(path.join(scratch, `${name}-`));
}

/** Runs a command; its standard output. Throws with all that it said if it does not end with 0. */
export function run(command, args, options = {}) {
  const child = tryRun(command, args, options);
  if (child.status === 0) return child.stdout;
  throw new Error(`${[command, ...args].join(' ')}: ${child.status}\n${child.output}`);
}

/** A command that takes longer hangs: all of the library compiled beside busy lanes takes minutes. */
const HANGS_MS = 1_800_000;

/** Runs a command, which may fail. */
export function tryRun(command, args, options = {}) {
  const child = spawnSync(command, args, { encoding: 'utf8', timeout: HANGS_MS, ...options });
  if (child.error) throw child.error;
  const { status, stdout, stderr } = child;
  return { status, stdout, stderr, output: stdout + stderr };
}

function pack() {
  const prebuilt = path.join(root, 'prebuilds', platformName());
  if (!fs.existsSync(prebuilt)) throw new Error('No prebuilt binary here: npm run prebuilds');
  const folder = makeFolder('tarball');
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const name = execFileSync('npm', args, { cwd: root, encoding: 'utf8' }).trim();
  return path.join(folder, name);
}

let packed;

/** The tarball of what is in this checkout, made once; dist and prebuilds have to be there. */
export function tarball() {
  packed ??= pack();
  return packed;
}

/** What the tarball has, by name, with sizes. */
export function tarballFiles() {
  const lines = run('tar', ['tvzf', tarball()]).trim().split('\n');
  return lines.map((line) => {
    const [, , size, , , name] = line.trim().split(/\s+/);
    return { name: name.replace('package/', ''), size: Number(size) };
  });
}

/** An empty project that has installed the tarball, and nothing that asks to be run. */
export function installedProject(name) {
  const project = makeFolder(name);
  fs.writeFileSync(path.join(project, 'package.json'), '{ "name": "used", "version": "1.0.0" }\n');
  run('npm', ['install', '--ignore-scripts', tarball()], { cwd: project });
  return project;
}

/** Writes the files of `texts`, by name, into a project. */
export function write(project, texts) {
  for (const [name, text] of Object.entries(texts))
    fs.writeFileSync(path.join(project, name), text);
}

const nodes = new Map();

/** A Node of this major version, as the registry's package has it; fetched once. */
export function nodeOf(major) {
  if (!nodes.has(major)) nodes.set(major, fetchNode(major));
  return nodes.get(major);
}

function fetchNode(major) {
  const folder = makeFolder(`node-${major}`);
  const name = `node-${process.platform}-${process.arch}@${major}`;
  const file = run('npm', ['pack', '--silent', '--pack-destination', folder, name]).trim();
  run('tar', ['xzf', path.join(folder, file), '-C', folder, 'package/bin/node']);
  return path.join(folder, 'package/bin/node');
}
