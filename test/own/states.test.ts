import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { explore } from '../../lib/explore/explore';
import { program } from '../../lib/own/program';
import type { ProgramReport } from '../../lib/own/report';

/*
 * A search that remembers states and cuts off what comes to one of them again finds what is found
 * by going through every trace: the same faults at the same places, and the same outcomes. CI tries
 * a few programs; DMTORTURE_CI_LONG=1 all of them.
 */
const folder = path.join(__dirname, 'programs');
const own = path.join(__dirname, 'states');
const FEW = [
  'account.c',
  'bounded_stack.c',
  'deadline.c',
  'freed_mutex.c',
  'futex.c',
  'gone_pointer.c',
  'lazy.c',
  'linked_queue.c',
  'readers_writers.c',
  'spin_deadlock.c',
  'thread_key.c',
  'transfer.c',
  'trylock.c',
  'two_at_once.c',
];
const isLong = process.env.DMTORTURE_CI_LONG === '1';
/** A hang is ended by a watch of a second, in each search again; a constructor is before any search. */
const LEFT_OUT = ['before_main.c', 'endless.c'];
const programs = (isLong ? fs.readdirSync(folder) : FEW).filter(
  (name) =>
    !LEFT_OUT.includes(name) &&
    !/(bug|fix): (unfinished|nothing)/.test(fs.readFileSync(path.join(folder, name), 'utf8')),
);

/** What a search found, without how it came to it; of livelocks only that there are some. */
function findings({ faults, outcomes }: ProgramReport) {
  const kinds = faults.map(({ kind, file, line, other }) =>
    kind === 'livelock'
      ? kind
      : [kind, ...[`${file}:${line}`, other ? `${other.file}:${other.line}` : ''].sort()].join(' '),
  );
  return {
    faults: [...new Set(kinds)].sort(),
    outcomes: outcomes.map(({ results }) => results).sort(),
  };
}

async function search(file: string, strategy: 'dpor' | 'stateful', flags: string[]) {
  const leaks = fs.readFileSync(file, 'utf8').includes('options: leaks');
  return explore(program(file, { flags }), { strategy, leaks, allFaults: true, time: '60s' });
}

async function compare(file: string, flags: string[]): Promise<void> {
  const dpor = await search(file, 'dpor', flags);
  const stateful = await search(file, 'stateful', flags);
  expect({ exhaustive: dpor.exhaustive, ...findings(dpor) }).toEqual({
    exhaustive: true,
    ...findings(stateful),
  });
  expect(stateful.exhaustive).toBe(true);
}

test.each(programs)('%s, with its bug and without it', async (name) => {
  await compare(path.join(folder, name), []);
  await compare(path.join(folder, name), ['-DFIXED']);
});

test.each(fs.readdirSync(own))('every outcome of %s is met', async (name) => {
  const report = await search(path.join(own, name), 'stateful', []);
  expect(report.exhaustive).toBe(true);
  expect(report.outcomes).toHaveLength(1680);
  expect(report.evidence).toMatch(/^[\d,]+ of [\d,]+ states,/);
});
