import { expect, test } from '@jest/globals';
import type { BenchLockRow } from '../../../lib/bench/rows';
import { lockNotes } from '../../../lib/cli/bench/notes';

const row = (lock: string, more: object): BenchLockRow => ({ lock, ...more }) as BenchLockRow;

test('the table says what of its locks is verified, each lock once, and which made up nodes', () => {
  const rows = [
    row('mcs', { verified: 'sc, rc11 at 2x1; 1 order stronger than needed there' }),
    row('ttas', { verified: 'sc, rc11 at 2x1' }),
    row('mcs', { verified: 'sc, rc11 at 2x1; 1 order stronger than needed there' }),
    row('cna', { verified: 'sc at 2x1', nodes: 'made up' }),
    row('pthread_mutex', { verified: '' }),
  ];
  expect(lockNotes(rows)).toBe(
    'verified  mcs, ttas: sc, rc11 at 2x1; cna: sc at 2x1; pthread_mutex: nothing is verified here\n' +
      'nodes     cna: made up, thread n is of node n mod 2\n',
  );
  expect(lockNotes([row('ttas', { verified: 'sc at 2x1' })])).toBe('verified  ttas: sc at 2x1\n');
});
