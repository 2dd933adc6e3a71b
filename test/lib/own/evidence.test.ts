import { describe, expect, test } from '@jest/globals';
import { explore, type ProgramReport, program, replay, toMarkdown } from '../../../lib/index';
import { estimateOf, ownEvidence } from '../../../lib/own/evidence';
import { makeProgramPlan, type ProgramExploreOptions } from '../../../lib/own/plan';
import type { HostFinished, HostHeap } from '../../../lib/own/protocol';
import type { OwnSubject } from '../../../lib/programs/subject';
import { mergeReports } from '../../../lib/reports/merge';
import { COMPILERS, workshop } from './building';

const { write } = workshop();

describe('how many executions there are, by estimate', () => {
  test.each([
    ['more than ran', { log10: 4, descents: 10 }, 500, 10_000],
    ['fewer than ran: it is wrong', { log10: 4, descents: 10 }, 20_000, null],
    ['as many as ran, and it is not the end', { log10: 4, descents: 10 }, 10_000, null],
    ['more than anybody counts', { log10: 400, descents: 10 }, 500, null],
    ['not known', null, 500, null],
    ['none, where no descent came to its end', { log10: 0, descents: 0 }, 0, null],
  ])('estimated are %s', (_, estimate, executions, expected) => {
    expect(estimateOf({ estimate, executions })).toBe(expected);
  });
});

const heap = (name: 'fresh' | 'reuse', more: Partial<HostHeap> = {}): HostHeap => ({
  heap: name,
  executions: 558,
  blocked: 0,
  exhausted: true,
  limit: 'none',
  ...more,
});

/** A complete search of both heaps. */
const WHOLE: HostFinished = {
  type: 'finished',
  error: 0,
  refused: [],
  refusedAt: null,
  differs: [],
  exhausted: true,
  limit: 'none',
  foundBy: '',
  bound: 0,
  stepsLongest: 10,
  longestAt: 0,
  executions: 1200,
  blocked: 0,
  points: 0,
  elapsedNs: 0,
  threads: 3,
  knowledge: [],
  heaps: [heap('fresh'), heap('reuse')],
  freed: true,
  spin: null,
  faults: [],
  outcomes: [],
};
const cut = (limit: string, more: Partial<HostFinished> = {}): Partial<HostFinished> => ({
  exhausted: false,
  limit,
  ...more,
});
const fresh = [heap('fresh')];
/** What is known where the host was stopped before it said anything. */
const NOTHING = cut('stopped', { threads: 0, stepsLongest: 0, executions: 77, heaps: [] });

const SUBJECT: OwnSubject = {
  kind: 'own',
  files: [{ name: 'queue.c', sha256: '' }],
  threads: 3,
  compiler: 'clang 14.0.6',
  flags: ['-O0'],
};

/** The sentence on a search; what is not given is as of one that is complete. */
function sentence(
  options: ProgramExploreOptions,
  found: Partial<HostFinished> = {},
  subject: Partial<OwnSubject> = {},
): string {
  const { report } = makeProgramPlan(program('queue.c'), options);
  const whole = { ...WHOLE, ...found };
  return ownEvidence(whole, report, { ...SUBJECT, threads: whole.threads, ...subject });
}

const SC = 'sequentially consistent, 3 threads';
const CC = 'clang 14.0.6 -O0';
const BOTH = `${SC}, heap fresh and reused`;

