import { expect, test } from '@jest/globals';
import { describeOwnPlan } from '../../../lib/cli/explore/own-plan-text';
import { explore, formatTrace, program, replay, toHtml, toJunit } from '../../../lib/index';
import { matchers } from '../../../lib/jest';
import { makeProgramPlan } from '../../../lib/own/plan';
import { inWords } from '../../../lib/own/values';
import { storyFault, storyRows } from '../../../lib/story/story';
import type { TraceStep } from '../../../lib/story/trace';
import { weakText } from '../../../lib/story/weak';
import { workshop } from './building';

const { write } = workshop();

/** An update is lost, and each thread goes on after its own. */
const LOST = `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
static atomic_int n, other;
static void *add(void *value)
{
  int seen = n;
  n = seen + *(int *)value;
  other++;
  other++;
  other++;
  return 0;
}
int main(void)
{
  pthread_t t;
  int one = 1, two = 2;
  pthread_create(&t, 0, add, &one);
  add(&two);
  pthread_join(t, 0);
  int sum = n;
  printf("n is %d\\n", sum);
  other++;
  assert(sum == 3);
}
`;

test('a story shows what a store writes over: the update that is lost', async () => {
  const { faults } = await explore(program(write('lost.c', LOST)));
  const diagram = String(faults[0]?.trace);
  expect(diagram).toMatch(/\[n: 0 -> [12]\]/);
  expect(diagram).toMatch(/\[n: ([12]) -> (?!\1)[12]\]/);
});

test('every step is shown once, and no row is empty', async () => {
  const { faults } = await explore(program(write('once.c', LOST)));
  const all = formatTrace(faults[0]?.trace ?? [], { all: true });
  const ends = all.split('\n').filter((row) => row.includes('the thread ends'));
  expect(ends).toHaveLength(1);
  expect(all.split('\n').filter((row) => /^[ |]+$/.test(row))).toEqual([]);
});

test('what is printed after a data race is not of its story', async () => {
  const text = LOST.replace('static atomic_int n,', 'static int n;\nstatic atomic_int');
  const { faults } = await explore(program(write('racy.c', text)));
  const race = faults.find(({ kind }) => kind === 'data-race');
  expect(race).toBeDefined();
  expect(String(race?.trace)).not.toContain('prints');
});

// A try to join finds the other thread before its end, or behind it.
const TRIED = `#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
static atomic_int n;
static void *add(void *unused)
{
  n++;
  return unused;
}
int main(void)
{
  pthread_t t;
  pthread_create(&t, 0, add, 0);
  int late = pthread_tryjoin_np(t, 0);
  n++;
  assert(late == EXPECTED);
}
`;

test.each([
  ['EBUSY', 'thread 2 has ended'],
  ['0', 'thread 2 has not ended'],
])('a try to join that should be %s says that %s', async (expected, said) => {
  const text = TRIED.replace('EXPECTED', expected);
  const { faults } = await explore(program(write(`tried-${expected}.c`, text)));
  const main = faults[0]?.trace.filter(({ cpu }) => cpu === 1).flatMap(({ notes }) => notes);
  expect(main).toEqual([said]);
});

test('a ticket whose thread ends later or sooner says so in words', async () => {
  const file = write('ends.c', LOST);
  const { faults } = await explore(program(file));
  write('ends.c', LOST.replace('  other++;\n  return', '  other++;\n  other++;\n  return'));
  await expect(replay(faults[0]?.ticket ?? '')).rejects.toThrow(
    /diverges at step \d+, expected the end of a thread, got update at line 1\d/,
  );
});

test('under x86-TSO a load that misses several stores names the first', async () => {
  const file = write(
    'several.c',
    `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static atomic_int x, y, r1, r2;
static void put(atomic_int *to, int value)
{
  atomic_store_explicit(to, value, memory_order_release);
}
static void *other(void *u)
{
  put(&y, 1);
  r2 = x;
  return u;
}
int main(void)
{
  pthread_t t;
  pthread_create(&t, 0, other, 0);
  put(&x, 1);
  put(&x, 2);
  int seen = y;
  pthread_join(t, 0);
  assert(seen || r2);
}
`,
  );
  const { faults } = await explore(program(file), { memory: 'tso' });
  const steps = faults[0]?.trace ?? [];
  const ofX = steps.filter(({ variable }) => variable === 'x');
  const first = ofX.find(({ kind, option }) => kind === 'write' && option !== undefined);
  const missing = ofX.find(({ missed }) => missed);
  expect(missing?.missed?.step).toBe(first?.step);
});

test('steps of several functions that are left out are one gap', () => {
  const step = (number: number, name: string, key: boolean): Partial<TraceStep> => ({
    ...{ step: number, cpu: 1, kind: 'write', op: null, minor: null, notes: [], key },
    ...{ faulted: false, background: false, function: name, code: 'x = 1;', file: 'x.c', line: 1 },
    ...{ object: 'x', field: null, variable: 'x', read: null, was: '0', wrote: '1', from: null },
  });
  const steps = [step(1, 'f', true), step(2, 'g', false), step(3, 'h', false), step(4, 'f', true)];
  const rows = storyRows(steps as TraceStep[], undefined, false);
  expect(rows.map(({ part }) => part)).toEqual(['op', 'line', 'gap', 'op', 'line']);
});

