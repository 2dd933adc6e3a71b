import { beforeAll, expect, jest, test } from '@jest/globals';
import type { explore as realExplore } from '../../../lib/explore/explore';
import type * as library from '../../../lib/index';

/** The explorer, as far as races go. */
type ExploreRace = (...given: Parameters<typeof realExplore>) => ReturnType<typeof realExplore>;
const explore = jest.fn<ExploreRace>();
let attachTickets: typeof library.attachTickets;
let stress: typeof library.stress;

// Which look finds what is up to the test, and not to what two threads can do to each other.
beforeAll(async () => {
  jest.doMock('../../../lib/explore/explore', () => ({
    explore: (...given: Parameters<ExploreRace>) => explore(...given),
  }));
  ({ attachTickets, stress } = await import('../../../lib/index.js'));
});

type Explored = Awaited<ReturnType<typeof realExplore>>;
const found = (...kinds: string[]): Explored =>
  ({ faults: kinds.map((kind) => ({ kind, ticket: `of ${kind}`, trace: [] })) }) as never;

/** A run whose faults are of these kinds. */
async function faulty(...kinds: string[]) {
  const report = await stress({ scenario: 'get-unload', rounds: 10, seed: 1 }).result;
  return { ...report, faults: kinds.map((kind) => ({ kind, count: 1 })) } as typeof report;
}

const runsOn = (): unknown[] => explore.mock.calls.map(([, options]) => options?.runOn);

test('kinds that come only after another fault are looked for while the others run on', async () => {
  explore.mockImplementation(async (_, options) =>
    options?.runOn ? found('double-free', 'minor-leak') : found('double-free'),
  );
  const { faults } = await attachTickets(await faulty('double-free', 'minor-leak'));
  expect(runsOn()).toEqual([false, true]);
  expect(faults.map(({ ticket }) => ticket)).toEqual(['of double-free', 'of minor-leak']);
});

test('one look is enough where it finds every kind', async () => {
  explore.mockReset().mockResolvedValue(found('double-free', 'deadlock'));
  const { faults } = await attachTickets(await faulty('double-free'));
  expect(runsOn()).toEqual([false]);
  expect(explore.mock.calls[0]?.[1]).toMatchObject({ allFaults: true, time: '5s' });
  expect(faults).toMatchObject([{ kind: 'double-free', ticket: 'of double-free' }]);
});

test('a run with a lock that the model has not is looked at with the first of them', async () => {
  for (const [lock, model] of [
    [0, 0],
    [1, 1],
    [7, 0],
  ]) {
    explore.mockReset().mockResolvedValue(found('double-free'));
    const report = await faulty('double-free');
    await attachTickets({ ...report, plan: { ...report.plan, lock: lock ?? 0 } });
    expect(explore.mock.calls[0]?.[1]).toMatchObject({ lock: model });
  }
});