describe('a verdict says how far the search looked', () => {
  test.each<[string, ProgramExploreOptions, Partial<HostFinished>, string]>([
    ['all, with each heap', {}, {}, `558 of 558 traces with each heap, ${BOTH}, ${CC}`],
    [
      'all, and it is one',
      {},
      { heaps: [heap('fresh', { executions: 1 }), heap('reuse', { executions: 1 })] },
      `1 of 1 trace with each heap, ${BOTH}, ${CC}`,
    ],
    [
      'all, and the heaps differ',
      {},
      { heaps: [heap('fresh'), heap('reuse', { executions: 600, blocked: 2 })] },
      `558 + 598 traces (fresh + reused), all of them, ${BOTH}, ${CC}`,
    ],
    [
      'all, and nothing is freed: the second heap is as the first',
      {},
      { heaps: fresh, freed: false },
      `558 of 558 traces, ${BOTH}, ${CC}`,
    ],
    [
      'states',
      { strategy: 'stateful' },
      { heaps: [heap('fresh', { states: 71 })] },
      `71 of 71 states, ${SC}, heap never reused, ${CC}`,
    ],
    [
      'executions, under a weak model',
      { memory: 'tso' },
      { heaps: fresh },
      '558 of 558 executions, under x86-TSO, 3 threads, heap never reused, clang 14.0.6 -O0',
    ],
    [
      'one heap that is reused',
      { strategy: 'dpor', heap: 'reuse' },
      { heaps: [heap('reuse')] },
      `558 of 558 traces, ${SC}, heap reused, ${CC}`,
    ],
    [
      'the first fault, with the first heap',
      {},
      cut('fault', { executions: 12, foundBy: 'random', heaps: fresh }),
      `the first fault ended the search, after 12 executions (random), ${SC}, heap never reused, ${CC}`,
    ],
    [
      'until the time was up, with an estimate of the rest',
      {},
      cut('time', { heaps: fresh, estimate: { log10: 6, descents: 10 } }),
      'not exhaustive: portfolio, 1,200 executions, of about 1M orders by estimate (dpor often needs fewer), ' +
        `the time was up, ${SC}, heap never reused, ${CC}`,
    ],
    [
      'the same without reduction, where each order is an execution',
      { strategy: 'dfs' },
      cut('time', { heaps: fresh, estimate: { log10: 6, descents: 10 } }),
      `not exhaustive: dfs, 1,200 executions, of about 1M by estimate, the time was up, ${SC}, ` +
        `heap never reused, ${CC}`,
    ],
    [
      'a bound of preemptions, which is named',
      { strategy: 'dfs', preemptions: 2 },
      cut('preemptions', { heaps: fresh }),
      `not exhaustive: dfs, 1,200 executions, what takes more than 2 preemptions was not looked at, ` +
        `${SC}, heap never reused, ${CC}`,
    ],
    [
      'random executions',
      { strategy: 'random', executions: 1200 },
      cut('executions', { heaps: fresh }),
      `not exhaustive: random, 1,200 executions, the limit of executions was reached, ${SC}, ` +
        `heap never reused, ${CC}`,
    ],
    [
      'stopped before it came to a thread or a heap: of neither is anything said',
      {},
      NOTHING,
      `not exhaustive: portfolio, 77 executions, it was stopped from outside, ` +
        `sequentially consistent, ${CC}`,
    ],
  ])('looked at: %s', (_, options, found, expected) => {
    expect(sentence(options, found)).toBe(expected);
  });
});

describe('PCT has a bound where it is one', () => {
  const sampled = cut('executions', { heaps: fresh });
  const pct = { strategy: 'pct', executions: 1200 } as const;
  const BOUND = /missed with p <= [\d.e-]+ \(10 steps at most\)/;
  test.each<[string, ProgramExploreOptions, Partial<HostFinished>, boolean]>([
    ['of orders of steps', pct, sampled, true],
    ['of what accesses read there is none', { ...pct, memory: 'rc11' }, sampled, false],
    ['of two heaps there is none', pct, cut('executions'), false],
    ['of a search that was stopped there is none', pct, NOTHING, false],
    ['of no step there is none', pct, { ...NOTHING, heaps: fresh }, false],
    ['of random walks there is none', { ...pct, strategy: 'random' }, sampled, false],
  ])('the bound %s', (_, options, found, has) => {
    const said = sentence(options, found);
    if (has) expect(said).toMatch(BOUND);
    else expect(said).not.toContain('missed with');
  });
});

