import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import type { DataAddress } from '../../../lib/own/built';
import { type Elf, readElf, readNames } from '../../../lib/own/elf';
import { symbolsOf } from '../../../lib/own/symbols';
import { COMPILERS, workshop } from './building';

const { write, build } = workshop();

const DATA = `#include <pthread.h>
#include <stdatomic.h>
struct node {
  struct node *next;
  int value;
  union { long whole; char bytes[8]; } u;
  struct { short a, b[3]; } in[2];
  struct { int first, second; };
};
typedef struct node node_t;
struct node queue[3];
pthread_mutex_t lock;
static int grid[4][5];
_Atomic int counter;
volatile node_t one;
static __thread int mine[2];
int main(void) {
  static int count;
  count++, mine[1]++, grid[1][2]++, atomic_fetch_add(&counter, 1);
  return queue[0].value + one.value;
}
`;

const CXX = `#include <atomic>
#include <mutex>
#include <vector>
namespace stats {
struct Q { static int made; std::mutex m; int head; };
std::atomic<int> hits;
int Q::made;
Q q;
}
struct Base { int b; };
struct Derived : Base { int d; };
Derived derived;
std::vector<int> items;
int main() { return stats::q.head + derived.d + stats::hits++ + stats::Q::made + (int)items.size(); }
`;

/** Addresses of bytes of a symbol. */
function bytesOf(elf: Elf, name: string | RegExp, offsets: number[]): DataAddress[] {
  const symbol = elf.symbols.find((one) =>
    typeof name === 'string' ? one.name === name : name.test(one.name),
  );
  if (!symbol || symbol.kind === 'function') throw new Error(`no variable ${name}`);
  const { kind: region, value } = symbol;
  const start = region === 'tls' ? value : value - elf.base;
  return offsets.map((offset) => ({ region, offset: start + offset }));
}

describe.each(COMPILERS)('names of data, by %s', (cc) => {
  test.each([
    [
      'queue',
      [0, 4, 8, 12, 48, 64, 72, 76],
      [
        'queue[0].next',
        'queue[0].next+4',
        'queue[0].value',
        'queue[0]+12',
        'queue[1].next',
        'queue[1].u',
        'queue[1].in[0].a',
        'queue[1].in[0].b[1]',
      ],
    ],
    ['one', [40, 44, 34], ['one.first', 'one.second', 'one.in[1].b[0]']],
    ['lock', [0, 8], ['lock', 'lock+8']],
    ['grid', [0, 28, 30], ['grid[0][0]', 'grid[1][2]', 'grid[1][2]+2']],
    ['counter', [0], ['counter']],
    ['mine', [4], ['mine[1]']],
    [/count\.\d|main\.count/, [0], ['count']],
  ])('%s', async (name, offsets, names) => {
    const { object } = await build(write('data.c', DATA), { cc });
    const addresses = bytesOf(readElf(object), name, offsets);
    expect(await symbolsOf(object).dataNames(addresses)).toEqual(names);
  });

  test.each([
    ['_ZN5stats1qE', [0, 8, 40], ['stats::q.m', 'stats::q.m+8', 'stats::q.head']],
    ['_ZN5stats1Q4madeE', [0], ['stats::Q::made']],
    ['_ZN5stats4hitsE', [0], ['stats::hits']],
    ['derived', [0, 4], ['derived.b', 'derived.d']],
    ['items', [0, 8], ['items', 'items+8']],
  ])('C++: %s', async (name, offsets, names) => {
    const { object } = await build(write('data.cpp', CXX), { cc });
    const addresses = bytesOf(readElf(object), name, offsets);
    expect(await symbolsOf(object).dataNames(addresses)).toEqual(names);
  });

  test('what no variable has is undefined', async () => {
    const { object } = await build(write('data.c', DATA), { cc });
    const addresses: DataAddress[] = [
      { region: 'data', offset: 1 },
      { region: 'tls', offset: 4096 },
    ];
    expect(await symbolsOf(object).dataNames(addresses)).toEqual([undefined, undefined]);
  });
});

const CODE = `#include <atomic>
static std::atomic<int> flag;
static int plain;
static inline __attribute__((always_inline)) void put(int value) {
  plain = value; // the write
  flag.store(1); // the store
}
int main() {
  put(1);
  return flag.load(); // the load
}
`;

/** Offsets of the calls of `callee`, as the runtime reports them: inside the call. */
function callsOf(object: string, callee: string): string[] {
  const { stdout } = spawnSync('objdump', ['-d', '--no-show-raw-insn', object], {
    encoding: 'utf8',
  });
  const { base } = readElf(object);
  const pattern = new RegExp(`^ *([0-9a-f]+):\\tcall.*<${callee}@plt>`, 'gm');
  return [...stdout.matchAll(pattern)].map(([, at]) =>
    (Number.parseInt(at ?? '', 16) + 4 - base).toString(16),
  );
}

