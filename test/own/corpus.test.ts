import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { explore } from '../../lib/explore/explore';
import { program } from '../../lib/own/program';
import type { ProgramReport } from '../../lib/own/report';
import { judge } from './judging';

/*
 * Programs with one bug each, and without it where FIXED is defined. What is to be found stands at
 * the lines where it is: `expect: use-after-free`. CI tries a few; DMTORTURE_CI_LONG=1 all of them.
 */
const { programs, readMarks, formOf, flawsOf } = judge;
const all = fs.readdirSync(programs);
const FEW = [
  'after_you.c',
  'big_table.c',
  'bounded_queue.cc',
  'far_jump.c',
  'futex.c',
  'gone_pointer.c',
  'grown.c',
  'mcs.c',
  'no_lock.c',
  'overflow.c',
  'passed_on.cc',
  'predicate.c',
  'thread_local.cc',
];
const names = process.env.DMTORTURE_CI_LONG === '1' ? all : FEW;
const compilers = ['gcc', 'clang'].filter(
  (cc) => spawnSync(cc, ['--version'], { stdio: 'ignore' }).status === 0,
);

function explored(name: string, cc: string, form: 'bug' | 'fix'): Promise<ProgramReport> {
  const { flags, options } = formOf(name, form);
  return explore(program(path.join(programs, name), { cc, flags }), options);
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
  test.each(names)(
    '%s has its bug, where it is',
    async (name) => {
      expect(await flawsOf(name, 'bug', explored(name, cc, 'bug'))).toEqual([]);
    },
    120_000,
  );

  test.each(names)(
    '%s has none without it',
    async (name) => {
      expect(await flawsOf(name, 'fix', explored(name, cc, 'fix'))).toEqual([]);
    },
    120_000,
  );
});
