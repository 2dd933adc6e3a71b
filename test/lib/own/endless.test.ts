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
  const { faults } = await explore(program(write('prints.c', PRINTS)), { time: '2s' });
  expect(faults.map(({ kind }) => kind)).toEqual(['hang']);
  // The limit, and one replay, which is ended by itself.
  expect(performance.now() - beganMs).toBeLessThan(25_000);
});
