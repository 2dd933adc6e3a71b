import { expect, test } from '@jest/globals';
import { explore, program } from '../../../lib/index';
import { findingText, plainPen } from '../../../lib/story/fault-text';
import { describeSearched } from '../../../lib/story/finding';
import { workshop } from './building';

const { write } = workshop();

/** Two threads miss each other's store, and with what all do beside that, no search comes to its end. */
const missing = (rounds: number): string => `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static atomic_int x, y, z[8];
static int r1, r2;
static void *count(void *unused)
{
  for (int i = 0; i < ${rounds}; i++)
    atomic_fetch_add(&z[i], 1);
  return unused;
}
static void *one(void *unused)
{
  count(0);
  atomic_store_explicit(&x, 1, memory_order_relaxed);
  r1 = atomic_load_explicit(&y, memory_order_relaxed);
  return count(unused);
}
static void *two(void *unused)
{
  count(0);
  atomic_store_explicit(&y, 1, memory_order_relaxed);
  r2 = atomic_load_explicit(&x, memory_order_relaxed);
  return count(unused);
}
int main(void)
{
  pthread_t a, b, c;
  pthread_create(&a, 0, one, 0);
  pthread_create(&b, 0, two, 0);
  pthread_create(&c, 0, count, 0);
  pthread_join(a, 0);
  pthread_join(b, 0);
  pthread_join(c, 0);
  assert(r1 || r2);
}
`;

test('time that is used up by a shorter schedule is said, in words and in JSON', async () => {
  const long = program(write('long.c', missing(6)));
  const report = await explore(long, { memory: 'rc11', time: '2s' });
  const [fault] = report.faults;
  if (!fault) throw new Error(`no fault: ${report.evidence}`);
  expect(fault).toMatchObject({ kind: 'check-failed', minimal: false, minimiseLimit: 'time' });
  const said = "the time was up while a fault's schedule was made shorter";
  expect(report.evidence).toContain(`the first fault ended the search, after`);
  expect(report.evidence).toContain(said);
  const text = findingText(describeSearched(fault, report), plainPen).replaceAll(/\s+/g, ' ');
  expect(text).toContain(said);
});

test('where nothing was left to shorten, or nobody asked for it, it is not said', async () => {
  const small = program(write('small.c', missing(0)));
  for (const options of [{ time: '60s' }, { time: '60s', minimise: false }]) {
    const { faults, evidence } = await explore(small, { memory: 'rc11', ...options });
    expect(faults.map(({ kind }) => kind)).toEqual(['check-failed']);
    expect(faults[0]).not.toHaveProperty('minimiseLimit');
    expect(evidence).not.toContain('the time was up');
  }
});
