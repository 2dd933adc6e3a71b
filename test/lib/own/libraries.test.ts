import { describe, expect, test } from '@jest/globals';
import { explore, program } from '../../../lib/index';
import { workshop } from './building';

const { write } = workshop();

/** A thread that waits for `ready` and has a library change `at` on each way round. */
const waiting = (turn: string, main: string): string => `#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
static atomic_int ready;
static char text[] = "a,b,c,d,e", *at = text;
static void *wait_for(void *unused)
{
  while (!ready) {
    strsep(&at, ",");
    ${turn}
  }
  return unused;
}
int main(void)
{
  pthread_t a;
  pthread_create(&a, 0, wait_for, 0);
  ${main}
  pthread_join(a, 0);
  return 0;
}
`;

describe('what a library changes on the way round of a loop is a change', () => {
  test('a loop that ends by it is not a wait: what comes of it is found', async () => {
    const file = write('late.c', waiting('assert(at);', 'ready = 1;'));
    for (const strategy of ['portfolio', 'dfs', 'dpor'] as const) {
      const { verdict, faults } = await explore(program(file), { strategy });
      expect([strategy, verdict, faults[0]?.kind, faults[0]?.line]).toEqual([
        strategy,
        'fault',
        'check-failed',
        13,
      ]);
    }
  });

  test('nor is it a livelock', async () => {
    const file = write('ends.c', waiting('if (!at) break;', 'atomic_fetch_add(&ready, 0);'));
    const report = await explore(program(file));
    expect(report).toMatchObject({ verdict: 'clean', exhaustive: true, faults: [] });
  });
});

const GIVEN = `#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
static atomic_int sum;
static void *add(void *number)
{
  sum += *(int *)number;
#ifdef FIXED
  free(number);
#endif
  return 0;
}
int main(void)
{
  pthread_t a;
  int *number = malloc(sizeof(*number));
  *number = 1;
  pthread_create(&a, 0, add, number);
  sum++;
  pthread_join(a, 0);
  return 0;
}
`;

test('what a thread was given, and has not freed at its end, is a leak', async () => {
  const file = write('given.c', GIVEN);
  const { faults } = await explore(program(file), { leaks: true });
  expect(faults.map(({ kind, line }) => [kind, line])).toEqual([['leak', 16]]);
  const fixed = await explore(program(file, { flags: ['-DFIXED'] }), { leaks: true });
  expect(fixed).toMatchObject({ verdict: 'clean', exhaustive: true });
});

test('a name that is not one is refused, with its line', async () => {
  const file = write(
    'named.c',
    `#include <dmtorture.h>
#include <pthread.h>
#include <stdatomic.h>
static atomic_int x;
static void *add(void *unused) { x++; return unused; }
int main(void)
{
  pthread_t a;
  pthread_create(&a, 0, add, 0);
  x++;
  pthread_join(a, 0);
  record("q\\"\\n", 1);
}
`,
  );
  await expect(explore(program(file))).rejects.toMatchObject({
    code: 'ERR_PROGRAM',
    message: expect.stringContaining('record() takes names of letters'),
  });
});

test.each(['gcc', 'clang'] as const)(
  'what is done once is done again where it threw, by %s',
  async (cc) => {
    const file = write(
      'again.cpp',
      `#include <cassert>
#include <mutex>
#include <thread>
static std::once_flag once;
static int tries, value;
static void f()
{
  try {
    std::call_once(once, [] { if (tries++ == 0) throw 1; value = 7; });
  } catch (int) {
  }
}
int main()
{
  std::thread a(f);
  f();
  a.join();
  assert(tries == 2 && value == 7);
}
`,
    );
    for (const strategy of ['dfs', 'dpor'] as const) {
      const report = await explore(program(file, { cc }), { strategy });
      expect(report).toMatchObject({ verdict: 'clean', exhaustive: true, faults: [] });
    }
  },
);
