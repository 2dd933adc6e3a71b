import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { explore, program } from '../../../lib/index';
import { workshop } from './building';

const { folder, write } = workshop();

describe('what cannot be explored', () => {
  test.each([
    [
      'static int x;\nint main(void) { return x; }',
      'ERR_PROGRAM',
      /wrong\.c:2: The program starts no thread: .*; start one in main\(\)/,
    ],
    [
      `#include <pthread.h>
       static void *idle(void *u) { return u; }
       int main(void) { pthread_t t; pthread_create(&t, 0, idle, 0); return pthread_join(t, 0); }`,
      'ERR_PROGRAM',
      /wrong\.c:3: Fewer than two threads .*; have two of them use something shared$/,
    ],
    [
      `#include <pthread.h>
       static void *idle(void *u) { return u; }
       int main(void) { for (int i = 0; i < 17; i++) { pthread_t t;
         pthread_create(&t, 0, idle, 0); } }`,
      'ERR_PROGRAM',
      /wrong\.c:4: The program begins more than 16 threads, main\(\) among them; begin fewer/,
    ],
    [
      `#include <pthread.h>
       #include <stdatomic.h>
       static atomic_int ready;
       static void *idle(void *u) { return u; }
       int main(void) { pthread_t t;
         while (!ready)
           ;
         pthread_create(&t, 0, idle, 0); return pthread_join(t, 0); }`,
      'ERR_PROGRAM',
      /wrong\.c:6: main\(\) comes here again and again, and starts no thread in its first 4096 steps; start one/,
    ],
    [
      '#include <stdio.h>\nint main(void) { int n; return scanf("%d", &n); }',
      'ERR_PROGRAM',
      /wrong\.c:2: `scanf\(\)` cannot be explored: .* no input; put the data into the program/,
    ],
    ['int main(void) { retur 0; }', 'ERR_COMPILE', /wrong\.c:1:.*retur/],
    ['#include <unistd.h>\nint main(void) { return fork(); }', 'ERR_PROGRAM', /wrong\.c:2: `?fork/],
  ])('%s', async (text, code, message) => {
    write('wrong.c', text);
    const exploring = explore(program(path.join(folder(), 'wrong.c')));
    await expect(exploring).rejects.toMatchObject({ code });
    await expect(exploring).rejects.toThrow(message);
  });

  test('a program that is not the same twice: where, and what to do', async () => {
    write(
      'odd.c',
      `#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
static atomic_int x;
static int odd(void) { int old = umask(0); umask(old ^ 1); return old & 1; }
static void *work(void *unused) { x++; return unused; }
int main(void)
{
  pthread_t t;
  pthread_create(&t, 0, work, 0);
  if (odd())
    x++;
  x = 2;
  pthread_join(t, 0);
}
`,
    );
    const exploring = explore(program(path.join(folder(), 'odd.c'), { allow: ['umask'] }));
    await expect(exploring).rejects.toMatchObject({ code: 'ERR_NOT_DETERMINISTIC' });
    await expect(exploring).rejects.toThrow(
      /odd\.c` did not do the same .* "\S*odd\.c:1[23]" .*; have it depend on its own memory alone/,
    );
  });

  test('a file that is not there', async () => {
    await expect(explore(program(path.join(folder(), 'nowhere.c')))).rejects.toThrow(/nowhere\.c/);
  });
});