describe('a verdict names what it holds under', () => {
  test.each<[string, ProgramExploreOptions, Partial<OwnSubject>, string]>([
    ['TSO', { memory: 'tso' }, {}, 'under x86-TSO, 3 threads'],
    ['RC11', { memory: 'rc11' }, {}, 'under RC11 without load buffering, 3 threads'],
    ['orders', { orders: 'all' }, {}, 'heap fresh and reused, every atomic orders, clang'],
    ['volatile', { volatile: 'marked' }, {}, 'reused, volatile as relaxed atomics, clang'],
    [
      'volatile, which RC11 says nothing of',
      { volatile: 'marked', memory: 'rc11' },
      {},
      'reused, volatile as relaxed atomics that go to memory at once, clang',
    ],
    ['main()', { main: 'waits' }, {}, 'reused, main() waits, clang'],
    ['leaks', { leaks: true }, {}, 'reused, leaks looked for, clang'],
    ['wake-ups', { spurious: 2 }, {}, 'reused, up to 2 spurious wake-ups of each thread, clang'],
    ['none of them', {}, { assumes: ['wakes'] }, 'reused, no spurious wake-ups, clang'],
    ['the clock', {}, { assumes: ['clock'] }, 'reused, clock fixed, clang'],
    ['chance', {}, { assumes: ['numbers'] }, 'reused, random numbers fixed, clang'],
    ['what later versions assume', {}, { assumes: ['weather'] }, 'reused, weather, clang'],
    ['levels', {}, { flags: ['-O0 and -O2'] }, 'clang 14.0.6 -O0 and -O2'],
    ['a shard', { strategy: 'dpor', shard: '1/4' }, {}, '-O0, shard 1/4'],
    ['what nobody sees', {}, { unseen: ['qsort()'] }, '-O0, not looked into: qsort()'],
    [
      'much that nobody sees',
      {},
      { unseen: ['a()', 'b()', 'c()', 'd()', 'e()', 'f()'] },
      '-O0, not looked into: a(), b(), c(), d() and 2 more',
    ],
  ])('under: %s', (_, options, subject, expected) => {
    expect(sentence(options, {}, subject)).toContain(expected);
  });

  test('that wake-ups come is not denied', () => {
    expect(sentence({ spurious: 1 }, {}, { assumes: ['wakes'] })).not.toContain('no spurious');
  });
});

const USES = `#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change = PTHREAD_COND_INITIALIZER;
static int ready;
static int by(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
static void *work(void *unused)
{
  pthread_mutex_lock(&lock);
  ready = 1 + (rand() & 1) + (time(0) == 7);
  pthread_cond_signal(&change);
  pthread_mutex_unlock(&lock);
  return unused;
}
int main(void)
{
  int numbers[] = {2, 1};
  pthread_t t;
  umask(022);
  qsort(numbers, 2, sizeof(int), by);
  pthread_create(&t, 0, work, 0);
  pthread_mutex_lock(&lock);
  while (!ready)
    pthread_cond_wait(&change, &lock);
  pthread_mutex_unlock(&lock);
  pthread_join(t, 0);
}
`;
const USES_CXX = `#include <chrono>
#include <condition_variable>
#include <thread>
static std::mutex lock;
static std::condition_variable change;
static bool ready;
int main()
{
  auto then = std::chrono::steady_clock::now();
  std::thread t([] {
    std::lock_guard<std::mutex> held(lock);
    ready = true;
    change.notify_one();
  });
  {
    std::unique_lock<std::mutex> held(lock);
    change.wait(held, [] { return ready; });
  }
  t.join();
  return std::chrono::steady_clock::now() < then;
}
`;
const USED = 'clock fixed, random numbers fixed, no spurious wake-ups';

