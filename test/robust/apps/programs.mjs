// Programs that pthread alone is known to, for apps.mjs and for benchmarks/counting-app.mjs.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ask, root } from '../kit.mjs';

export const PRELOAD = path.join(root, 'test/native/preload');
export const APPS = path.join(root, 'test/robust/apps');

/** Throws where one of them is not installed. */
export function hasTools(...tools) {
  for (const tool of tools) {
    if (spawnSync(tool, ['--version']).status !== 0) throw new Error(`${tool} is not installed`);
  }
}

/** Text that is neither all the same nor all noise: the same in every run. */
export function makeInput(folder, count) {
  const file = path.join(folder, 'input');
  const words = Array.from({ length: 512 }, (_, i) =>
    createHash('md5').update(`${i}`).digest('hex'),
  );
  let state = 1;
  const text = Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return words[state >>> 23].slice(0, 2 + ((state >>> 16) % 12));
  });
  fs.writeFileSync(file, text.join(' '));
  return file;
}

/** Compiled as anybody's are; libraries come last. */
export function compileApp(folder, source, ...more) {
  const program = path.join(folder, path.parse(source).name);
  const compiler = source.endsWith('.cc') ? ['c++', '-std=c++17'] : ['cc'];
  const [command, ...flags] = [...compiler, '-O2', '-pthread', `-I${PRELOAD}`, source];
  ask(command, [...flags, '-o', program, '-ldl', ...more]);
  return program;
}
