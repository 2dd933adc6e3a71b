import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { COMPILERS, workshop } from './building';

const { folder, write, build } = workshop();

const main = (head: string, body: string): string =>
  `${head}\nint main(void) {\n  ${body}\n  return 0;\n}\n`;

/** Build, and give the message of what refuses it. */
async function refusal(file: string, cc: string, allow: string[] = []): Promise<string> {
  const error = await build(file, { cc, allow }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'ERR_PROGRAM' });
  return (error as Error).message.replace(`${folder()}/`, '');
}

describe.each(COMPILERS)('calls, by %s', (cc) => {
  test.each([
    ['#include <unistd.h>', 'fork();', '`fork()` cannot be explored: another process'],
    ['#include <signal.h>', 'raise(SIGINT);', '`raise()` cannot be explored: signals are not'],
    ['#include <stdio.h>', 'fopen("x", "r");', '`fopen()` cannot be explored: files are not put'],
    ['#include <stdio.h>', 'getchar();', '`getchar()` cannot be explored: a program under'],
    ['#include <string.h>', 'strtok(0, " ");', '`strtok()` cannot be explored: its result is in'],
    ['#include <sys/socket.h>', 'socket(1, 1, 0);', '`socket()` cannot be explored: the network'],
    ['#include <pthread.h>', 'pthread_cancel(0);', '`pthread_cancel()` cannot be explored: can'],
    ['#include <unistd.h>', 'void *f = fork; (void)f;', '`fork()` cannot be explored: another'],
    ['void frobnicate(int);', 'frobnicate(1);', '`frobnicate()` is in none of the sources and'],
  ])('%s: %s', async (head, body, says) => {
    const message = await refusal(write('refused.c', main(head, body)), cc);
    expect(message.slice(0, says.length + 13)).toBe(`refused.c:3: ${says}`);
  });

  test.each([
    ['std::random_device device; return (int)device();', '`std::random_device::'],
    ['std::ofstream file("x"); file << 1;', '`std::basic_ofstream<char'],
    ['int n; std::cin >> n;', '`std::cin`'],
  ])('C++: %s', async (body, says) => {
    const head = '#include <fstream>\n#include <iostream>\n#include <random>';
    const message = await refusal(write('refused.cpp', main(head, body)), cc);
    expect(message).toContain('cannot be explored');
    expect(message).toContain(says);
    expect(message).toMatch(/^refused\.cpp:5: /);
  });

  test('all that is wrong is named, each with its line', async () => {
    const file = write(
      'several.c',
      main('#include <unistd.h>\nvoid other(void);', 'fork();\n  other();'),
    );
    const message = await refusal(file, cc);
    expect(message).toMatch(
      /several\.c:4: `fork\(\)` cannot .*\. Also `other\(\)` at .*several\.c:5$/,
    );
  });

  test('what is allowed is a warning, and the rest is still refused', async () => {
    const file = write(
      'allowed.c',
      main('#include <unistd.h>\nvoid other(void);', 'fork();\n  other();'),
    );
    expect(await refusal(file, cc, ['fork'])).toMatch(/allowed\.c:5: `other\(\)` is in none/);
    const { warnings } = await build(file, { cc, allow: ['fork', 'other'] });
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/^fork is allowed: /);
  });

  test('another source may have the function', async () => {
    const one = write('one.c', main('void other(void);', 'other();'));
    const two = write('two.c', 'void other(void) {}\n');
    expect((await build([one, two], { cc })).files).toHaveLength(2);
  });

  test('a program without main() is refused by name', async () => {
    expect(await refusal(write('nomain.c', 'int x;\n'), cc)).toMatch(/nomain\.c: no main\(\)/);
  });

  test("a weak function that nothing has is the program's own affair", async () => {
    const head = 'extern void other(void) __attribute__((weak));';
    await build(write('weak.c', main(head, 'if (other) other();')), { cc });
  });
});

const asm = (text: string, operands = ''): string => `__asm__ volatile("${text}"${operands});`;

