import { exactly } from '../base/text';
import { limitText } from '../tables/limit';
import { tables } from '../tables/tables';

/**
 * What a bisection says: terminal, Markdown and page print these sentences and tables, so that
 * their words are the same.
 */

interface Looked {
  faults: readonly string[];
  exhaustive: boolean;
  limit: string | null;
  states: number;
}

interface Change {
  from: string;
  to: string;
  removed: readonly string[];
  enough: readonly (readonly string[])[];
  complete: boolean;
  trials: readonly (Looked & { rows: readonly string[]; enough: boolean | null })[];
}

/** The part of a report that these are made of. */
export interface TabledBisection {
  plan: { scenario: string; from: string; to: string; fault: string };
  cells: readonly (Looked & { set: string; found: boolean | null; sameAs: string | null })[];
  firstWith: string | null;
  firstWithout: string | null;
  again: string | null;
  begins: Change | null;
  ends: Change | null;
}

/** Trials that are shown one by one; of more, those that are enough, or may be. */
const TRIALS_SHOWN = 12;

/** Columns of the table of kernels. */
export const KERNEL_HEADS = ['kernel', 'faults', 'looked at'] as const;
/** Columns of the table of trials. */
export const TRIAL_HEADS = ['between', 'changed in the older', 'faults', 'enough'] as const;

/** What a reader of the table of trials has to know. */
export const TRIAL_LEGEND =
  'Neighbours that differ in the fault: in the older one some of the rows are changed in which the ' +
  'two differ, and it is explored again. Enough: that makes the difference.';

function lookedText({ exhaustive, limit, states }: Looked): string {
  return exhaustive ? `exhausted, ${exactly(states, 'state')}` : limitText(limit);
}

/** `none` is a proof; without one it is `none seen`. */
function kindsText({ faults, exhaustive }: Looked): string {
  return faults.join(', ') || (exhaustive ? 'none' : 'none seen');
}

/** Where the fault is not ruled out; empty where it is everywhere. */
function doubtText(all: TabledBisection['cells']): string {
  const open = all.filter(({ found }) => found === null).map(({ set }) => set);
  if (open.length === 0) return '';
  return open.length === all.length
    ? ', and it is ruled out in none'
    : `, and it is not ruled out in ${open.join(', ')}`;
}

/** A row for each kernel, the oldest first. */
export function kernelRows({ cells }: Pick<TabledBisection, 'cells'>): string[][] {
  return cells.map((cell) => [
    cell.set,
    kindsText(cell),
    cell.sameAs === null ? lookedText(cell) : `the same as ${cell.sameAs}`,
  ]);
}

/** `R10 destroy added`; the number alone of a row that this version does not know. */
function rowText(no: string, { removed }: Pick<Change, 'removed'>): string {
  const slug = tables.patches.find((row) => row.no === no)?.slug;
  const name = slug === undefined ? no : `${no} ${slug}`;
  return `${name} ${removed.includes(no) ? 'removed' : 'added'}`;
}

const groupText = (group: readonly string[], change: Change): string =>
  group.map((no) => rowText(no, change)).join(' + ');

const ENOUGH = { true: 'yes', false: 'no', null: 'not known' } as const;

function rowsOfChange(change: Change): string[][] {
  const isLong = change.trials.length > TRIALS_SHOWN;
  const shown = change.trials.filter(({ enough }) => !isLong || enough !== false);
  const left = change.trials.length - shown.length;
  const between = `${change.from}, ${change.to}`;
  const rows = shown.map((trial) => [
    between,
    groupText(trial.rows, change),
    kindsText(trial),
    ENOUGH[`${trial.enough}`],
  ]);
  return left === 0 ? rows : [...rows, [between, `${exactly(left, 'other group')}`, '', 'no']];
}

/** A row for each trial; many that are not enough are one. */
export function trialRows({ begins, ends }: Pick<TabledBisection, 'begins' | 'ends'>): string[][] {
  return [begins, ends].flatMap((change) => (change ? rowsOfChange(change) : []));
}

/** Which rows make the difference, as far as that was explored. */
function whyText(change: Change | null, does: string): string {
  if (!change) return 'the rows are not known: not every neighbour was exhausted';
  const { enough, complete } = change;
  const [first] = enough;
  if (!first) return 'the rows are not known: a limit cut the trials off';
  const groups = enough.map((group) => groupText(group, change));
  const doubt = complete ? '' : ', perhaps not the fewest rows';
  if (enough.length > 1) return `each of these ${does} it: ${groups.join('; ')}${doubt}`;
  const together = first.length > 1 ? ' together; fewer are not enough' : '';
  return `${groups[0]} ${does} it${complete ? together : doubt}`;
}

function beginningText({ cells, firstWith, begins }: TabledBisection): string {
  const at = cells.findIndex(({ set }) => set === firstWith);
  if (at === 0) return `in ${firstWith} already, the first of the range`;
  return `first in ${firstWith}${doubtText(cells.slice(0, at))}: ${whyText(begins, 'brings')}`;
}

function endingText(report: TabledBisection): string {
  const { cells, firstWith, firstWithout, ends, plan } = report;
  if (firstWithout === null) {
    const later = cells.slice(cells.findIndex(({ set }) => set === firstWith));
    const isIn = later.every(({ found }) => found === true);
    return isIn ? `still in ${plan.to}` : `later kernels with it or without it: not known of all`;
  }
  const others = cells.find(({ set }) => set === firstWithout)?.faults ?? [];
  const instead = others.length > 0 ? ` (${others.join(', ')} instead, which may hide it)` : '';
  return `gone in ${firstWithout}${instead}: ${whyText(ends, 'ends')}`;
}

/** The answer, in a sentence without its full stop. */
export function answerText(report: TabledBisection): string {
  const { plan, cells, firstWith, again } = report;
  const what = plan.fault === 'any' ? 'a fault' : plan.fault;
  const isOne = plan.from === plan.to;
  if (firstWith === null) {
    const none = plan.fault === 'any' ? 'no fault' : `no ${plan.fault}`;
    const range = isOne ? plan.from : `${plan.from} to ${plan.to}`;
    const doubt = doubtText(cells);
    return doubt === ''
      ? `${plan.scenario} has ${none} in ${isOne ? range : `any kernel of ${range}`}`
      : `${plan.scenario}: ${none} was seen in ${range}${doubt}`;
  }
  if (isOne) return `${plan.scenario} has ${what} in ${firstWith}`;
  return [
    `${plan.scenario} has ${what} ${beginningText(report)}`,
    endingText(report),
    ...(again === null ? [] : [`seen again in ${again}`]),
  ].join('; ');
}
