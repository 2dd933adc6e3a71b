import { memberOf } from '../base/bounds';
import { exactly } from '../base/text';
import { aboutText } from '../programs/subject';
import type { HistoryDocument } from './schemas';

/**
 * What a history says, in words: terminal, Markdown and page print these, so that they are the same.
 */

/** One bug, as a report has it. */
export type Bug = HistoryDocument['rows'][number];

/** A label and a text. */
type Fact = readonly [label: string, text: string];

const MARKS: Readonly<Record<string, string>> = {
  A: 'read in a tree or a mail',
  B: 'its id or title was seen; cause from its message or from memory',
  C: 'FROM MEMORY',
};

/** What the marks are worth, and what is left open. */
export const MARK_LEGEND =
  'A: the state was read in a kernel tree or a mail. B: the id or the title of the commit was seen, ' +
  'its cause is from its message or from memory. C: from memory. Dates and releases that are not ' +
  'those of a tree or a mail are from memory, too.';

/** What the bugs are bugs of. */
export const MODEL_LEGEND =
  'Each fault is one of a model of dm, which is simpler than the kernel: `list sets` says what ' +
  'each release leaves out.';

/** What is known of how the history was read. */
export const markText = ({ evidence }: Bug): string => memberOf(MARKS, evidence) ?? evidence;

const YEAR = 12;

/** `12 years, 2 months`. */
export function lifeText({ months, release }: Bug): string {
  if (months <= 0) return release === '' ? 'in no release' : 'since when is not known';
  const [years, rest] = [Math.floor(months / YEAR), months % YEAR];
  return [
    ...(years > 0 ? [exactly(years, 'year')] : []),
    ...(rest > 0 ? [exactly(rest, 'month')] : []),
  ].join(', ');
}

/** `2009-06 to 2021-08, 2.6.31 to 5.14`. */
export function whenText({ from, to, release }: Bug): string {
  const dates = to === '' ? from : `${from} to ${to}`;
  return [dates, release].filter((text) => text !== '').join('; ');
}

/** What ended it. */
export const endText = ({ ended, commit }: Bug): string =>
  commit === '' ? ended : `${ended}; commit ${commit}`;

/** `remove-find, patches 2.6.36,-R10`: what shows it. */
export const placeText = ({ scenario, shown }: Bug): string =>
  aboutText(scenario, { kind: 'dm', program: '', patches: shown });

/** `use-after-free in remove-find, patches 2.6.36,-R10, 2 preemptions`. */
export function faultText(bug: Bug): string {
  const { fault, preemptions, holds } = bug;
  if (fault === null) {
    return `${holds === null ? 'not looked for' : 'no fault'} in ${placeText(bug)}`;
  }
  const few = preemptions === 0 ? 'no preemption' : exactly(preemptions ?? 0, 'preemption');
  return `${fault} in ${placeText(bug)}, ${few}`;
}

/** `R9 destroy`. */
export const nameOf = ({ no, slug }: Bug): string => `${no} ${slug}`;

/** What is known of a bug, in the order in which one asks. */
export function bugFacts(bug: Bug): Fact[] {
  return [
    ['lived', [lifeText(bug), whenText(bug)].filter((text) => text !== '').join(': ')],
    ['ended', endText(bug)],
    ['known', `${bug.evidence}: ${markText(bug)}`],
  ];
}

/** The years of a history, from the first that is known to the last. */
export function yearsOf(rows: readonly Bug[]): { first: number; last: number } {
  const years = rows.flatMap(({ from, to }) => [from, to]).filter((text) => text !== '');
  const numbers = years.map((text) => Number(text.slice(0, 4)));
  const last = numbers.reduce((most, year) => Math.max(most, year), 0);
  return { first: numbers.reduce((least, year) => Math.min(least, year), last), last };
}

/** A heading, and the bugs that stand under it. */
export interface BugGroup {
  title: string;
  rows: Bug[];
}

/** By pattern, as the report has them. */
export function byPattern({ patterns, rows }: HistoryDocument): BugGroup[] {
  return patterns.map(({ slug, title }) => ({
    title,
    rows: rows.filter(({ pattern }) => pattern === slug),
  }));
}

/** By the year in which they came; those of which it is not known come last. */
export function byYear({ rows }: HistoryDocument): BugGroup[] {
  const known = [...new Set(rows.map(({ from }) => from.slice(0, 4)))].filter(Boolean).sort();
  const groups = known.map((year) => ({
    title: year,
    rows: rows
      .filter(({ from }) => from.startsWith(`${year}-`))
      .sort((a, b) => a.from.localeCompare(b.from)),
  }));
  const rest = rows.filter(({ from }) => from === '');
  return rest.length === 0 ? groups : [...groups, { title: 'it is not known when', rows: rest }];
}
