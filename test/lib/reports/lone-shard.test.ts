import { describe, expect, test } from '@jest/globals';
import '../../../lib/jest';
import {
  explore,
  matrix,
  mergeReports,
  stress,
  toHtml,
  toJunit,
  toMarkdown,
} from '../../../lib/index';

const SHARD = { shard: '1/3' } as const;

const runs = {
  explore: () => explore('create-find', { strategy: 'dpor', ...SHARD }),
  stress: () => stress({ scenario: 'create-find', rounds: 90, ...SHARD }).result,
  matrix: () => matrix({ scenarios: ['create-find'], masks: [255, 127, 0], ...SHARD }),
};

describe.each(Object.entries(runs))('one shard of %s without the others', (kind, run) => {
  test('is a merge that lacks them', async () => {
    const report = await run();
    expect(report).toMatchObject({ complete: true });
    const merged = mergeReports<typeof report>([report]);
    expect(merged).toMatchObject({ complete: false, plan: { shard: { index: 1, count: 3 } } });
    expect(merged.verdict).toBe('unfinished');
    expect(mergeReports<typeof report>([merged])).toEqual(merged);
    if (kind === 'explore') expect(merged).toMatchObject({ exhaustive: false });
  });

  test('is unfinished on every page', async () => {
    const report = await run();
    const pages = [await toMarkdown([report]), await toHtml([report]), await toJunit([report])];
    for (const page of pages) {
      expect(page).not.toMatch(/No fault can\s+be reached|as expected/);
      expect(page).toContain('shard 1/3');
    }
    expect(pages[0]).toContain('unfinished');
    expect(pages[1]).toContain('unfinished');
    expect(pages[2]).toContain('<skipped');
  });
});

test('one shard alone has not shown that there are no faults', async () => {
  const report = await runs.explore();
  const check = (): void => expect(report).toHaveNoFaults();
  expect(check).toThrow('it is shard 1/3 alone, which proves nothing either way');
  const rest = [2, 3].map((i) => explore('create-find', { strategy: 'dpor', shard: `${i}/3` }));
  const whole = mergeReports([report, ...(await Promise.all(rest))]);
  expect(whole).toHaveNoFaults();
  expect(mergeReports([mergeReports([report]), ...(await Promise.all(rest))])).toEqual(whole);
});
