import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DoctorReport } from '../../../lib/cli/doctor/run';
import { findOnPath } from '../../../lib/own/compiler';
import { start } from '../command';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-doctor-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** A PATH with these programs and no others. */
function pathOf(name: string, ...programs: string[]): NodeJS.ProcessEnv {
  const bin = path.join(folder, name);
  fs.mkdirSync(bin);
  for (const program of programs) {
    fs.symlinkSync(findOnPath(program) ?? '', path.join(bin, program));
  }
  return { PATH: bin };
}

async function doctor(env: NodeJS.ProcessEnv): Promise<{ code: number | null } & DoctorReport> {
  const { code, stdout } = await start(['doctor', '--json'], env).ended;
  return { code, ...(JSON.parse(stdout) as DoctorReport) };
}

const BINUTILS = ['objcopy', 'objdump', 'addr2line', 'c++filt', 'ld.bfd'];

test('with a compiler, its tools and the host the race of a small program is found', async () => {
  const { code, ownCode, problems } = await doctor(pathOf('all', 'gcc', 'as', 'ld', ...BINUTILS));
  expect({ code, problems }).toEqual({ code: 0, problems: [] });
  expect(ownCode.compiler).toMatchObject({ family: 'gcc', command: 'gcc' });
  expect(Object.keys(ownCode.binutils ?? {})).toEqual(BINUTILS);
  expect(ownCode.host).toMatch(/dmtorture-own$/);
  expect(ownCode.findsRace).toBe(true);
});

test.each([
  ['nothing', [], /^own C: No C compiler was found on the PATH: .*clang/],
  ['gcc alone', ['gcc'], /^own C: objcopy of GNU binutils is not on the PATH: .*binutils/],
])('with %s the rest is ready, and a hint says what to install', async (name, programs, hint) => {
  const { code, verdict, ownCode, hints } = await doctor(pathOf(name, ...programs));
  expect({ code, verdict }).toEqual({ code: 0, verdict: 'clean' });
  expect(ownCode).toMatchObject({ compiler: null, binutils: null, findsRace: null });
  expect(hints.filter((one) => hint.test(one))).toHaveLength(1);
});
