import { describe, expect, test } from '@jest/globals';
import { exploreProgram } from '../../../lib/explore/programs';
import { makeProgramPlan, programOf } from '../../../lib/own/plan';
import { isProgram, isSourceName, program } from '../../../lib/own/program';

const queue = program('queue.c', { flags: ['-DN=2'], cc: 'gcc' });

describe('program()', () => {
  test('names sources, each once, and how they are compiled', () => {
    const both = program('queue.c', { sources: ['test.cpp'], allow: ['puts'], optimize: true });
    expect(both).toMatchObject({
      kind: 'own',
      name: 'queue.c test.cpp',
      files: ['queue.c', 'test.cpp'],
      allow: ['puts'],
      optimize: true,
    });
    expect(Object.isFrozen(both)).toBe(true);
    expect(program(['a.c', 'b.c']).files).toEqual(['a.c', 'b.c']);
    expect([both, {}, null, 'queue.c', { kind: 'dm' }].map(isProgram)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(isProgram(JSON.parse(JSON.stringify(both)))).toBe(true);
  });

  test('a suffix decides what is a source', () => {
    const words = [
      'a.c',
      'a.cc',
      'a.cpp',
      'a.cxx',
      'a.C',
      'a.h',
      'a.o',
      'remove-open',
      'a.c ',
      'c',
    ];
    expect(words.filter(isSourceName)).toEqual(['a.c', 'a.cc', 'a.cpp', 'a.cxx', 'a.C']);
  });

  test.each([
    [[7], /Expected `files` to be the name of a source, or a list of names, got `7`/],
    [[[]], /Expected `files` to be one source at least, got `none`/],
    [[['a.c', 5]], /Expected `files` to be a list of names of sources, got `5`/],
    [[''], /Expected `files` to be a list of names of sources, got `an empty text`/],
    [['queue.h'], /Expected `files` to be sources: \.c, \.cc, \.cpp, \.cxx or \.C, got `queue.h`/],
    [[['a.c', './a.c']], /Expected `files` to be sources, each of them once, got `.\/a.c`/],
    [['a.c', { flags: '-DN' }], /Expected `flags` to be a list of flags of the compiler/],
    [['a.c', { cc: 3 }], /Expected `cc` to be the name of a compiler, got `3`/],
    [['a.c', { optimize: 'yes' }], /Expected `optimize` to be `true` or `false`, got `yes`/],
    [['a.c', { flag: ['-DN'] }], /Unknown option `flag`; did you mean `flags`/],
  ])('%j is refused', (given, message) => {
    expect(() => program(...(given as Parameters<typeof program>))).toThrow(message);
  });
});

describe('the plan of an exploration of own C', () => {
  test('has what was not given as it is meant', () => {
    const { report } = makeProgramPlan(queue, { time: '2s' });
    expect(report).toMatchObject({
      scenario: 'queue.c',
      files: ['queue.c'],
      cc: 'gcc',
      flags: ['-DN=2'],
      strategy: 'portfolio',
      heap: 'both',
      orders: 'c11',
      main: 'ends',
      timeMs: 2000,
      spurious: 0,
      leaks: false,
    });
    expect(report).not.toHaveProperty('patches');
    expect(makeProgramPlan(queue, { strategy: 'dpor' }).report.heap).toBe('fresh');
    expect(makeProgramPlan(queue, { shard: '1/2' }).report).toMatchObject({
      strategy: 'dpor',
      shard: { index: 1, count: 2 },
    });
  });

  test('goes on from a report, and its program with it', () => {
    const given = { strategy: 'dpor', orders: 'all', spurious: 2, time: 700 } as const;
    const { report: plan } = makeProgramPlan(queue, given);
    const report = { verdict: 'clean', plan, subject: { kind: 'own' } };
    expect(programOf(report)).toEqual(queue);
    expect(programOf(plan)).toEqual(queue);
    expect(programOf({ plan: { program: 'cpu1: create 0' } })).toBeUndefined();
    expect(makeProgramPlan(queue, { plan: report }).report).toEqual(plan);
    expect(makeProgramPlan(queue, { plan, orders: 'c11' }).report).toEqual({
      ...plan,
      orders: 'c11',
    });
  });

  test.each([
    [{ patches: 'all' }, /`patches` are of the device mapper/],
    [{ lock: 1 }, /`lock` is a lock of the device mapper/],
    [{ runOn: true }, /`runOn` is of the device mapper/],
    [{ states: 5 }, /`states` are not counted in own C/],
    [{ races: false }, /`races` are always looked for in own C/],
    [{ strategy: 'stateful', shard: '1/2' }, /needs `strategy` to be dpor, dfs/],
    [{ strategy: 'dporr' }, /Expected `strategy`.*did you mean `dpor`/],
    [{ preemptions: 2 }, /`preemptions` is for dfs, and not for `portfolio`, the default/],
    [{ heap: 'old' }, /Expected `heap` to be `fresh`, `reuse`, `both`, got `old`/],
    [{ orders: 5 }, /Expected `orders` to be `c11`, `all`, got `5`/],
    [{ spurious: 17 }, /Expected `spurious` to be 0..16 \(wake-ups\), got `17`/],
    [{ leaks: 1 }, /Expected `leaks` to be `true` or `false`, got `1`/],
    [{ forbidOutcomes: ['r1'] }, /Expected `forbidOutcomes` to be outcomes such as/],
    [{ shard: '1/2', strategy: 'portfolio' }, /A search in parts needs `strategy` to be dpor, dfs/],
    [{ shard: '1/2', strategy: 'random' }, /`random` has no end that could be split/],
    [{ hep: 'both' }, /Unknown option `hep`; did you mean `heap`/],
    [null, /Expected `options` to be an object, got `null`/],
  ])('%j is refused', (options, message) => {
    expect(() => makeProgramPlan(queue, options as never)).toThrow(message);
  });

  test('races may be asked for, since they are looked for', () => {
    expect(() => makeProgramPlan(queue, { races: true } as never)).not.toThrow();
  });

  test('a signal that was aborted before rejects with its reason, and builds nothing', async () => {
    const build = (): never => {
      throw new Error('it was built');
    };
    const tools = { build, symbolsOf: build };
    const signal = AbortSignal.abort(new RangeError('mine'));
    await expect(exploreProgram(queue, { signal }, tools)).rejects.toThrow('mine');
  });
});
