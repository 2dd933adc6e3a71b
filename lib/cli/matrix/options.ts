import { memoryOption, patchesOption } from '../options/names';
import type { OptionData } from '../options/option';
import { scenarioNames } from '../options/scenario-names';
import { SPLIT_ROWS } from '../options/split';

const { shard, journal, resume } = SPLIT_ROWS;

/** The options of `matrix`, in the order of the help. */
export const matrixOptionRows: readonly OptionData[] = [
  {
    flags: '--scenarios <names>',
    says: 'scenarios, joined by commas',
    choices: scenarioNames,
    list: true,
    table: 'scenarios',
    fallback: 'every one',
  },
  patchesOption('which follow-ups are in; the eight are varied'),
  memoryOption('memory model of every cell'),
  shard,
  journal,
  resume,
];
