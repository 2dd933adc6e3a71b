import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { grouped } from '../../lib/base/text';
import { explore } from '../../lib/explore/explore';
import { program } from '../../lib/own/program';

/** Executions that are drawn before a search begins, in which its races are learned. */
const DRAWN = 64;

const folder = path.join(__dirname, 'counts');
const counts = JSON.parse(fs.readFileSync(path.join(folder, 'traces.json'), 'utf8')) as Record<
  string,
  Record<string, number>
>;

/*
 * Programs in which no loop waits, with the number of traces that theory gives, or that GenMC
 * counts under sequential consistency. No execution is cut off as the same as one before.
 */
const COUNTS = Object.entries(counts).flatMap(([name, rows]) =>
  Object.entries(rows).map(([n, traces]): [string, number, number] => [name, Number(n), traces]),
);

test.each(COUNTS)('%s with N = %d has %d traces', async (name, n, traces) => {
  const file = path.join(folder, `${name}.c`);
  const report = await explore(program(file, { flags: [`-DN=${n}`] }), {
    strategy: 'dpor',
    heap: 'fresh',
  });
  expect(report.faults).toEqual([]);
  expect(report.exhaustive).toBe(true);
  const count = grouped(traces);
  expect(report.evidence).toMatch(new RegExp(`^${count} of ${count} traces?,`));
  expect(report.executions - report.traces - DRAWN).toBe(0);
});
