import type { OptionData } from '../options/option';

/** What commander makes of `dmtorture run ...`. */
export interface RunFlags {
  lock?: string;
  force?: boolean;
  output?: string;
  sites?: string;
}

/** How many places the table has where nobody says. */
export const SITES_SHOWN = 20;

/** The options of `run`, in the order of the help. */
export function runOptionRows(): OptionData[] {
  const { appLocks } = require('../../app/plan') as typeof import('../../app/plan');
  return [
    {
      flags: '--lock <lock>',
      says: 'the lock in the mutexes of the application',
      choices: appLocks,
      table: 'locks',
    },
    { flags: '--force', says: 'keep a lock that spins where threads exceed CPUs' },
    { flags: '--output <file>', says: 'write the report as JSON to this file', files: true },
    {
      flags: '--sites <n>',
      says: 'places in the table, those with most acquisitions first; 0 = all',
      fallback: String(SITES_SHOWN),
    },
  ];
}
