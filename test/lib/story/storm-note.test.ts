import { describe, expect, test } from '@jest/globals';
import { type FaultKind, patches } from '../../../lib/index';
import { describeMet } from '../../../lib/story/finding';
import type { PatchSelection } from '../../../lib/tables/tables.gen';

/** What the description of a fault on real threads says beside what all have. */
function bewareOf(kind: FaultKind, scenario: string, set: PatchSelection): string | undefined {
  const first = { atMs: 2, cpu: 1, op: 'remove', minor: 0, site: 'dm_destroy', message: 'waits' };
  const fault = { kind, count: 1, invariant: 9, preventedBy: [], first };
  const plan = { scenario, patches: patches.parse(set).toJSON() };
  const { facts } = describeMet(fault as never, { plan } as never, undefined);
  return facts.find(([label]) => label === 'beware')?.[1];
}

describe('a deadlock of a storm', () => {
  test('may be of its own making since R9, which is said', () => {
    expect(bewareOf('deadlock', 'storm', 'today')).toContain('since R9 a removal waits for them');
    expect(bewareOf('deadlock', 'storm', '2.6.36')).toContain('it may be the storm that waits');
  });

  test('nothing is said of other faults, of scenarios, and of kernels before R9', () => {
    expect(bewareOf('use-after-free', 'storm', 'today')).toBeUndefined();
    expect(bewareOf('deadlock', 'own-queue', '3.13')).toBeUndefined();
    expect(bewareOf('deadlock', 'storm', '2.6.32')).toBeUndefined();
  });
});
