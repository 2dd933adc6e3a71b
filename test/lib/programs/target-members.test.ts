import { describe, expect, test } from '@jest/globals';
import {
  explore,
  matrix,
  race,
  replay,
  scenarios,
  stress,
  type WithPlan,
} from '../../../lib/index';
import { matchers } from '../../../lib/jest';
import { makePlan } from '../../../lib/stress/plan';
import { errorOf } from '../errors';

const program = 'before: create 0 ; cpu1: remove 0 ; cpu2: open 0, io 0, close 0';
const limits = { executions: 20, time: '5s', strategy: 'dfs' } as const;
const mine = race('mine', {
  before: (d) => d.create(0),
  cpu1: (d) => d.remove(0),
  cpu2: (d) => d.open(0).io().close(),
});
const SECOND = /; options are the second argument$/;
const BESIDE = /; options stand beside `scenario`$/;
const BESIDE_ALL = /; options stand beside `scenarios`$/;

/** What is run, each with a member that nobody reads, and the members that it may have. */
const targets: [string, string, string, object][] = [
  ['a program', 'time', '`program`, `scenario`', { program, time: 1000 }],
  ['a program', 'strategy', '`program`, `scenario`', { program, strategy: 'dfs' }],
  ['a program', 'check', '`program`, `scenario`', { program, check: () => true }],
  ['a race', 'time', '`name`, `before`, `cpus`', { ...mine, time: 1000 }],
  ['a race', 'checks', '`name`, `before`, `cpus`', { ...mine, checks: () => true }],
  ['what has a plan', 'time', '`plan`', { plan: { program }, time: 1000 }],
  ['a plan in it', 'time', '`program`, `scenario`', { plan: { program, time: 1000 } }],
];

describe.each(targets)('%s with `%s` is refused', (_, member, allowed, target) => {
  const refused = (option: string, hint: RegExp): object => ({
    code: 'ERR_INVALID_ARG_TYPE',
    option,
    message: expect.stringMatching(hint),
  });
  const names = (error: { message: string }): void => {
    expect(error.message).toContain(`no other members than ${allowed}`);
    expect(error.message).toContain(`got \`${member}\``);
  };

  test('by explore and the matchers', async () => {
    for (const call of [
      () => explore(target as never, limits),
      () => matchers.toBeRaceFree.call({}, target, limits),
      () => matchers.toFault.call({}, target, limits),
    ]) {
      const error = await call().then(
        () => ({ message: 'was run' }),
        (reason: Error) => reason,
      );
      expect(error).toMatchObject(refused('scenario', SECOND));
      names(error);
    }
  });

  test('by stress and matrix, whose options stand beside it', async () => {
    const error = errorOf(() => makePlan({ scenario: target as never, rounds: 1 }));
    expect(error).toMatchObject(refused('scenario', BESIDE));
    names(error);
    const cells = matrix({ scenarios: [target as never], masks: [0] });
    await expect(cells).rejects.toMatchObject(refused('scenario', BESIDE_ALL));
  });
});

test('a plan that a run wrote may have what plans have, and no option', async () => {
  const { plan } = await explore(program, limits);
  await expect(explore({ ...plan, time: 5 } as never)).rejects.toThrow(/got `time`.*second/);
  for (const fine of [plan, { plan }, { program }, { program, scenario: 'so' }, scenarios[0]]) {
    expect((await explore(fine as unknown as WithPlan, limits)).executions).toBeGreaterThan(0);
  }
  const { plan: run } = await stress({ scenario: mine, rounds: 5 }).result;
  expect((await explore(run as unknown as WithPlan, limits)).plan.program).toContain(program);
});

describe('what has a ticket', () => {
  const found = explore(program, { patches: 'all,-05' });

  test('is replayed as it is, and refused with options among its members', async () => {
    const report = await found;
    const [fault] = report.faults;
    const ticket = fault?.ticket ?? '';
    for (const given of [fault, { ticket }, await replay(ticket)]) {
      expect((await replay(given as never)).reproduced).toBe(true);
    }
    for (const [name, given] of [
      ['width', { ticket, width: 60 }],
      ['time', { ticket, time: 1000 }],
      ['all', { ...fault, all: true }],
    ] as const) {
      for (const call of [
        () => replay(given as never),
        () => matchers.toReplay.call({}, given as never),
      ]) {
        await expect(call()).rejects.toMatchObject({
          code: 'ERR_INVALID_ARG_TYPE',
          option: 'ticket',
          message: expect.stringMatching(SECOND),
        });
        await expect(call()).rejects.toThrow(`got \`${name}\``);
      }
    }
  });
});
