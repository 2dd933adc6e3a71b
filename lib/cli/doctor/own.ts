import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DmTortureError } from '../../base/errors';
import { explore } from '../../explore/explore';
import { platformName } from '../../native/platform';
import { findCompiler } from '../../own/compiler';
import { program } from '../../own/program';
import { findHost } from '../../own/run';

/** What explores a user's own C here. */
export interface OwnCodeReport {
  /** What compiles it; null: nothing does. */
  compiler: { family: string; version: string; command: string } | null;
  /** Where objcopy, objdump, addr2line and the linker are; null without a compiler. */
  binutils: Record<string, string> | null;
  /** The executable that runs it; null: there is none for this system. */
  host: string | null;
  /** Whether the race of a program of five lines was found; null: it was not tried. */
  findsRace: boolean | null;
}

/** Two threads add to one number, and nothing orders them. */
const RACE = `#include <pthread.h>
static int n;
static void *add(void *a) { n++; return a; }
static int run(void) { pthread_t t; return pthread_create(&t, 0, add, 0) || n++ || pthread_join(t, 0); }
int main(void) { return run() > 1; }
`;

/** What there is, or nothing and a sentence on why. */
async function attempt<Found>(
  find: () => Found | Promise<Found>,
  says: string[],
): Promise<Found | null> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof DmTortureError)) throw error;
    says.push(`own C: ${error.message}`);
    return null;
  }
}

async function raceIsFound(problems: string[]): Promise<boolean> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-doctor-'));
  try {
    const file = path.join(folder, 'race.c');
    fs.writeFileSync(file, RACE);
    const found = await attempt(() => explore(program(file), { time: '10s' }), problems);
    const isFound = found?.verdict === 'fault';
    if (found && !isFound) problems.push('own C: the race of a program of five lines is not found');
    return isFound;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** Find the compiler, its tools and the host, and try a program where all are there. */
export async function examineOwnCode(hints: string[], problems: string[]): Promise<OwnCodeReport> {
  const compiler = await attempt(() => findCompiler(), hints);
  const host = await attempt(findHost, hints);
  // Where it cannot be had, the rest of the tool is as good.
  const wrong = platformName().endsWith('glibc') ? problems : hints;
  const { family = '', version = '', command = '', tools = null } = compiler ?? {};
  return {
    compiler: compiler && { family, version, command },
    binutils: tools && { ...tools },
    host,
    findsRace: compiler && host !== null ? await raceIsFound(wrong) : null,
  };
}

/** The rows of the doctor's table. */
export function ownCodeRows({ compiler, binutils, host, findsRace }: OwnCodeReport): string[][] {
  const tried = { true: 'finds a race', false: 'does NOT find a race', null: 'not run' }[
    String(findsRace)
  ];
  return [
    ['own C', host ?? 'no host'],
    ['compiler', compiler ? `${compiler.family} ${compiler.version}: ${compiler.command}` : 'none'],
    ['binutils', binutils ? path.dirname(binutils.objcopy ?? '') : 'none'],
    ['test of C', tried ?? ''],
  ];
}
