import { bugNames, patternSlugs } from '../../explore/history-plan';
import { everyScenario } from '../../programs/scenarios';
import type { OptionData, Taken } from '../options/option';

/** What commander makes of `dmtorture history ...`. */
export interface HistoryFlags {
  pattern?: string;
  year?: boolean;
  html?: string;
  matrix?: boolean;
  scenarios?: string;
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
    flags: '--matrix',
    says: 'every set of patches in every scenario, each row left out or put in, against the formulas',
  },
  {
    flags: '--scenarios <names>',
    says: 'scenarios of the matrix, joined by commas',
    choices: everyScenario.map(({ name }) => name),
    list: true,
    table: 'scenarios',
    fallback: 'every one',
  },
  {
    flags: '--html <file>',
    says: 'write a page that needs no network: a diagram of each bug to walk through, every kernel in every scenario',
    files: true,
  },
];
