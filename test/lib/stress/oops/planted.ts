import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.join(__dirname, '../../../..');
const NAME = 'dmtorture-oops';

interface Sources {
  parts: Record<string, string[]>;
  hosts: Record<string, string[]>;
}

interface Target {
  target_name: string;
  cflags: string[];
  include_dirs: string[];
}

/** How the host is compiled: see binding.gyp. */
function target(): Target {
  const text = fs.readFileSync(path.join(root, 'binding.gyp'), 'utf8');
  const { conditions } = JSON.parse(text) as { conditions: [string, { targets: Target[] }][] };
  const targets = conditions.flatMap(([, { targets }]) => targets);
  const found = targets.find(({ target_name: name }) => name === NAME);
  if (!found) throw new Error(`binding.gyp has no ${NAME}`);
  return found;
}

/**
 * Compile the host with a mistake: in the file `name`, `from` is `to`, which has to be there once.
 *
 * @returns Where it is.
 */
export function plant(name: string, from: string, to: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'oops-'));
  const text = fs.readFileSync(path.join(root, name), 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${name} has to have once: ${from}`);
  const spoiled = path.join(folder, path.basename(name));
  fs.writeFileSync(spoiled, text.replace(from, to));
  const sources = fs.readFileSync(path.join(root, 'native/sources.json'), 'utf8');
  const { parts, hosts } = JSON.parse(sources) as Sources;
  const files = (hosts[NAME] ?? []).flatMap((part) => parts[part] ?? []);
  const { include_dirs: folders } = target();
  const host = path.join(folder, NAME);
  const flags = ['-std=gnu11', '-O1', '-pthread', '-fno-omit-frame-pointer'];
  const all = files.map((file) => (file === name ? spoiled : file));
  // A header beside the file that is spoiled is found where it was.
  const includes = [...folders, path.dirname(name)].map((dir) => `-I${dir}`);
  execFileSync('cc', [...flags, ...includes, ...all, '-o', host], { cwd: root });
  return host;
}
