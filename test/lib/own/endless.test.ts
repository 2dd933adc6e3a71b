import { expect, test } from '@jest/globals';
import { explore, program } from '../../../lib/index';
import { workshop } from './building';

const { write } = workshop();

const PRINTS = `#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
static atomic_int begun;
static void *print(void *unused)
{
  begun++;
  for (;;)
    printf("again\\n");
  return unused;
}
int main(void)
{
  pthread_t a;
  pthread_create(&a, 0, print, 0);
  begun++;
  pthread_join(a, 0);
  return 0;
}
`;

test('a thread that prints for ever is one hang, and no crash, soon after the limit', async () => {
  const beganMs = performance.now();
  const { faults } = await explore(program(write('prints.c', PRINTS)), { time: '4s' });
  expect(faults).toMatchObject([{ kind: 'hang', function: 'print' }]);
  expect(faults).toHaveLength(1);
  // Where in its loop it was ended is chance.
  expect([8, 9]).toContain(faults[0]?.line);
  expect(faults[0]?.message).toMatch(/^the program does not come to an end: it ran for \d+\.\d s/);
  // The limit, and one replay, which is ended by itself.
  expect(performance.now() - beganMs).toBeLessThan(60_000);
});

const STRINGS = `#include <atomic>
#include <string>
#include <thread>
static std::atomic<int> begun;
int main()
{
  std::thread a([] {
    begun++;
    for (;;) {
      std::string text(100, 'x');
      text += "y";
    }
  });
  begun++;
  a.join();
}
`;

test('a stack that holds what an earlier run wrote there does not make two runs differ', async () => {
  const { verdict, limit, faults } = await explore(program(write('strings.cpp', STRINGS)), {
    time: '2s',
  });
  expect({ verdict, faults }).toEqual({ verdict: 'unfinished', faults: [] });
  // Which of the two is met first depends on the machine.
  expect(['time', 'steps']).toContain(limit);
});
