import { describe, expect, test } from '@jest/globals';
import { type FaultKind, patches, stress, tables } from '../../../lib/index';

/**
 * Rows whose window is open for a few instructions, and only right behind an unlock or between two
 * accesses: what a delay at a note, and behind a sleeping lock, is for. All rows: test/robust/history.mjs.
 */
const NARROW: [no: string, kind: FaultKind][] = [
  ['R12l', 'get-on-freeing'],
  ['R24', 'use-after-free'],
  ['P8', 'pool-outstanding'],
  ['R22', 'pool-outstanding'],
];

describe('rows of the history on real threads', () => {
  test.each(NARROW)('%s: %s is found within ten seconds', async (no, kind) => {
    const row = tables.history.find((one) => one.no === no);
    if (!row) throw new Error(`no row ${no}`);
    const set = patches.parse(['none', ...row.shown].join());
    const found = new Set<string>();
    for await (const fault of stress({ scenario: row.scenario, patches: set, duration: '100s' })) {
      found.add(fault.kind);
      if (fault.kind === kind) break;
    }
    expect([...found]).toContain(kind);
  });
});
