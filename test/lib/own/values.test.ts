import { expect, test } from '@jest/globals';
import { explore, program } from '../../../lib/index';
import { COMPILERS, workshop } from './building';

const { write } = workshop();

const VALUES = `#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
static sem_t slots;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t files = PTHREAD_RWLOCK_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_barrier_t gate;
static void init(void) { }
static void *work(void *unused)
{
  pthread_mutex_trylock(&lock);
  assert(pthread_rwlock_tryrdlock(&files) == 0);
  assert(pthread_rwlock_trywrlock(&files) != 0);
  pthread_rwlock_unlock(&files);
  assert(pthread_rwlock_trywrlock(&files) == 0);
  pthread_once(&once, init);
  sem_trywait(&slots);
  sem_post(&slots);
  sem_post(&slots);
  int count;
  sem_getvalue(&slots, &count);
  assert(sem_trywait(&slots) == 0);
  assert(sem_trywait(&slots) == 0);
  sem_trywait(&slots);
  pthread_mutex_trylock(&lock);
  pthread_mutex_unlock(&lock);
  pthread_barrier_wait(&gate);
  return unused;
}
int main(void)
{
  pthread_t t;
  sem_init(&slots, 0, 0);
  pthread_barrier_init(&gate, 0, 2);
  pthread_create(&t, 0, work, 0);
  pthread_barrier_wait(&gate);
  pthread_join(t, 0);
  pthread_once(&once, init);
  assert(0);
}
`;

test.each(COMPILERS)('values of locks and semaphores are in words, by %s', async (cc) => {
  const file = write(`values-${cc}.c`, VALUES);
  const report = await explore(program(file, { cc }), { strategy: 'dfs', time: '20s' });
  const [fault] = report.faults;
  expect(fault?.kind).toBe('check-failed');
  const shown = (fault?.trace ?? []).flatMap(({ variable, read, was, wrote }) => {
    if (variable === null || (read === null && wrote === null)) return [];
    return [wrote === null ? `${variable} = ${read}` : `${variable}: ${was} -> ${wrote}`];
  });
  expect(shown).toEqual([
    'gate = more threads have to come',
    'lock: free -> held by thread 2',
    'files: free -> 1 reader',
    'files = held',
    'files: 1 reader -> free',
    'files: free -> held by thread 2',
    'once: begun -> done',
    'slots = 0',
    'slots: 0 -> 1',
    'slots: 1 -> 2',
    'slots = 2',
    'slots: 2 -> 1',
    'slots: 1 -> 0',
    'slots = 0',
    'lock = held by thread 2',
    'lock: held by thread 2 -> free',
    'gate = all are there',
  ]);
});

const WAITERS = `#include <pthread.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t full = PTHREAD_COND_INITIALIZER;
static int go;
static void *work(void *unused)
{
  pthread_mutex_lock(&lock);
  while (!go)
    pthread_cond_wait(&full, &lock);
  pthread_mutex_unlock(&lock);
  return unused;
}
int main(void)
{
  pthread_t a, b;
  pthread_create(&a, 0, work, 0);
  pthread_create(&b, 0, work, 0);
  pthread_mutex_lock(&lock);
  go = 1;
  pthread_cond_signal(&full);
  pthread_mutex_unlock(&lock);
  pthread_join(a, 0);
  pthread_join(b, 0);
}
`;

test.each(COMPILERS)(
  'a condition variable has the number of threads that wait, by %s',
  async (cc) => {
    const file = write(`waiters-${cc}.c`, WAITERS);
    const report = await explore(program(file, { cc }), { strategy: 'dfs', time: '20s' });
    const [fault] = report.faults;
    expect(fault?.kind).toBe('deadlock');
    const shown = (fault?.trace ?? []).flatMap(({ variable, read, was, wrote }) => {
      if (variable !== 'full' || (read === null && wrote === null)) return [];
      return [wrote === null ? `full = ${read}` : `full: ${was} -> ${wrote}`];
    });
    // The signal wakes one of the two, and the other waits for ever.
    expect(shown.slice(0, 4)).toEqual([
      'full: nobody waits -> 1 thread waits',
      'full: 1 thread waits -> 2 threads wait',
      'full: 2 threads wait -> 1 thread waits',
      'full = a signal',
    ]);
  },
);

const WRITES = `#include <assert.h>
#include <pthread.h>
static int x, y, seen;
static void *work(void *unused)
{
  x = 0;
  x = 1;
  x = 1;
  seen = y;
  return unused;
}
int main(void)
{
  pthread_t t;
  pthread_create(&t, 0, work, 0);
  y = 0;
  y = 1;
  y = 1;
  int mine = x;
  pthread_join(t, 0);
  assert(mine || seen);
}
`;

test.each(COMPILERS)(
  'a plain write says what it wrote, also where that was there before, by %s',
  async (cc) => {
    const file = write(`writes-${cc}.c`, WRITES);
    for (const memory of ['sc', 'tso'] as const) {
      const { faults } = await explore(program(file, { cc }), { memory, strategy: 'dfs' });
      const steps = faults.flatMap(({ trace }) => [...trace]);
      const written = steps.filter(({ code }) => /^[xy] = /.test(code));
      expect(written.length).toBeGreaterThan(3);
      const values = written.map(({ code, was, wrote }) => `${code} ${was} -> ${wrote}`);
      expect(new Set(values)).toContain('y = 1; 1 -> 1');
      expect(values.filter((text) => text.includes('null'))).toEqual([]);
    }
  },
);
