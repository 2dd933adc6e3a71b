import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { explore } from '../../lib/explore/explore';
import { program } from '../../lib/own/program';
import type { ProgramReport } from '../../lib/own/report';

/*
 * Programs with one bug each, and without it where FIXED is defined. What is to be found stands at
 * the lines where it is: `expect: use-after-free`. CI tries a few; DMTORTURE_CI_LONG=1 all of them.
 */
const folder = path.join(__dirname, 'programs');
const all = fs.readdirSync(folder);
const FEW = [
  'after_you.c',
  'big_table.c',
  'bounded_queue.cc',
  'far_jump.c',
  'futex.c',
  'gone_pointer.c',
  'grown.c',
  'mcs.c',
  'overflow.c',
  'passed_on.cc',
  'predicate.c',
  'thread_local.cc',
];
const programs = process.env.DMTORTURE_CI_LONG === '1' ? all : FEW;
const compilers = ['gcc', 'clang'].filter(
  (cc) => spawnSync(cc, ['--version'], { stdio: 'ignore' }).status === 0,
);

interface Place {
  file: string | null;
  line: number | null;
}

/** What a source says of itself: the kinds of fault at each line, and how it is explored. */
function readMarks(name: string) {
  const text = fs.readFileSync(path.join(folder, name), 'utf8');
  const lines = text.split('\n').map((line) => /expect: ([a-z, -]+)/.exec(line)?.[1]);
  return {
    kinds: lines.map((kinds) => kinds?.trim().split(', ') ?? []),
    leaks: text.includes('options: leaks'),
    bugIsUnfinished: text.includes('bug: unfinished'),
    fixIsUnfinished: text.includes('fix: unfinished'),
    fixHasNothing: text.includes('fix: nothing to interleave'),
  };
}

async function explored(name: string, cc: string, flags: string[]): Promise<ProgramReport> {
  const { leaks, fixIsUnfinished } = readMarks(name);
  const time = fixIsUnfinished && flags.length > 0 ? '2s' : '60s';
  return explore(program(path.join(folder, name), { cc, flags }), { leaks, time });
}

test('there are eighty programs, and a compiler', () => {
  expect(all.length).toBeGreaterThanOrEqual(80);
  expect(all.filter((name) => name.endsWith('.cc')).length).toBeGreaterThanOrEqual(15);
  expect(FEW.filter((name) => !all.includes(name))).toEqual([]);
  expect(compilers.length).toBeGreaterThan(0);
});

test('the programs have every kind of fault that own C can have', () => {
  const kinds = new Set(all.flatMap((name) => readMarks(name).kinds.flat()));
  expect([...kinds].sort()).toEqual([
    'abort',
    'bad-free',
    'check-failed',
    'crash',
    'data-race',
    'deadlock',
    'double-free',
    'hang',
    'leak',
    'livelock',
    'lock-misuse',
    'out-of-bounds',
    'use-after-free',
  ]);
});

describe.each(compilers)('with %s', (cc) => {
  test.each(programs)(
    '%s has its bug, where it is',
    async (name) => {
      const { kinds, bugIsUnfinished } = readMarks(name);
      const isMarked = (kind: string, { file, line }: Place): boolean =>
        file !== null &&
        path.basename(file) === name &&
        (kinds[(line ?? 0) - 1] ?? []).includes(kind);
      const report = await explored(name, cc, []);
      expect(report.verdict).toBe(bugIsUnfinished ? 'unfinished' : 'fault');
      if (bugIsUnfinished) expect(report.limit).toBe('steps');
      // A race does not end the search: what comes of it is found as well, where it is marked.
      const isMore = (kind: string): boolean => kind !== 'data-race';
      expect(report.faults.some(({ kind }) => isMore(kind))).toBe(kinds.flat().some(isMore));
      for (const fault of report.faults) {
        const { kind, waits, other } = fault;
        const places: Place[] = waits.length > 0 ? [fault, ...waits] : [fault];
        expect(fault.line).not.toBeNull();
        const where = `${kind} at ${places.map(({ file, line }) => `${file}:${line}`).join(', ')}`;
        expect({ where, is: places.some((place) => isMarked(kind, place)) }).toEqual({
          where,
          is: true,
        });
        if (kind === 'data-race' && other) {
          const beside = `${other.file}:${other.line}`;
          expect({ beside, is: isMarked(kind, other) }).toEqual({ beside, is: true });
        }
      }
    },
    120_000,
  );

  test.each(programs)(
    '%s has none without it',
    async (name) => {
      const { fixIsUnfinished, fixHasNothing } = readMarks(name);
      const run = explored(name, cc, ['-DFIXED']);
      if (fixHasNothing) {
        await expect(run).rejects.toMatchObject({ code: 'ERR_PROGRAM' });
        return;
      }
      const { faults, verdict, exhaustive } = await run;
      expect(faults).toEqual([]);
      expect({ verdict, exhaustive }).toEqual({
        verdict: fixIsUnfinished ? 'unfinished' : 'clean',
        exhaustive: !fixIsUnfinished,
      });
    },
    120_000,
  );
});
