import { DeviceMapper, explore, matrix, replay, stress } from 'dmtorture';
import 'dmtorture/vitest';
import { expect, test } from 'vitest';
import { foreignParts } from '../lib/foreign.js';

// What a user of Vitest writes. test/lib/vitest.test.ts runs this in each of its pools: two of them
// give a file globals of its own, which native code does not know.

test('no faults are an array of this realm', async () => {
  const { faults } = await explore('create-find');
  expect(faults).toStrictEqual([]);
  expect(faults).toBeInstanceOf(Array);
});

test('everything else is of this realm, too', async () => {
  const explored = await explore('remove-open', { patches: 'none', allFaults: true });
  const dm = new DeviceMapper({ patches: '04' });
  dm.create(0);
  const all = [
    explored,
    await replay(explored.faults[0] ?? {}),
    await stress({ scenario: 'remove-open', patches: 'all,-05', rounds: 2000 }).result,
    await stress({ scenario: 'remove-open', rounds: 20, isolate: true }).result,
    await matrix({ scenarios: ['create-find'], masks: [0, 255] }),
    dm.faults,
  ];
  dm[Symbol.dispose]();
  expect(foreignParts(all)).toEqual([]);
});

test('the matchers are there', async () => {
  await expect('create-find').toBeRaceFree();
  expect(await explore('create-find')).toHaveNoFaults();
});

test('errors are of this realm', async () => {
  await expect(explore('nowhere')).rejects.toBeInstanceOf(Error);
});
