import { type Reports, verify } from '../../lib/index';
import {
  benchDocument,
  demoDocument,
  exploreDocument,
  historyDocument,
  matrixDocument,
  replayDocument,
  SUITES,
  stressDocument,
} from '../lib/documents';

/** A report of every kind that has a page. */
export const KINDS: Record<string, () => Promise<Reports>> = {
  demo: () => demoDocument(),
  explore: () => exploreDocument(),
  replay: replayDocument,
  matrix: matrixDocument,
  stress: () => stressDocument('all,-05'),
  weak: () => verify('mcs', { memory: 'rc11', barriers: true, threads: 2, rounds: 1 }),
  history: () => historyDocument({ matrix: 'rows', scenarios: ['sysfs', 'event-names'] }),
  bench: async () => SUITES.map((suite) => benchDocument(suite)),
  noisy: async () => {
    const { machine, ...document } = benchDocument('rwlocks');
    return [{ ...document, machine: { ...machine, noisy: true } }];
  },
};
