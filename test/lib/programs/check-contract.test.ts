import { describe, expect, test } from '@jest/globals';
import { explore } from '../../../lib/explore/explore';
import { replay } from '../../../lib/explore/replay';
import type { Check } from '../../../lib/programs/final';
import { race } from '../../../lib/programs/program';
import { stress } from '../../../lib/stress/stress';

/** Two threads that create one device, with a check on how they ended. */
const twins = (check: Check) =>
  race('twins', { cpu1: (d) => d.create(0), cpu2: (d) => d.create(0), check });

describe('what a check may do', () => {
  test('one that refuses only once is an error of its own, and not a fault', async () => {
    let calls = 0;
    const fickle: Check = () => (calls++ === 0 ? 'only the first time' : true);
    await expect(explore(twins(fickle))).rejects.toMatchObject({
      code: 'ERR_NOT_DETERMINISTIC',
      option: 'check',
      message: expect.stringMatching(/two answers.*`only the first time`, then `nothing is wrong`/),
    });
    calls = 0;
    await expect(stress({ scenario: twins(fickle), rounds: 20 }).result).rejects.toMatchObject({
      code: 'ERR_NOT_DETERMINISTIC',
    });
  });

  test('one that refuses in the search and not when its fault is replayed is one, too', async () => {
    let calls = 0;
    // Two ends, each asked twice; the search comes back to the refused one.
    const forgetful: Check = () => ++calls > 4;
    await expect(explore(twins(forgetful))).rejects.toMatchObject({
      code: 'ERR_NOT_DETERMINISTIC',
    });
  });

  test('it gets a copy, so that it cannot change the report', async () => {
    const greedy: Check = ({ devices, results }) => {
      devices.length = 0;
      results.pop();
    };
    const { outcomes } = await explore(twins(greedy));
    expect(outcomes.length).toBeGreaterThan(1);
    for (const { final } of outcomes) {
      expect(final?.devices).toHaveLength(1);
      expect(final?.results).toHaveLength(2);
    }
  });

  test('one that loops ends with the time limit', async () => {
    const endless: Check = () => {
      for (;;);
    };
    const began = performance.now();
    await expect(explore(twins(endless), { time: '500ms' })).rejects.toMatchObject({
      code: 'ERR_CHECK_TIMEOUT',
      message: expect.stringContaining('did not return within'),
    });
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  test('a thrown value that throws when it is looked at is a refusal like any other', async () => {
    const trap = (): never => {
      throw new Error('looked at');
    };
    const values: [value: unknown, said: RegExp][] = [
      [
        {
          get message() {
            return trap();
          },
        },
        /^\[object Object\]: /,
      ],
      [Object.create(null), /^a value without a text, of type object: /],
      [
        new Proxy({}, { get: trap, getPrototypeOf: trap }),
        /^a value without a text, of type object: /,
      ],
    ];
    for (const [value, said] of values) {
      const report = await explore(
        twins(() => {
          throw value;
        }),
      );
      expect(report.faults[0]?.message).toMatch(said);
    }
  });

  test('what it throws is kept as the cause, with all its lines and its first stack frame', async () => {
    const assertion: Check = () => {
      throw new RangeError('expected one device\n\n  got:\n    two');
    };
    const report = await explore(twins(assertion));
    const cause = {
      name: 'RangeError',
      message: 'expected one device\n\n  got:\n    two',
      at: expect.stringMatching(/check-contract\.test\.ts:\d+:\d+/),
    };
    const [fault] = report.faults;
    expect(fault).toMatchObject({ kind: 'check-failed', cause });
    expect(fault?.message).toContain('expected one device; got:; two');
    expect(report.outcomes).toContainEqual(expect.objectContaining({ cause }));
    expect((await replay(fault?.ticket ?? '', { check: assertion })).reproduced).toBe(true);
    const stressed = await stress({ scenario: twins(assertion), rounds: 20 }).result;
    expect(stressed.faults).toContainEqual(
      expect.objectContaining({ first: expect.objectContaining({ cause }) }),
    );
  });
});