/** More threads than have room for columns in a test's log; two of them race. */
const CROWD = `#include <pthread.h>
static int n;
static void *work(void *x)
{
  if (x)
    n++;
  return 0;
}
int main(void)
{
  pthread_t t[6];
  for (int i = 0; i < 6; i++)
    pthread_create(&t[i], 0, work, i < 2 ? &n : 0);
  for (int i = 0; i < 6; i++)
    pthread_join(t[i], 0);
}
`;

test('where no columns fit, each row names its thread as the sentences do', async () => {
  const crowd = program(write('crowd.c', CROWD));
  const report = await explore(crowd);
  const ticket = report.faults[0]?.ticket ?? '';
  const { toBeRaceFree, toFault, toReplay, toHaveNoFaults } = matchers;
  const texts = [
    (await toBeRaceFree.call({}, crowd)).message(),
    (await toFault.call({}, crowd, 'data-race')).message(),
    (await toReplay.call({}, ticket)).message(),
    toHaveNoFaults.call({}, report).message(),
    await toJunit([JSON.parse(JSON.stringify(report))]),
  ];
  // What a step in words begins with on the page: walk.ts.
  const rows = [...(await toHtml(report)).matchAll(/ on-cpu(\d)" .*?data-thread="([^"]+)">/g)];
  expect(rows.length).toBeGreaterThan(5);
  for (const [, number, thread] of rows) expect(thread).toBe(`thread ${number}`);
  for (const text of texts) {
    expect(text).toMatch(/^thread 7: work\(\)\nstep$/m);
    expect(text).toMatch(/^ {5}thread 3 \*\*\* data-race: a read by thread 3 and/m);
    expect(text).not.toMatch(/\bcpu\d/);
  }
});

test('toHaveNoFaults says what the kind means in own C, and where in the sources', async () => {
  const freed = LOST.replace('assert(sum == 3);', 'free(kept); free(kept);').replace(
    'int sum = n;',
    'int sum = n; void *kept = malloc(4);',
  );
  const report = await explore(program(write('freed.c', `#include <stdlib.h>\n${freed}`)));
  const text = matchers.toHaveNoFaults.call({}, report).message();
  expect(text).toMatch(/^ {2}what +memory is freed a second time$/m);
  expect(text).toMatch(/^ {2}where +\S*freed\.c:\d+, in main\(\)$/m);
  expect(text).toMatch(/^ {2}memory +.*4 bytes/m);
  expect(text).not.toContain('breaks');
});

test('a race that a sanitizer names has no line of a function alone', () => {
  const step: Partial<TraceStep> = {
    ...{ step: 3, cpu: 2, kind: 'read', op: null, minor: null, notes: [], key: true },
    ...{ faulted: true, background: false, function: 'add', code: 'n++;', file: 'n.c', line: 4 },
    ...{ object: 'n', field: null, variable: 'n', read: '1', was: null, wrote: null, from: null },
    text: 'n.c:4 in add: n++; [n = 1]',
  };
  const place = { function: 'main', site: 'main', message: 'data race', file: 'n.c', line: 5 };
  const rows = storyRows([step as TraceStep], storyFault('data-race', place), false);
  const last = '*** data-race: data race';
  expect(rows.map(({ text }) => text)).toEqual(['add()', 'n.c:4: n++; [n = 1]', last]);
});

test('a store that goes to memory says so', () => {
  expect(weakText({ kind: 'flush' })).toBe("leaves its CPU's buffer");
});

test('a signal that nobody hears is not a change', () => {
  const line = { object: 'condition', read: null, was: '0', wrote: '0' };
  const same = inWords(line as Parameters<typeof inWords>[0]);
  expect(same).toMatchObject({ read: 'nobody waits', was: null, wrote: null });
  const atomic = { object: 'atomic', read: null, was: '1', wrote: '1' };
  expect(inWords(atomic as Parameters<typeof inWords>[0])).toMatchObject({ was: '1', wrote: '1' });
});

test('the line that says what was run has every limit that was asked for', () => {
  const own = program(write('plan.c', LOST), { allow: ['getpid'] });
  const asked = { executions: 500, time: '1m', minimise: false, forbidOutcomes: ['r1=0'] };
  const text = describeOwnPlan(makeProgramPlan(own, asked).report);
  expect(text).toContain('executions 500, time 1m, ');
  for (const part of ['allow getpid', 'forbid-outcome r1=0', 'no-minimise'])
    expect(text).toContain(part);
  const dfs = makeProgramPlan(own, { strategy: 'dfs', preemptions: 2 }).report;
  expect(describeOwnPlan(dfs)).toContain('preemptions 2');
  const pct = makeProgramPlan(own, { strategy: 'pct', depth: 5 }).report;
  expect(describeOwnPlan(pct)).toContain('depth 5');
  expect(describeOwnPlan(makeProgramPlan(own).report)).toMatch(
    /plan\.c, allow getpid, strategy portfolio, heap both, seed \d+$/,
  );
});
