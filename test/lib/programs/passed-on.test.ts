import { describe, expect, test } from '@jest/globals';
import {
  attachTickets,
  type DmTortureError,
  explore,
  formatTrace,
  type MatrixReport,
  matrix,
  race,
  replay,
  stress,
} from '../../../lib/index';
import { makePlan } from '../../../lib/stress/plan';
import { patches } from '../../../lib/tables/patches';
import { errorOf } from '../errors';

const viaJson = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;
/** What a run came to, without what its clock says. */
const come = ({ executions, faults }: { executions: number; faults: { kind: string }[] }) => ({
  executions,
  kinds: faults.map(({ kind }) => kind),
});

describe('a result can be passed on', () => {
  const mine = race('mine', {
    before: (d) => d.create(5),
    cpu1: (d) => d.remove(5),
    cpu2: (d) => d.open(5).io().close(),
  });

  test('an explored report is explored again as its plan says, by its name', async () => {
    const options = { patches: 'all,-05', strategy: 'dfs', executions: 50 } as const;
    const first = await explore(mine, { ...options, time: '20s' });
    const again = await explore(viaJson(first));
    expect(again.plan).toEqual(first.plan);
    expect(come(again)).toEqual(come(first));
    const { plan } = await explore('create-find', { plan: first, patches: 'all' });
    expect(plan).toMatchObject({
      strategy: 'dfs',
      scenario: 'create-find',
      patches: { mask: patches.parse('all').mask },
    });
    expect((await explore(mine, { plan: first.plan })).plan).toEqual(first.plan);
  });

  test('anything with a mask is a set of patches', async () => {
    const { faults } = await explore(mine, { patches: { mask: patches.parse('all,-05').mask } });
    expect(faults.length).toBeGreaterThan(0);
    const { plan } = await explore('create-find', { patches: 'merged' });
    expect((await explore(mine, { patches: plan.patches })).plan.patches).toEqual(plan.patches);
  });

  test('a fault, and a report of a replay, have a ticket', async () => {
    const { faults } = await explore(mine, { patches: 'all,-05' });
    const [fault] = faults;
    if (!fault) throw new Error('no fault');
    const again = await replay(viaJson(fault));
    expect(again).toMatchObject({ reproduced: true, ticket: fault.ticket });
    expect((await replay(again)).reproduced).toBe(true);
    await expect(replay({ ticket: null })).rejects.toMatchObject({ option: 'ticket' });
    const { plan } = await explore(again);
    expect(plan).toMatchObject({
      patches: { mask: patches.parse('all,-05').mask },
      program: again.plan.program,
    });
  });

  test('the plan of a run on threads is run again, and explored', async () => {
    const options = { scenario: mine, patches: 'all,-05', rounds: 200, seed: 1 } as const;
    const first = await stress({ ...options, perturb: 'yield' }).result;
    expect((await stress(viaJson(first)).result).plan).toEqual(first.plan);
    expect(makePlan(first.plan as object).report).toEqual(first.plan);
    expect(makePlan({ plan: first, seed: 9 }).report).toEqual({ ...first.plan, seed: 9 });
    expect((await explore(first)).faults.length).toBeGreaterThan(0);
    const { faults } = await attachTickets(first);
    for (const { kind, ticket } of faults) {
      expect([kind, (await replay({ ticket })).fault?.kind]).toEqual([kind, kind]);
    }
  });

  test('so is that of a storm', () => {
    const { report } = makePlan({ ops: 500, mix: { create: 3 }, epochMs: 7, seed: 1 });
    expect(makePlan({ plan: report }).report).toEqual(report);
    expect(errorOf(() => makePlan({ plan: 5 as never })).option).toBe('plan');
  });

  test('a shard is the one of a plan', async () => {
    const part = await explore(mine, { strategy: 'dpor', shard: '2/2' });
    const { shard } = part.plan;
    expect((await explore(mine, { strategy: 'dpor', shard })).plan.shard).toEqual(shard);
    expect(errorOf(() => makePlan({ shard: { index: 3, count: 2 } })).option).toBe('shard');
    expect(errorOf(() => makePlan({ shard: { index: 0.5, count: 2 } })).option).toBe('shard');
  });

  test('cells of a matrix have masks', async () => {
    const few = { scenarios: ['create-find'], masks: [0, 255] } as const;
    const first = await matrix(few);
    const cells = ({ cells }: MatrixReport) => cells.map(({ mask, faults }) => [mask, faults]);
    expect(cells(await matrix({ ...few, masks: first.cells }))).toEqual(cells(first));
    expect(cells(await matrix(viaJson(first)))).toEqual(cells(first));
  });
});

describe('functions that return promises reject, and never throw', () => {
  const wrong: [string, () => Promise<unknown>][] = [
    ['explore', () => explore('nowhere' as never)],
    ['explore of null', () => explore(null as never)],
    ['replay', () => replay(5 as never)],
    ['matrix', () => matrix({ masks: 5 as never })],
    ['attachTickets', () => attachTickets({ plan: {} } as never)],
  ];
  test.each(wrong)('%s', async (_, call) => {
    let given: Promise<unknown> | undefined;
    expect(() => {
      given = call();
    }).not.toThrow();
    const error = await given?.catch((reason: unknown) => reason as DmTortureError);
    expect(error).toMatchObject({ name: 'DmTortureError' });
  });
});

describe('a trace that went through JSON or postMessage', () => {
  const explored = explore('remove-open', { patches: 'all,-05' });
  const replayed = explored.then(({ faults }) => replay(faults[0] ?? {}));

  test('is drawn as the one that it was', async () => {
    const [fault] = (await explored).faults;
    expect(formatTrace(viaJson(fault ?? {}))).toBe(String(fault?.trace));
    expect(formatTrace(structuredClone(fault ?? {}))).toBe(String(fault?.trace));
    const again = await replayed;
    expect(formatTrace(viaJson(again))).toBe(String(again.trace));
    const wide = await replay(again, { width: 60, all: true });
    expect(formatTrace(viaJson(again), { width: 60, all: true })).toBe(String(wide.trace));
  });

  test('of which there are only steps has titles of what they say', async () => {
    const { trace } = await replayed;
    const [title] = formatTrace(viaJson([...trace])).split('\n');
    expect(title).toMatch(/cpu1: remove 0 +.*cpu2: open 0/);
  });

  test.each<[string, unknown, string]>([
    ['no trace', {}, 'trace'],
    ['no step', [], 'trace'],
    ['a step without a text', [{ step: 1, cpu: 1, kind: 'read', notes: [] }], 'trace[0]'],
    ['a cpu too many', [{ step: 1, cpu: 1e9, kind: 'read', text: '', notes: [] }], 'trace[0]'],
  ])('%s is refused', (_, trace, option) => {
    expect(errorOf(() => formatTrace(trace as object)).option).toBe(option);
  });
});
