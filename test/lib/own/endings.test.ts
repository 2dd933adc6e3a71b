import { describe, expect, test } from '@jest/globals';
import { explore, program } from '../../../lib/index';
import { COMPILERS, workshop } from './building';

const { write } = workshop();

const STATICS = `#include <atomic>
#include <cstdlib>
#include <dmtorture.h>
#include <iostream>
#include <string>
#include <thread>
static std::atomic<int> x;
struct Log {
  int *p = new int(0);
  const char *name;
  explicit Log(const char *n) : name(n) {}
  ~Log() { record(name, ++x); delete p; }
};
static Log global("global");
static std::string text = "a text that is too long to be without memory of the heap";
static void at_end() { record("atexit", ++x); }
int main()
{
  static Log local("local");
  std::atexit(at_end);
  std::thread t([] { x++; });
  x++;
  t.join();
  END;
}
`;

test('words of the program that look like a thread or a place stay as they are', async () => {
  const file = write(
    'said.c',
    `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static atomic_int x;
static void *add(void *u) { x++; return u; }
int main(void)
{
  pthread_t t;
  pthread_create(&t, 0, add, 0);
  assert(x == 0 && "thread 7 at +0x1000");
  pthread_join(t, 0);
}
`,
  );
  const { faults } = await explore(program(file));
  expect(faults[0]?.message).toMatch(
    /^assert\(x == 0 && "thread 7 at \+0x1000"\) fails in thread 1, said\.c:10/,
  );
});

describe.each(COMPILERS)('the end of a program, %s', (cc) => {
  test.each(['return 0', 'std::exit(0)', 'delete global.p'])('%s', async (end) => {
    const file = write(`statics-${cc}.cc`, STATICS.replace('END', end));
    const report = await explore(program(file, { cc }), { leaks: true, heap: 'fresh' });
    if (end.startsWith('delete')) {
      expect(report.faults).toMatchObject([
        { kind: 'double-free', function: 'Log::~Log()', line: 12 },
      ]);
      return;
    }
    expect(report).toMatchObject({ verdict: 'clean', traces: 2 });
    // The last that was made goes first.
    expect(report.outcomes.map(({ results }) => results)).toEqual(['atexit=3 global=5 local=4']);
  });

  test('locks of std::scoped_lock, in either order, come to an end', async () => {
    const file = write(
      `scoped-${cc}.cc`,
      `#include <cassert>
#include <mutex>
#include <thread>
static std::mutex a, b;
static int n;
static void one() { std::scoped_lock both(a, b); n++; }
static void two() { std::scoped_lock both(b, a); n++; }
int main()
{
  std::thread t(one), u(two);
  t.join();
  u.join();
  assert(n == 2);
}
`,
    );
    const report = await explore(program(file, { cc }), { time: '60s' });
    expect(report).toMatchObject({ verdict: 'clean', exhaustive: true, faults: [] });
  });

  const ofThree = (take: string): string => `#include <cassert>
#include <mutex>
#include <thread>
static std::mutex a, b, c;
static int n;
static void work(std::mutex &x, std::mutex &y, std::mutex &z) { ${take} n++; }
int main()
{
  std::thread t([] { work(a, b, c); }), u([] { work(c, a, b); });
  t.join();
  u.join();
  assert(n == 2);
}
`;

  test('std::scoped_lock of three mutexes is searched to the end', async () => {
    const file = write(`three-${cc}.cc`, ofThree('std::scoped_lock all(x, y, z);'));
    const report = await explore(program(file, { cc }), { strategy: 'dpor', time: '60s' });
    expect(report).toMatchObject({ verdict: 'clean', exhaustive: true, traces: 34, faults: [] });
    const states = await explore(program(file, { cc }), { strategy: 'stateful', time: '60s' });
    expect(states).toMatchObject({ verdict: 'clean', exhaustive: true, faults: [] });
  });

  test('three mutexes, one after the other, are a deadlock', async () => {
    const take = 'std::lock_guard p(x); std::lock_guard q(y); std::lock_guard r(z);';
    const report = await explore(program(write(`guards-${cc}.cc`, ofThree(take)), { cc }));
    expect(report.faults).toMatchObject([{ kind: 'deadlock' }]);
  });
});

/** Two threads that take two locks by trying, and what each does between two tries. */
const trying = (between: string): string => `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static atomic_int tries;
static int n;
static void take(pthread_mutex_t *one, pthread_mutex_t *two)
{
  for (;;) {
    pthread_mutex_lock(one);
    if (!pthread_mutex_trylock(two)) return;
    pthread_mutex_unlock(one);
    ${between}
    pthread_mutex_t *other = one;
    one = two;
    two = other;
  }
}
static void *work(void *first)
{
  if (first) take(&a, &b);
  else take(&b, &a);
  n++;
  pthread_mutex_unlock(&a);
  pthread_mutex_unlock(&b);
  return 0;
}
int main(void)
{
  pthread_t t;
  pthread_create(&t, 0, work, &t);
  work(0);
  pthread_join(t, 0);
  assert(n == 2 && tries < 4);
}
`;

describe('threads that hinder each other', () => {
  test('are looked at until all is as it was before', async () => {
    const report = await explore(program(write('trying.c', trying(''))), { time: '60s' });
    expect(report).toMatchObject({ verdict: 'clean', exhaustive: true });
  });

  test('and longer where a try leaves something behind', async () => {
    const { faults } = await explore(program(write('counted.c', trying('tries++;'))));
    expect(faults.map(({ kind }) => kind)).toEqual(['check-failed']);
  });
});

describe('a constructor that ends the process', () => {
  const early = (code: number): string =>
    `#include <stdlib.h>
__attribute__((constructor)) static void early(void) { exit(${code}); }
int main(void) { return 0; }
`;

  test('without a failure: a sentence with its line', async () => {
    await expect(explore(program(write('early.c', early(0))))).rejects.toMatchObject({
      code: 'ERR_PROGRAM',
      message: expect.stringMatching(
        /early\.c:2: The program ends before main\(\): a constructor calls exit\(0\)$/,
      ),
    });
  });

  test('with one: a fault', async () => {
    const { faults } = await explore(program(write('failing.c', early(3))));
    const message = 'before main(): a constructor ends the process by exit(3)';
    expect(faults).toMatchObject([{ kind: 'abort', line: 2, message }]);
  });
});
