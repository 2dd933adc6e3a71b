import { expect, test } from '@jest/globals';
import { verifyRows } from '../../../lib/reports/verify-tables';

test('a row says what it came to, or that it was not begun', () => {
  const row = (states: number, executions: number) => ({
    ...{ lock: 'mcs', subject: 'lock', threads: 2, rounds: 1, memory: 'tso', states, executions },
    ...{ verdict: 'unfinished', exhaustive: false, limit: 'time', sites: null, sitesReached: null },
  });
  const rows = verifyRows({ rows: [row(0, 0), row(1200, 30), row(0, 1), row(0, 2)] });
  expect(rows.map(([, , , states]) => states)).toEqual([
    'not begun',
    '1.2k',
    '1 execution',
    '2 executions',
  ]);
});
