import { describe, expect, test } from '@jest/globals';
import { attachTickets, race, replay, stress } from '../../../lib/index';

describe('faults of real threads', () => {
  test('get tickets of the same kinds, which replay', async () => {
    const run = stress({
      scenario: 'remove-open',
      patches: 'all,-05',
      rounds: 20_000,
      maxFaults: 20,
      tickets: true,
    });
    const finished = new Promise((resolve) => run.once('finished', resolve));
    const report = await run.result;
    expect(await finished).toBe(report);
    expect(report.plan.tickets).toBe(true);
    expect(report.faults.length).toBeGreaterThan(0);
    for (const { kind, ticket, trace } of report.faults) {
      expect(await replay(ticket ?? '')).toMatchObject({ reproduced: true, fault: { kind } });
      expect(String(trace)).toContain('cpu2');
    }
  });

  test('have none where nobody asks, and can have them later', async () => {
    const report = await stress({ scenario: 'get-unload', patches: 'none', rounds: 2000 }).result;
    expect(report.plan.tickets).toBe(false);
    expect(report.faults.map(({ ticket }) => ticket)).toEqual([undefined]);
    expect(await attachTickets(report, 'get-unload')).toBe(report);
    expect(report.faults[0]?.ticket).toMatch(/^dmt2\./);
  });

  test('a single thread has nothing to interleave, and no tickets', async () => {
    const alone = race('alone', { cpu1: (d) => d.create(0) });
    const options = { scenario: alone, patches: 'all,-03', rounds: 10, tickets: true };
    const { faults } = await stress(options).result;
    expect(faults).toMatchObject([{ kind: 'sleep-in-atomic' }]);
    expect(faults[0]).not.toHaveProperty('ticket');
  });

  test('a storm has none', () => {
    expect(() => stress({ tickets: true })).toThrow(
      expect.objectContaining({
        code: 'ERR_INCOMPATIBLE_OPTIONS',
        option: 'tickets',
      }) as unknown as Error,
    );
  });
});
