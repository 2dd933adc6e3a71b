import path from 'node:path';
import { expect, test } from '@jest/globals';
import { grouped } from '../../lib/base/text';
import { explore } from '../../lib/explore/explore';
import { program } from '../../lib/own/program';

/** Executions that are drawn before a search begins, in which its races are learned. */
const DRAWN = 64;

/*
 * Programs in which no loop waits, with the number of traces that theory gives, and that GenMC
 * counts under sequential consistency. No execution is cut off as the same as one before.
 */
const COUNTS: [name: string, n: number, traces: number][] = [
  ['increments', 2, 2],
  ['increments', 3, 6],
  ['increments', 4, 24],
  ['increments', 5, 120],
  ['increments', 6, 720],
  ['rotation', 3, 5],
  ['rotation', 4, 14],
  ['rotation', 5, 43],
  ['rotation', 6, 144],
  ['two_words', 2, 4],
  ['two_words', 3, 36],
  ['two_words', 4, 576],
  ['readers', 2, 4],
  ['readers', 6, 64],
  ['last_zero', 5, 64],
  ['last_zero', 8, 704],
  ['anchor', 1, 8],
  ['anchor', 2, 558],
  ['anchor', 3, 328_050],
];

test.each(COUNTS)('%s with N = %d has %d traces', async (name, n, traces) => {
  const file = path.join(__dirname, 'counts', `${name}.c`);
  const report = await explore(program(file, { flags: [`-DN=${n}`] }), {
    strategy: 'dpor',
    heap: 'fresh',
  });
  expect(report.faults).toEqual([]);
  expect(report.exhaustive).toBe(true);
  const count = grouped(traces);
  expect(report.evidence).toMatch(new RegExp(`^${count} of ${count} traces`));
  expect(report.executions - report.traces - DRAWN).toBe(0);
});
