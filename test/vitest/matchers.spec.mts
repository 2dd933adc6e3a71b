import { explore, race } from 'dmtorture';
import { type DmTortureMatchers, matchers } from 'dmtorture/vitest';
import { expect, test } from 'vitest';

// What a user of Vitest writes. test/lib/vitest.test.ts runs this with Vitest, on the built package.
const stale = race('open during the last put', {
  before: (d) => d.create(5),
  cpu1: (d) => d.remove(5),
  cpu2: (d) => d.open(5).io().close(),
});

test('the matchers answer, both ways, and are typed', async () => {
  const named: keyof DmTortureMatchers = 'toBeRaceFree';
  expect(Object.keys(matchers)).toContain(named);
  await expect(stale).toBeRaceFree({ patches: 'all' });
  await expect(stale).not.toBeRaceFree({ patches: 'all,-05' });
  await expect(stale).toFault('use-after-free', { patches: 'all,-05' });
  const { faults } = await explore(stale, { patches: 'all,-05' });
  await expect(faults[0]?.ticket).toReplay(faults[0]?.kind);
  expect(await explore(stale)).toHaveNoFaults();
  expect([
    { lock: 'mcs', threads: 1, opsPerSecond: 100 },
    { lock: 'mcs', threads: 2, opsPerSecond: 190 },
  ]).toScale({ atLeast: 0.9 });
  expect({ report: await explore(stale) }).toEqual({ report: expect.toHaveNoFaults() });
  // @ts-expect-error: kinds of faults are typed
  await expect(expect(stale).toFault('no-such-fault')).rejects.toThrow('no-such-fault');
});

test('this one fails, as the test that runs it wants', async () => {
  await expect(stale).toBeRaceFree({ patches: 'all,-05' });
});
