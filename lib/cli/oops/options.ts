import { findParam, paramChoices } from '../../run/params';
import type { OopsOptions } from '../../stress/oops/plan';
import { patchesOption } from '../options/names';
import type { OptionData } from '../options/option';
import { readNumber } from '../options/rows';
import { readTime, timeData } from '../options/times';

/** What commander makes of `dmtorture oops ...`. */
export type OopsFlags = Record<string, unknown>;

type Row = OptionData & { key: keyof OopsOptions; read(text: string): unknown };

const same = (text: string): unknown => text;
const perturb = findParam('perturb');
const perturbs = paramChoices(perturb) ?? [];

const ROWS: readonly Row[] = [
  {
    ...patchesOption('patches that are in: all, none, a kernel such as 2.6.32, all,-05'),
    key: 'patches',
    read: same,
  },
  {
    flags: '--time <time>',
    key: 'time',
    says: 'how long it may live, such as 500ms, 10s, 2m; 0 = no limit',
    ...timeData(findParam('durationMs')),
    read: (text) => readTime({ ...findParam('durationMs'), name: 'time' as 'durationMs' }, text),
  },
  {
    flags: '--perturb <how>',
    key: 'perturb',
    says: perturb.says,
    choices: perturbs,
    fallback: perturbs[perturb.fallback] ?? '',
    read: same,
  },
];

/** The options of `oops`, in the order of the help. */
export const oopsOptionRows: readonly OptionData[] = ROWS;

/**
 * The library's options from what was typed.
 *
 * @throws DmTortureError for a text that is not valid for its option
 */
export function toOopsOptions(flags: OopsFlags, seed: string | undefined): OopsOptions {
  const options: Record<string, unknown> = {};
  if (seed !== undefined) options.seed = readNumber('seed', seed);
  for (const { key, read } of ROWS) {
    const given = flags[key];
    if (given !== undefined) options[key] = read(String(given));
  }
  return options as OopsOptions;
}
