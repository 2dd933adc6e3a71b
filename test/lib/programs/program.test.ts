import { describe, expect, test } from '@jest/globals';
import {
  decodePrograms,
  encodePrograms,
  formatOutcome,
  formatPrograms,
  parsePrograms,
  race,
} from '../../../lib/programs/program';
import { formatResult } from '../../../lib/tables/errno';
import { tables } from '../../../lib/tables/tables';
import { limits } from '../../../lib/tables/tables.gen';

const code = (slug: string): number => tables.ops.findIndex((op) => op.slug === slug);

describe('race', () => {
  test('writes down the calls of the builder', () => {
    const stale = race('open during the last put', {
      before: (d) => d.create(5),
      cpu1: (d) => d.remove(5),
      cpu2: (d) => d.open(5).io().close(),
    });
    expect(stale).toEqual({
      name: 'open during the last put',
      before: [{ op: 'create', minor: 5 }],
      cpus: [
        [{ op: 'remove', minor: 5 }],
        [
          { op: 'open', minor: 5 },
          { op: 'io', minor: 5 },
          { op: 'close', minor: 5 },
        ],
      ],
      after: [{ op: 'remove-all' }],
      expects: {},
    });
  });

  test('create and uevent take any minor, the others the last one named', () => {
    const { cpus } = race('r', { cpu1: (d) => d.create().find(3).removeUuid().uevent().unload() });
    expect(cpus[0]).toEqual([
      { op: 'create' },
      { op: 'find', minor: 3 },
      { op: 'remove-uuid', minor: 3 },
      { op: 'uevent' },
      { op: 'unload' },
    ]);
  });

  test('takes text as well', () => {
    expect(race('r', { cpu1: 'get 0, put' }).cpus[0]).toEqual([
      { op: 'get', minor: 0 },
      { op: 'put', minor: 0 },
    ]);
  });

  test('keeps what it expects', () => {
    expect(race('r', { cpu1: 'create 0', expects: { 'minor-leak': '!01' } }).expects).toEqual({
      'minor-leak': '!01',
    });
  });

  test.each([
    ['no thread', {}, 'ERR_OUT_OF_RANGE'],
    ['a gap', { cpu1: 'create 0', cpu3: 'create 0' }, 'ERR_OUT_OF_RANGE'],
    ['a misspelt thread', { cpu1: 'create 0', cup2: 'create 0' }, 'ERR_OUT_OF_RANGE'],
    [
      'too many threads',
      Object.fromEntries(
        Array.from({ length: limits.programCpus + 1 }, (_, i) => [`cpu${i + 1}`, 'create 0']),
      ),
      'ERR_OUT_OF_RANGE',
    ],
    ['no minor', { cpu1: 'open' }, 'ERR_INVALID_ARG_TYPE'],
    ['a needless minor', { cpu1: 'unload 3' }, 'ERR_INVALID_ARG_TYPE'],
    ['a minor too high', { cpu1: 'open 16777215' }, 'ERR_OUT_OF_RANGE'],
    ['an unknown operation', { cpu1: 'opne 0' }, 'ERR_OUT_OF_RANGE'],
    ['too many words', { cpu1: 'open 0 1' }, 'ERR_OUT_OF_RANGE'],
    ['a number for a program', { cpu1: 3 }, 'ERR_INVALID_ARG_TYPE'],
    ['too many operations', { cpu1: Array(257).fill('create 0').join(',') }, 'ERR_OUT_OF_RANGE'],
  ])('refuses %s', (_, options, expectedCode) => {
    expect(() => race('r', options as never)).toThrow(
      expect.objectContaining({ code: expectedCode }),
    );
  });

  test('refuses minors of a wrong type in a builder', () => {
    expect(() => race('r', { cpu1: (d) => d.open('0' as never) })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE', option: 'cpu1' }),
    );
  });

  test('names the operation that was meant', () => {
    expect(() => race('r', { cpu1: 'opne 0' })).toThrow(/did you mean `open`\?/);
  });
});

describe('programs as text', () => {
  const text = 'before: create 0 ; cpu1: remove 0 ; cpu2: get 0, put 0 ; after: remove-all';

  test('read back as written', () => {
    expect(formatPrograms(parsePrograms(text))).toBe(text);
  });

  test('a name apart from the minor', () => {
    const named =
      'before: create 1 as 0 ; cpu1: create 0 as 7, create as 8 ; cpu2: remove 7 ; after: remove-all';
    const programs = parsePrograms(named);
    expect(programs.cpus[0]).toEqual([
      { op: 'create', minor: 0, name: 7 },
      { op: 'create', name: 8 },
    ]);
    expect(formatPrograms(programs)).toBe(named);
    expect(decodePrograms(encodePrograms(programs))).toEqual({
      before: programs.before,
      cpus: programs.cpus,
      after: programs.after,
    });
    const written = race('r', {
      before: (d) => d.create(1, { as: 0 }),
      cpu1: (d) => d.create(0, { as: 7 }).create(undefined, { as: 8 }),
      cpu2: (d) => d.remove(7),
    });
    expect(formatPrograms(written)).toBe(named);
  });

  test.each([
    ['create 0 as', 'operations such as'],
    ['create as 7 0', 'operations such as'],
    ['create 0 as x', 'operations such as'],
    ['create 0 as 16777215', 'as the name of `create`'],
    ['remove 0 as 7', '`remove` without a name'],
    ['unload as 7', '`unload` without a name'],
  ])('refuses %j', (bad, says) => {
    expect(() => parsePrograms(`cpu1: ${bad} ; cpu2: find 0`)).toThrow(says);
  });

  test('the default after is remove-all, and it can be empty', () => {
    expect(parsePrograms('cpu1: create').after).toEqual([{ op: 'remove-all' }]);
    const bare = parsePrograms('cpu1: create ; after:');
    expect(bare.after).toEqual([]);
    expect(parsePrograms(formatPrograms(bare)).after).toEqual([]);
  });

  test.each([['create 0'], ['cpu1: create 0 ; cpu1: create 0'], [': create 0'], ['']])(
    'refuses %j',
    (bad) => {
      expect(() => parsePrograms(bad)).toThrow(
        expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }),
      );
    },
  );
});

describe('programs as they travel', () => {
  test('before, after, cpu1, cpu2, each as its length and its operations', () => {
    const programs = parsePrograms('before: create 7 ; cpu1: create ; cpu2: get 1, put 1');
    expect([...encodePrograms(programs)]).toEqual(
      [
        1,
        code('create') | (7 << 8),
        1,
        code('remove-all') | (0xffffff * 256),
        1,
        code('create') + 0xffffff * 256,
        2,
        code('get') | (1 << 8),
        code('put') | (1 << 8),
      ].map((word) => word >>> 0),
    );
  });

  test('results are shown by operation', () => {
    const programs = parsePrograms('cpu1: create 0 ; cpu2: get 0, put 0');
    expect(formatOutcome(programs, [0, -6, -9], formatResult)).toBe(
      'create 0=0 | get 0=-ENXIO, put 0=-EBADF',
    );
  });
});
