import { bugNames, patternSlugs } from '../../explore/history-plan';
import type { OptionData, Taken } from '../options/option';

/** What commander makes of `dmtorture history ...`. */
export interface HistoryFlags {
  pattern?: string;
  year?: boolean;
  html?: string;
}

/** What names a bug, for the help and the completion. */
export const bugs: Taken = { choices: bugNames, table: 'patches' };

/** The options of `history`, in the order of the help. */
export const historyOptionRows: readonly OptionData[] = [
  {
    flags: '--pattern <pattern>',
    says: 'the bugs of one pattern',
    choices: patternSlugs,
    fallback: 'all of them',
  },
  { flags: '--year', says: 'by the year in which each came, in place of by pattern' },
  {
    flags: '--html <file>',
    says: 'write a page that needs no network, with a diagram of each bug to walk through',
    files: true,
  },
];