describe.each(COMPILERS)('instructions, by %s', (cc) => {
  const x86 = process.arch === 'x64' ? test : test.skip;
  x86.each([
    [asm('lock; incl %0', ' : "+m"(word)'), '`lock incl` is inline assembly'],
    [asm('xchgl %0, %1', ' : "+r"(other), "+m"(word)'), '`xchg` is inline assembly'],
    [asm('cmpxchgl %1, %0', ' : "+m"(word) : "r"(other) : "rax"'), '`cmpxchg` is inline assembly'],
    [asm('mfence'), '`mfence` is a fence that the explorer'],
    ['__builtin_ia32_sfence();', '`sfence` is a fence that the explorer'],
    [asm('syscall'), '`syscall` asks the kernel'],
    [asm('int $0x80'), '`int` asks the kernel'],
    ['__builtin_ia32_rdtsc();', '`rdtsc` reads a clock'],
  ])('cannot be seen: %s', async (body, says) => {
    const message = await refusal(write('asm.c', main('int word, other;', body)), cc);
    expect(message.slice(0, says.length + 9)).toBe(`asm.c:3: ${says}`);
  });

  x86('an atomic of a function that is not marked is seen', async () => {
    const head =
      '__attribute__((no_sanitize_thread)) static void add(int *n) {\n  __atomic_fetch_add(n, 1, 5);\n}';
    const file = write('unmarked.c', main(head, 'int n = 0; add(&n);'));
    // clang marks atomics there, too.
    if (cc === 'clang') await build(file, { cc });
    else expect(await refusal(file, cc)).toMatch(/^unmarked\.c:2: `lock (xadd|add|inc)\w*` is/);
  });

  x86('a barrier of the compiler, and a pause, are nothing', async () => {
    const body = `${asm('', ' ::: "memory"')} ${asm('pause')} __builtin_ia32_pause();`;
    await build(write('pause.c', main('', body)), { cc });
  });

  x86('an instruction can be allowed by its name', async () => {
    const file = write('fence.c', main('', asm('mfence')));
    const { warnings } = await build(file, { cc, allow: ['mfence'] });
    expect(warnings[0]).toMatch(/^mfence is allowed/);
  });
});

/** Plain C11 and C++17: everything that the two have of atomics, threads and libraries. */
const CORPUS = path.join(__dirname, 'corpus');

describe.each(COMPILERS)('no false alarm, by %s', (cc) => {
  const files = [
    ...fs.readdirSync(CORPUS).map((name) => path.join(CORPUS, name)),
    ...fs
      .readdirSync(path.join(__dirname, '../../../examples/own'))
      .filter((name) => name.endsWith('.c'))
      .map((name) => path.join(__dirname, '../../../examples/own', name)),
  ];
  // Compilers take their time where other tests run beside.
  const LIMIT_MS = 240_000;
  const named = files.map((file) => [path.basename(file), file]);
  test.each(named)(
    '%s',
    async (_, file) => {
      for (const optimize of [false, true]) {
        const { warnings } = await build(file, { cc, optimize });
        expect(warnings).toEqual([]);
      }
    },
    LIMIT_MS,
  );
});

const ARM = 'aarch64-linux-gnu-gcc';
const withArm = spawnSync(ARM, ['--version']).status === 0 ? describe : describe.skip;

withArm('aarch64', () => {
  test.each([
    ['dmb ish', '`dmb` is a fence'],
    ['svc #0', '`svc` asks the kernel'],
    ['ldaxr w0, [%0]', '`ldaxr` is inline assembly'],
    ['stlxr w1, w0, [%0]', '`stlxr` is inline assembly'],
    ['.arch armv8.1-a\\nldaddal w0, w1, [%0]', '`ldaddal` is inline assembly'],
    ['.arch armv8.1-a\\ncasal w0, w1, [%0]', '`casal` is inline assembly'],
    ['.arch armv8.1-a\\nswp w0, w1, [%0]', '`swp` is inline assembly'],
    ['mrs x0, cntvct_el0', '`mrs` reads a clock'],
  ])('%s', async (text, says) => {
    const body = asm(text, ' : : "r"(&word) : "x0", "x1", "memory"');
    const message = await refusal(write('arm.c', main('int word;', body)), ARM);
    expect(message.slice(0, says.length + 9)).toBe(`arm.c:3: ${says}`);
  });

  test('plain C raises no alarm, and its lines and data have names', async () => {
    const { object, compiler } = await build(path.join(CORPUS, 'everything.c'), { cc: ARM });
    expect(compiler.family).toBe('gcc');
    expect(fs.existsSync(object)).toBe(true);
  });
});