describe.each(COMPILERS)('of a program that is run, %s', (cc) => {
  const own = (): ReturnType<typeof program> =>
    program(write(`${cc}-uses.c`, USES), { cc, allow: ['umask'] });

  test('what it calls is assumed, allowed, and not looked into', async () => {
    const { verdict, evidence, subject } = await explore(own(), { strategy: 'dpor' });
    expect(verdict).toBe('clean');
    expect(evidence).toMatch(new RegExp(`, heap never reused, ${USED}, ${cc} [\\d.]+ -O0, not `));
    expect(evidence).toMatch(/, not looked into: qsort\(\), umask\(\)$/);
    expect(subject).toMatchObject({
      unseen: ['qsort()', 'umask()'],
      assumes: ['clock', 'numbers', 'wakes'],
    });
  });

  test('what libstdc++ waits for and measures is assumed, too', async () => {
    const file = write(`${cc}-uses.cc`, USES_CXX);
    const { evidence, subject } = await explore(program(file, { cc }), { strategy: 'dpor' });
    expect(evidence).toContain(', clock fixed, no spurious wake-ups, ');
    expect(subject).not.toHaveProperty('unseen');
  });

  test('a program that calls none of that assumes nothing', async () => {
    const text = USES.replace(/^.*(umask|qsort).*$/gm, '')
      .replace(' + (rand() & 1) + (time(0) == 7)', '')
      .replace(/while \(!ready\)\s+pthread_cond_wait.*$/m, '');
    const file = write(`${cc}-plain.c`, text);
    const { evidence } = await explore(program(file, { cc }), { strategy: 'dpor' });
    expect(evidence).toMatch(/, heap never reused, \w+ [\d.]+ -O0$/);
  });

  test('slices and shards name the same', async () => {
    const whole = await explore(own(), { strategy: 'dpor', slices: 2 });
    const end = new RegExp(
      `${USED}, ${cc} [\\d.]+ -O0, not looked into: qsort\\(\\), umask\\(\\)$`,
    );
    expect(whole.evidence).toMatch(end);
    expect(whole.warnings).toEqual([expect.stringMatching(/^umask is allowed/)]);
    const merged = mergeReports([
      await explore(own(), { shard: '1/2' }),
      await explore(own(), { shard: '2/2' }),
    ]);
    expect(merged.evidence).toMatch(/^all of 2 traces in 2 shards, /);
    expect(merged.evidence).toMatch(end);
  });
});

test('what is made of a replay says that the source has changed', async () => {
  const text = `#include <assert.h>\n${USES.replace('umask(022);', 'assert(ready == 9);')}`;
  const file = write('changed.c', text);
  const { faults } = await explore(program(file));
  const ticket = faults[0]?.ticket ?? '';
  const said = async (): Promise<string> => toMarkdown(await replay(ticket));
  expect(await said()).not.toContain('changed since');
  write('changed.c', `${text}/* more */\n`);
  expect(await said()).toMatch(/changed\.c has changed since, and every step of the ticket is/);
});

describe('shards of own C', () => {
  test('a slice that its first fault ended names executions, and not no traces', async () => {
    const text = USES.replace(/^.*(umask|qsort).*$/gm, '');
    const file = write('aborts.c', text.replace('int main(void)\n{', '$& atexit(abort);'));
    const { verdict, evidence, executions } = await explore(program(file), { slices: 2 });
    expect(verdict).toBe('fault');
    const said = `not exhaustive: dpor, ${executions} execution${executions === 1 ? '' : 's'} in 1 slice, `;
    expect(evidence.startsWith(said)).toBe(true);
  });

  const shard = async (): Promise<ProgramReport[]> => {
    const own = program(write('shards.c', USES.replace(/^.*(umask|qsort).*$/gm, '')));
    return [await explore(own, { shard: '1/2' }), await explore(own, { shard: '2/2' })];
  };

  test('one may have seen more threads than another', async () => {
    const [one, other] = (await shard()) as [ProgramReport, ProgramReport];
    one.subject.threads = 5;
    for (const reports of [
      [one, other],
      [other, one],
    ]) {
      const merged = mergeReports(reports);
      expect(merged.subject).toMatchObject({ kind: 'own', threads: 5 });
      expect(merged.evidence).toContain(', 5 threads, ');
    }
  });

  test('they are of one program, built by one compiler', async () => {
    const [one, other] = (await shard()) as [ProgramReport, ProgramReport];
    other.subject.compiler = 'gcc 99';
    expect(() => mergeReports([one, other])).toThrow(/are of different programs: `compiler` is /);
    expect(() => mergeReports([one, other])).toThrow(
      expect.objectContaining({ code: 'ERR_REPORTS_DIFFER' }),
    );
  });

  test('where one was cut off, the second heap may not have been come to', async () => {
    const own = program(write('cut.c', USES.replace(/^.*(umask|qsort).*$/gm, '')));
    const options = { strategy: 'dpor', heap: 'both', executions: 2 } as const;
    const merged = mergeReports([
      await explore(own, { ...options, shard: '1/2' }),
      await explore(own, { ...options, shard: '2/2' }),
    ]);
    expect(merged.evidence).toMatch(/^not exhaustive: dpor, .*, heap fresh, then reused, /);
  });
});
