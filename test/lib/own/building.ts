import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import type { BuiltProgram, ProgramSource } from '../../../lib/own/built';
import { compile } from '../../../lib/own/compile';

/** A folder for sources, and a cache of its own, while the tests of a file run. */
export interface Workshop {
  folder(): string;
  /** Write a file below the folder. */
  write(name: string, text: string): string;
  build(files: string | string[], options?: Partial<ProgramSource>): Promise<BuiltProgram>;
}

/** Make them before the tests of the file, and remove them after. */
export function workshop(): Workshop {
  let folder = '';
  const before = process.env.XDG_CACHE_HOME;
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-own-'));
    process.env.XDG_CACHE_HOME = path.join(folder, 'cache');
  });
  afterAll(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
    fs.rmSync(folder, { recursive: true });
  });
  return {
    folder: () => folder,
    write(name, text) {
      const file = path.join(folder, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
      return file;
    },
    build: (files, options = {}) =>
      compile({
        files: [files].flat(),
        cc: undefined,
        flags: [],
        optimize: false,
        allow: [],
        compileCommands: undefined,
        ...options,
      }),
  };
}

/** Both families, as they are here. */
export const COMPILERS = ['gcc', 'clang'] as const;

/** Store buffering: each thread writes and reads the other's; `after` is the end of main(). */
export const storeBuffering = (
  after: string,
  header = '#include <stdio.h>',
): string => `#include <pthread.h>
#include <stdatomic.h>
${header}
static atomic_int x, y;
static int r1, r2;
static void *one(void *unused)
{
  atomic_store(&x, 1);
  r1 = atomic_load(&y);
  return unused;
}
int main(void)
{
  pthread_t t;
  pthread_create(&t, 0, one, 0);
  atomic_store(&y, 1);
  r2 = atomic_load(&x);
  pthread_join(t, 0);
  ${after}
}
`;
