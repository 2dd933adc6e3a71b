import { wrongType } from '../../base/errors';
import type { OptionData } from './option';

/** An option by which a run is split, or written down; `stress`, `explore` and `matrix` have it. */
export interface SplitRow<Name extends string> extends OptionData {
  /** Key of commander's result. */
  key: Name;
  option: Name;
  read(text: string | boolean): unknown;
}

const same = (value: unknown): unknown => value;

function readSlices(text: string | boolean): number {
  if (/^[+-]?\d+(\.\d+)?$/.test(String(text))) return Number(text);
  throw wrongType('slices', 'a number (slices)', text);
}

const shard: SplitRow<'shard'> = {
  flags: '--shard <i/n>',
  key: 'shard',
  option: 'shard',
  says: "this part of the run, such as 2/4; 'dmtorture report' makes one of all",
  read: same,
};
const slices: SplitRow<'slices'> = {
  flags: '--slices <n>',
  key: 'slices',
  option: 'slices',
  says: 'number of slices: they run one after another, each with a seed or a part of its own',
  read: readSlices,
};
const journal: SplitRow<'journal'> = {
  flags: '--journal <file>',
  key: 'journal',
  option: 'journal',
  says: 'write down each slice when it is done, safe from a crash',
  files: true,
  read: same,
};
const resume: SplitRow<'resume'> = {
  flags: '--resume',
  key: 'resume',
  option: 'resume',
  says: 'go on with the journal, or begin it',
  read: same,
};

/** The options, in the order of the help. */
export const SPLIT_ROWS = { shard, slices, journal, resume };
