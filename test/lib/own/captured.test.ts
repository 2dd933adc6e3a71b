import { describe, expect, test } from '@jest/globals';
import { showCaptured } from '../../../lib/own/captured';
import { COMPILERS, workshop } from './building';
import { searched } from './hosting';

const shop = workshop();

/** main() has a local variable, and touches a part of it; the thread has its address. */
const local = (declared: string, one: string, two: string): string => `#include <pthread.h>
#include <stdlib.h>
struct pair { int a; struct { char x, y; } in[2]; double d; };
static void *thread(void *of)
{ ${two} return 0; }
int main(void)
{
	pthread_t other;
	int n = 8;
	${declared}
	pthread_create(&other, 0, thread, of);
	${one}
	pthread_join(other, 0);
	return n != 8;
}
`;

const PARTS: [declared: string, one: string, two: string][] = [
  ['int of[8] = {0};', 'of[3]++;', '((int *)of)[3] = 1;'],
  ['int of[n]; of[3] = 0;', 'n = of[3] + 8;', '((int *)of)[3] = 0;'],
  ['struct pair s = {0}, *of = &s;', 's.a = 1;', '((struct pair *)of)->a = 2;'],
  ['struct pair s = {0}, *of = &s;', 's.in[1].y = 1;', '((struct pair *)of)->in[1].y = 2;'],
  ['struct pair s = {0}, *of = &s;', 's.d = 1;', '((struct pair *)of)->d = 2;'],
  [
    'struct pair s[2] = {0}, *of = s;',
    's[n - 7].in[0].x = 1;',
    '((struct pair *)of)[1].in[0].x++;',
  ],
  ['union { int w; char b[4]; } u, *of = &u;', 'u.b[2] = 1;', '*(int *)of = 2;'],
  ['struct pair *of[2] = {0};', 'of[1] = 0;', '((void **)of)[1] = 0;'],
];

describe.each(COMPILERS)('%s: a part of a local variable that another thread has', (cc) => {
  test.each(PARTS)('%s %s races with %s', async (declared, one, two) => {
    const { races } = await searched(shop, 'local.c', local(declared, one, two), { cc });
    expect(races).toContain('5:12');
  });

  test('in C++, of an object whose member function is called', async () => {
    const text = `#include <thread>
struct counter {
	int before = 0, value = 0;
	void add() { value++; }
};
int main()
{
	counter c;
	std::thread other([&] { c.add(); });
	c.value++;
	other.join();
}
`;
    const { races } = await searched(shop, 'local.cpp', text, { cc });
    expect(races).toContain('4:10');
  });

  test('a part that is touched before the thread begins, and after it ends, does not race', async () => {
    const text = local(
      'int of[8] = {0}; of[3] = 1;',
      'pthread_join(other, 0); of[3] = 2; return 0;',
      'static int calls; __atomic_fetch_add(&calls, 1, 5); ((int *)of)[3]++;',
    );
    expect(await searched(shop, 'joined.c', text, { cc })).toMatchObject({ races: [] });
  });
});

/** A function as clang writes it, where a pointer has the type of what it points to, or has none. */
const text = (pointer: (type: string) => string, used: string): string => `%struct.s = type { i32 }
define i32 @f() #0 {
  %1 = alloca { i32, i8* }, align 8
  %at = alloca ${pointer('i32')}, align 8
  call void @llvm.dbg.declare(metadata ${pointer('i32')} %1, metadata !1), !dbg !2
  %2 = getelementptr inbounds { i32, i8* }, ${pointer('{ i32, i8* }')} %1, i32 0, i32 0, !dbg !2
  ${used}
  %3 = load i32, ${pointer('i32')} %2, align 8, !dbg !2
  store volatile i32 %3, ${pointer('i32')} %2, align 8
  ret i32 %3
}
`;
const typed = (type: string): string => `${type}*`;
const shows = (type: string): string => `  call void asm sideeffect "", "r"(${type} %2)\n`;

describe('the text of LLVM', () => {
  test.each([
    ['typed', typed, 'i32*'],
    ['untyped', () => 'ptr', 'ptr'],
  ] as const)(
    'with %s pointers: each use of a part is shown, of a local that is shared',
    (_, pointer, type) => {
      const called = text(pointer, `call void @g(${pointer('i32')} %2)`);
      const stored = text(pointer, `store ${type} %2, ${pointer(type)} %at, align 8`);
      for (const shared of [called, stored]) {
        const made = showCaptured(shared);
        expect(made.split(shows(type))).toHaveLength(3);
        expect(made.replaceAll(shows(type), '')).toBe(shared);
      }
    },
  );

  test('a local that nobody else has is left as it is', () => {
    const alone = text(typed, 'store i32 1, i32* %2, align 8');
    expect(showCaptured(alone)).toBe(alone);
  });
});
