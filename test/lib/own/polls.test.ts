import { describe, expect, test } from '@jest/globals';
import { explore, program } from '../../../lib/index';
import { COMPILERS, workshop } from './building';

const { write } = workshop();

/*
 * A thread polls by a function of its own, and between two tries calls the runtime. What that leaves
 * on the stack is in the function's frame the next time, in the part that nothing has written: it
 * must not tell two turns apart, nor one execution from another.
 */
const POLLS = `#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
static atomic_size_t head, tail;
static int items[2];
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
static bool get(int *to)
{
  char space[100];
  size_t h = atomic_load(&head), t, n;
  intptr_t d;
  if (h > 5)
    memset(space, 0, sizeof(space));
  t = atomic_load(&tail);
  d = (intptr_t)t - (intptr_t)h;
  if (d == 0)
    return false;
  n = h + 1;
  *to = items[h & 1];
  return atomic_compare_exchange_strong(&head, &h, n);
}
static void *producer(void *unused)
{
  for (int i = 0; i < 2; i++) {
    items[i] = i + 1;
    atomic_fetch_add(&tail, 1);
  }
  return unused;
}
static void *consumer(void *unused)
{
  int v;
  while (!get(&v))
    BETWEEN;
  return unused;
}
int main(void)
{
  pthread_t p, c;
  pthread_create(&p, 0, producer, 0);
  pthread_create(&c, 0, consumer, 0);
  consumer(0);
  pthread_join(p, 0);
  pthread_join(c, 0);
  assert(head == 2);
}
`;
const LOCKS = 'pthread_mutex_lock(&m), pthread_mutex_unlock(&m)';
const TRIES = 'if (!pthread_mutex_trylock(&m)) pthread_mutex_unlock(&m)';
const SLEEPS = 'nanosleep(&(struct timespec){0, 1000}, NULL)';
const TIMES_OUT =
  'pthread_mutex_lock(&m); struct timespec at = {1, 0}; ' +
  'pthread_cond_timedwait(&c, &m, &at); pthread_mutex_unlock(&m)';

const source = (between: string) => POLLS.replace('BETWEEN;', `{ ${between}; }`);

describe.each(COMPILERS)('loops that poll, by %s', (cc) => {
  const search = (name: string, between: string, options: object) =>
    explore(program(write(`${name}-${cc}.c`, source(between)), { cc }), options);

  test('a pause between two tries takes no other executions than none', async () => {
    const [bare, yields, sleeps] = await Promise.all(
      [
        ['bare', ''],
        ['yields', 'sched_yield()'],
        ['sleeps', SLEEPS],
      ].map(([name = '', between = '']) => search(name, between, {})),
    );
    expect([bare, yields, sleeps]).toMatchObject([
      { verdict: 'clean', exhaustive: true },
      { traces: bare?.traces },
      { traces: bare?.traces },
    ]);
  });

  test.each([
    ['locks', LOCKS],
    ['tries', TRIES],
  ])('a loop that %s between is explored to its end', async (name, between) => {
    expect(await search(name, between, {})).toMatchObject({ verdict: 'clean', exhaustive: true });
  });

  test('a wait with a time limit between is the same when it is run again', async () => {
    const { verdict } = await search('times-out', TIMES_OUT, { executions: 600 });
    expect(verdict).toBe('unfinished');
  });

  test.each(['tso', 'rc11'] as const)('states under %s are as those without', async (memory) => {
    for (const [name, between] of [
      ['yields', 'sched_yield()'],
      ['locks', LOCKS],
    ] as const)
      expect(await search(name, between, { memory })).toMatchObject({
        verdict: 'clean',
        exhaustive: true,
      });
  });

  test.each([
    ['locks', LOCKS],
    ['tries', TRIES],
  ])('one that %s is the same where states are remembered', async (name, between) => {
    const options = { strategy: 'stateful', executions: 3000 };
    expect(['clean', 'unfinished']).toContain((await search(name, between, options)).verdict);
  });
});
