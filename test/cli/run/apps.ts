import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { root } from '../command';

/** Programs that know pthread alone, compiled as anybody's are. */

const SOURCES = path.join(root, 'test/native/preload');

/** Compile a program of `test/native/preload`, or `text`. */
export interface Apps {
  folder(): string;
  build(name: string, args?: readonly string[], text?: string): string;
}

/** A folder for programs while the tests of a file run. */
export function apps(): Apps {
  let folder = '';
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-apps-'));
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
  return {
    folder: () => folder,
    build(name, args = [], text) {
      const source = text === undefined ? path.join(SOURCES, name) : path.join(folder, name);
      if (text !== undefined) fs.writeFileSync(source, text);
      const program = path.join(folder, path.parse(name).name);
      const compiler = /\.cc$/.test(name) ? 'c++' : 'cc';
      const flags = ['-O2', '-pthread', `-I${SOURCES}`];
      execFileSync(compiler, [...flags, source, '-o', program, '-ldl', ...args]);
      return program;
    },
  };
}
