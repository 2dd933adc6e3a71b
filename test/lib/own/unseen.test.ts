import { describe, expect, test } from '@jest/globals';
import { explore, program } from '../../../lib/index';
import { COMPILERS, workshop } from './building';

const { write } = workshop();

const withCalls = (headers: string, calls: string): string => `${headers}
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int by(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
static void *work(void *unused)
{
  int numbers[] = {2, 1};
  (void)numbers;
  (void)by;
  pthread_mutex_lock(&lock);
  ${calls}
  pthread_mutex_unlock(&lock);
  return unused;
}
int main(void)
{
  pthread_t t;
  pthread_create(&t, 0, work, 0);
  work(0);
  pthread_join(t, 0);
}
`;

/** C++ as well: main() and the thread are the same. */
const TWICE = 'static std::string s; s += "a text that is long enough to be on the heap";';

describe.each(COMPILERS)('a verdict names what touches memory where nobody looks, %s', (cc) => {
  test.each([
    ['sort.c', '', 'qsort(numbers, 2, sizeof(int), by);', ['qsort()']],
    ['parse.c', '', 'numbers[0] = atoi("7") + (int)strtol("8", 0, 10);', ['atoi()', 'strtol()']],
    ['known.c', '#include <stdio.h>', 'memcpy(numbers, numbers + 1, 4); puts("x");', []],
    ['text.cc', '#include <string>', TWICE, ['std::string']],
  ])('%s', async (name, headers, calls, unseen) => {
    const file = write(`${cc}-${name}`, withCalls(headers, calls));
    const { verdict, evidence } = await explore(program(file, { cc }), { strategy: 'dpor' });
    expect(verdict).toBe('clean');
    const said = / not looked into: (.*)$/.exec(evidence)?.[1];
    expect(said).toBe(unseen.length > 0 ? unseen.join(', ') : undefined);
  });
});
