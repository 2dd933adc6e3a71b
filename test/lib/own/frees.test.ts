import { describe, expect, test } from '@jest/globals';
import { explore, type ProgramReport, program } from '../../../lib/index';
import { COMPILERS, workshop } from './building';

const { write } = workshop();

const program2 = (one: string, other: string): string => `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
static struct { int a, b; } *p;
static void *work(void *unused)
{
  ${one}
  return unused;
}
int main(void)
{
  pthread_t t;
  p = calloc(1, sizeof(*p));
  pthread_create(&t, 0, work, 0);
  ${other}
  pthread_join(t, 0);
}
`;

const kinds = ({ faults }: ProgramReport): string[] =>
  [...new Set(faults.map(({ kind }) => kind))].sort();

/** The code of the steps of each fault of a kind. */
const codes = ({ faults }: ProgramReport, kind: string): string[][] =>
  faults.filter((one) => one.kind === kind).map(({ trace }) => trace.map(({ code }) => code ?? ''));

describe.each(COMPILERS)('a free that nothing orders is a step, %s', (cc) => {
  const look = (one: string, other: string, heap: 'fresh' | 'reuse'): Promise<ProgramReport> => {
    const file = write(`free-${cc}.c`, program2(one, other));
    return explore(program(file, { cc }), { strategy: 'dpor', allFaults: true, heap });
  };

  test.each(['fresh', 'reuse'] as const)('and an access, heap %s: in both orders', async (heap) => {
    const report = await look('p->a = 1;', 'free(p);', heap);
    // That they race is the same mistake, and not reported beside it.
    expect(kinds(report)).toEqual(['use-after-free']);
    expect(report).toMatchObject({ exhaustive: true, traces: heap === 'fresh' ? 2 : 3 });
    for (const steps of codes(report, 'use-after-free')) expect(steps).toContain('free(p);');
  });

  test('and an atomic access: in both orders', async () => {
    const access = 'atomic_fetch_add((atomic_int *)&p->a, 1);';
    const report = await look(access, 'free(p);', 'fresh');
    expect(kinds(report)).toEqual(['use-after-free']);
    expect(report.traces).toBe(2);
  });

  test.each(['fresh', 'reuse'] as const)('and another free, heap %s', async (heap) => {
    const again = 'free(p); int *q = malloc(sizeof(*p)); *q = 1;';
    const report = await look('free(p);', again, heap);
    expect(kinds(report)).toContain('double-free');
    const found = codes(report, 'double-free');
    // Either comes second.
    expect(new Set(found.map((steps) => steps.at(-1)))).toEqual(new Set(['free(p);', again]));
    for (const steps of found) {
      expect(steps.filter((code) => code.startsWith('free(p);')).length).toBeGreaterThan(1);
    }
    if (heap === 'reuse') expect(kinds(report)).toContain('use-after-free');
  });

  test('a free that is ordered adds no step', async () => {
    const both = 'atomic_fetch_add((atomic_int *)&p->b, 1);';
    const other = `${both} pthread_join(t, 0); free(p); return 0;`;
    const report = await look(`p->a = 1; ${both}`, other, 'fresh');
    expect(report).toMatchObject({ verdict: 'clean', traces: 2 });
  });
});

test('behind a free that races, a read names the write of its own member', async () => {
  const writes = 'p->a = 7;\n  p->b = 8;\n  p->a = 9;';
  const reads = 'int got = p->b;\n  assert(got != 8);\n  free(p);';
  const file = write('members.c', program2(writes, reads));
  const report = await explore(program(file), { heap: 'fresh', strategy: 'dpor', allFaults: true });
  const fault = report.faults.find(({ kind }) => kind === 'check-failed');
  const read = fault?.trace.find(({ code }) => code === 'int got = p->b;');
  const written = fault?.trace.find(({ code }) => code === 'p->b = 8;');
  expect(fault?.trace.some(({ code }) => code === 'p->a = 9;')).toBe(true);
  expect(read).toMatchObject({ read: '8', variable: 'block 1.b' });
  expect(read?.from).toEqual({ step: written?.step, cpu: 2 });
});
