import { expect, test } from '@jest/globals';
import { workshop } from './building';
import { search, TWO_THREADS } from './searching';

const shop = workshop();

const CRASHES: [string, string, RegExp][] = [
  ['crash', '*(volatile int *)0 = 1;', /^a null pointer is used/],
  ['crash', 'deep(1);', /^the stack is used up: 256 KiB/],
  ['crash', 'shallow(1);', /^the stack is used up: 256 KiB/],
  [
    'crash',
    'longjmp(back, 1);',
    /^thread 3 jumps into a function of thread 2: longjmp\(\) goes back/,
  ],
  ['crash', '((void (*)(void))(long)zero)();', /^a null pointer is used/],
  ['crash', 'x = 7 / zero;', /^a division by zero/],
  ['crash', '__builtin_trap();', /__builtin_trap/],
  ['crash', 'beyond_the_file();', /^bus error at address 0x/],
  ['hang', 'for (;;) ;', /runs for a second/],
  ['abort', 'abort();', /abort/],
];

test.each(CRASHES)('%s: %s', async (kind, statement, message) => {
  const file = shop.write(
    'crash.c',
    `#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
static atomic_int shared;
static jmp_buf back;
volatile int zero, x;
int deep(int n)
{
	volatile char room[4096];
	room[n & 4095] = 1;
	return n ? deep(n + 1) + room[0] : 0;
}
/* Its frames are small: it is what the compiler calls for an access that needs more than is left. */
int shallow(int n)
{
	volatile char room[128];
	room[n & 127] = 1;
	return n ? shallow(n + 1) + room[0] : 0;
}
static void beyond_the_file(void)
{
	int empty = memfd_create("empty", 0);
	*(volatile char *)mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, empty, 0) = 1;
}
static void *thread(void *number)
{
	if (number == (void *)1 && setjmp(back))
		return number;
	if (atomic_fetch_add(&shared, 1) == 1) {
		${statement}
	}
	return number;
}
${TWO_THREADS}`,
  );
  const { faults } = search(
    await shop.build(file, { allow: ['memfd_create', 'mmap'] }),
    '--strategy=dpor',
  );
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatchObject({ kind, message: expect.stringMatching(message) });
  /* The search went on behind it, so there is a place, and the thread that came second. */
  expect(faults[0]?.at).toMatch(/^[0-9a-f]+$/);
});
