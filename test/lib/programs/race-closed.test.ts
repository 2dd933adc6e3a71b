import { describe, expect, test } from '@jest/globals';
import { explore } from '../../../lib/explore/explore';
import { makeExplorePlan } from '../../../lib/explore/plan';
import { race, type Script, type ScriptSource } from '../../../lib/programs/program';
import type { Race } from '../../../lib/programs/race';
import { scenarios } from '../../../lib/programs/scenarios';
import { makePlan } from '../../../lib/stress/plan';
import { tables } from '../../../lib/tables/tables';
import { limits } from '../../../lib/tables/tables.gen';
import { errorOf } from '../errors';

/** A program that the types refuse, too. */
const wrong = (source: unknown): ScriptSource => source as ScriptSource;
const withCpu2 = (source: unknown) => () =>
  race('r', { cpu1: (d) => d.create(0), cpu2: wrong(source) });

describe('a race is closed when race() returns', () => {
  test.each<[string, unknown, RegExp]>([
    ['an async function', async (d: Script) => d.find(0), /returns a promise/],
    ['a promise of its own', () => Promise.resolve(), /returns a promise/],
    ['a text that is returned', () => 'find 0', /returns the text find 0/],
    ['a function in a function', () => (d: Script) => d.find(0), /returns a function/],
    [
      'a generator, which never runs',
      function* (d: Script) {
        yield d.find(0);
      },
      /returns an object/,
    ],
    ['a function that writes nothing', () => undefined, /one operation or more/],
    ['an empty text', ' ', /one operation or more/],
  ])('%s is refused by the name of its thread', (_, source, message) => {
    expect(errorOf(withCpu2(source))).toMatchObject({
      option: 'cpu2',
      message: expect.stringMatching(message),
    });
  });

  test('an async program that goes on afterwards does not end the process', async () => {
    const late = async (d: Script) => {
      d.create(0);
      await undefined;
      d.find(0);
    };
    expect(errorOf(withCpu2(late))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    // An unhandled rejection would fail this test file.
    await new Promise((resolve) => setImmediate(resolve));
  });

  test('a builder that was kept writes nothing more', () => {
    const kept: Script[] = [];
    const first = race('r', {
      cpu1: (d) => {
        kept.push(d.create(0));
      },
      cpu2: 'find 0',
    });
    expect(errorOf(() => kept[0]?.find(0))).toMatchObject({ code: 'ERR_DISPOSED', option: 'cpu1' });
    expect(first.cpus[0]).toEqual([{ op: 'create', minor: 0 }]);
    const inCpu2 = (): ReturnType<typeof race> =>
      race('r', {
        cpu1: (d) => void kept.splice(0, 1, d.create(0)),
        cpu2: () => kept[0]?.find(0),
      });
    expect(errorOf(inCpu2)).toMatchObject({ option: 'cpu1' });
  });

  test('what the calls returned may be returned, alone or as an array', () => {
    const { cpus } = race('r', { cpu1: (d) => [0, 1].map((minor) => d.create(minor)) });
    expect(cpus[0]).toHaveLength(2);
  });

  test('the race cannot be changed', () => {
    const { before, cpus } = race('r', { before: 'create 0', cpu1: 'find 0', cpu2: 'remove 0' });
    expect(() => (before as unknown[]).push(1)).toThrow(TypeError);
    expect(() => Object.assign(cpus[0]?.[0] ?? {}, { minor: 9 })).toThrow(TypeError);
  });

  test('formulas are read at once', () => {
    const expects = (given: unknown) => () =>
      race('r', { cpu1: 'find 0', expects: given as Race['expects'] });
    expect(errorOf(expects({ 'minor-leak': '!9x' })).option).toBe('expects.minor-leak');
    expect(errorOf(expects({ 'minor-leek': '!01' })).message).toMatch(/did you mean `minor-leak`/);
    expect(errorOf(expects({ 'minor-leak': 5 })).code).toBe('ERR_INVALID_ARG_TYPE');
  });
});

describe('a race that race() did not make is checked', () => {
  const good = race('good', { before: 'create 0', cpu1: 'remove 0', cpu2: 'find 0' });

  test('a copy out of JSON does, whatever is done to it afterwards', async () => {
    const copy = JSON.parse(JSON.stringify(good)) as { -readonly [Key in keyof Race]: Race[Key] };
    const { race: planned } = makeExplorePlan(copy);
    copy.cpus = [];
    expect(planned).toEqual(good);
    expect((await explore(planned)).verdict).toBe('clean');
  });

  test.each<[string, unknown, string]>([
    ['no name', { name: undefined }, 'scenario.name'],
    ['no before', { before: undefined }, 'scenario.before'],
    ['no threads', { cpus: [] }, 'scenario.cpus'],
    ['an empty thread', { cpus: [[], []] }, 'scenario.cpus[0]'],
    ['a thread that is a text', { cpus: ['find 0'] }, 'scenario.cpus[0]'],
    ['an unknown operation', { cpus: [[{ op: 'fnid' }]] }, 'scenario.cpus[0][0].op'],
    ['no minor where one is needed', { cpus: [[{ op: 'find' }]] }, 'scenario.cpus[0][0].minor'],
    ['a minor of minus one', { after: [{ op: 'find', minor: -1 }] }, 'scenario.after[0].minor'],
    ['a minor where none is taken', { after: [{ op: 'unload', minor: 0 }] }, 'scenario.after[0]'],
    [
      'too many threads',
      { cpus: Array(limits.programCpus + 1).fill([{ op: 'create' }]) },
      'scenario.cpus',
    ],
    ['too long a thread', { cpus: [Array(257).fill({ op: 'create' })] }, 'scenario.cpus[0]'],
    ['a check that is a text', { check: 'yes' }, 'scenario.check'],
    ['no formulas', { expects: undefined }, 'scenario.expects'],
  ])('%s', (_, part, option) => {
    const scenario = { ...good, ...(part as object) } as Race;
    expect(errorOf(() => makeExplorePlan(scenario)).option).toBe(option);
    expect(errorOf(() => makePlan({ scenario })).option).toBe(option);
  });
});

/** Every object that can be reached. */
function* parts(value: unknown): Generator<object> {
  if (typeof value !== 'object' || value === null) return;
  yield value;
  for (const inner of Object.values(value)) yield* parts(inner);
}

test.each([
  ['scenarios', scenarios],
  ['tables', tables],
])('%s are frozen to their ground', (_, everything) => {
  const all = [...parts(everything)];
  expect(all.length).toBeGreaterThan(20);
  expect(all.filter((part) => !Object.isFrozen(part))).toEqual([]);
});

test('and the types say so', () => {
  const written = (): void => {
    const [scenario] = scenarios;
    if (!scenario) return;
    // @ts-expect-error: readonly
    scenario.says = '';
    // @ts-expect-error: readonly
    scenario.expects['minor-leak'] = '';
    // @ts-expect-error: readonly
    scenario.cpus[0].push({ op: 'create' });
    // @ts-expect-error: readonly
    tables.faults[0].means = '';
    // @ts-expect-error: readonly
    tables.populations[0].ids = 5;
    // @ts-expect-error: a program cannot come later
    race('r', { cpu1: async (d) => d.create(0) });
    // @ts-expect-error: nor be returned as a text
    race('r', { cpu1: () => 'create 0' });
  };
  expect(written).toThrow(TypeError);
});

describe('what `before` opened or took is given back when it ends', () => {
  const from = (cpu1: string) => () =>
    race('r', { before: 'create 0, open 0, get 0', cpu1, cpu2: 'remove 0' });

  test.each([
    ['close 0', 'open 0'],
    ['io 0', 'open 0'],
    ['query 0', 'open 0'],
    ['put 0', 'get 0'],
    ['open 0, close 0, close 0', 'open 0'],
  ])('a thread that counts on it, `%s`, is refused with the reason', (cpu1, taken) => {
    expect(errorOf(from(cpu1))).toMatchObject({
      option: 'cpu1',
      message: expect.stringContaining(
        `what \`before\` took by \`${taken}\` is given back when \`before\` ends`,
      ),
    });
  });

  test('in text, too', async () => {
    const text = 'before: create 0, open 0 ; cpu1: close 0 ; cpu2: remove 0';
    await expect(explore(text)).rejects.toMatchObject({ option: 'cpu1' });
  });

  test.each(['open 0, io 0, close 0', 'get 0, put 0', 'close 1, put 1'])('`%s` is fine', (cpu1) => {
    expect(from(cpu1)).not.toThrow();
  });
});