describe.each(COMPILERS)('places of code, by %s', (cc) => {
  test.each([
    // gcc puts the first call of what it inlines into the caller, and its line where it is.
    ['__tsan_write4', 'the write', /put|main/],
    ['__tsan_atomic32_store', 'the store', 'put'],
    ['__tsan_atomic32_load', 'the load', 'main'],
  ])(
    '%s is in the line of %s, which is not the header of std::atomic',
    async (callee, mark, name) => {
      const file = write('places.cpp', CODE);
      const line = CODE.split('\n').findIndex((text) => text.includes(mark)) + 1;
      const { object } = await build(file, { cc });
      const offsets = callsOf(object, callee);
      const places = await symbolsOf(object).places(offsets);
      const ours = offsets.map((offset) => places.get(offset)).filter((one) => one?.file === file);
      expect(ours.map((one) => one?.line)).toContain(line);
      expect(ours.find((one) => one?.line === line)?.function).toMatch(name);
    },
  );

  test('an offset that is nowhere has no place, and the others keep theirs', async () => {
    const { object } = await build(write('data.c', DATA), { cc });
    const [offset = ''] = callsOf(object, '__tsan_atomic32_fetch_add');
    const places = await symbolsOf(object).places(['3', offset, 'fffffff']);
    expect(places.get('3')).toEqual({ function: '', file: null, line: null });
    expect(places.get('fffffff')).toEqual({ function: '', file: null, line: null });
    expect(places.get(offset)).toMatchObject({ function: 'main', line: 19 });
  });
});

const NAMES = `#include <stdio.h>
#include <stdlib.h>
extern int missing, perhaps __attribute__((weak));
void maybe(void) __attribute__((weak));
__attribute__((weak)) void mine(void) { puts("mine"); }
int shared __attribute__((common));
static __thread int own;
static void *chosen(void) { return malloc; }
void *either(size_t) __attribute__((ifunc("chosen")));
int main(void) {
  if (maybe) maybe();
  return missing + (&perhaps ? perhaps : 0) + shared + ++own;
}
`;

describe('names of an object', () => {
  /** By the letter that nm gives them. */
  function byNm(object: string): Record<string, string[]> {
    const { stdout } = spawnSync('nm', [object], { encoding: 'utf8' });
    const found: Record<string, string[]> = { defined: [], wanted: [], weak: [] };
    for (const line of stdout.trimEnd().split('\n')) {
      const [, letter = '', name = ''] = /([A-Za-z]) (\S+)$/.exec(line) ?? [];
      const kind = letter === 'U' ? 'wanted' : /[wv]/.test(letter) ? 'weak' : 'defined';
      found[kind]?.push(name);
    }
    return found;
  }

  test.each([
    ...COMPILERS.map((cc) => [cc, 'names.c', NAMES] as const),
    ...COMPILERS.map((cc) => [cc, 'code.cpp', CXX] as const),
  ])('%s: %s, as nm has them', (cc, name, text) => {
    const file = write(name, text);
    const { status } = spawnSync(cc, ['-w', '-g', '-fPIC', '-c', file, '-o', `${file}.o`]);
    expect(status).toBe(0);
    const expected = byNm(`${file}.o`);
    const read = readNames(`${file}.o`);
    for (const kind of ['defined', 'wanted', 'weak'] as const) {
      expect([...read[kind]].sort()).toEqual([...new Set(expected[kind])].sort());
    }
    expect(read.defined.size).toBeGreaterThan(2);
  });

  test('what is there, what is wanted, and what may be nowhere', () => {
    const file = write('names.c', NAMES);
    spawnSync('gcc', ['-w', '-c', file, '-o', `${file}.o`]);
    const { defined, wanted, weak } = readNames(`${file}.o`);
    expect([...weak].sort()).toEqual(['maybe', 'perhaps']);
    for (const name of ['missing', 'puts', 'malloc']) expect(wanted).toContain(name);
    for (const name of ['main', 'mine', 'shared', 'own', 'chosen', 'either'])
      expect(defined).toContain(name);
  });

  test('a file of another kind, and an object without names, are errors', () => {
    expect(() => readNames(write('no.o', 'not ELF'))).toThrow('not ELF');
    const file = write('names.c', NAMES);
    spawnSync('gcc', ['-w', '-c', file, '-o', `${file}.o`]);
    spawnSync('objcopy', ['--strip-all', `${file}.o`, `${file}.bare`]);
    expect(() => readNames(`${file}.bare`)).toThrow('no names');
  });
});
