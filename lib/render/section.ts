import type { ReportDocument } from '../reports/documents';
import type { StoryFault } from '../story/story';
import { type Place, siteText, type TraceStep } from '../story/trace';
import { patches } from '../tables/patches';
import { tables } from '../tables/tables';

/** What a diagram is drawn of. */
export interface Drawing {
  /** What each thread does, cpu1's first; empty where nobody knows. */
  titles: readonly string[];
  trace: readonly TraceStep[];
  fault: StoryFault | null;
}

/** A label and a text. */
export type Fact = readonly [label: string, text: string];

/** A fault, as every kind of report tells it. */
export interface Finding {
  /** To point at it: `fault-3`, unique in a report. */
  id: string;
  /** What to search logs for: `BUG: use-after-free in dm_get / free_dev`. */
  title: string;
  kind: string;
  /** Of what was run. */
  scenario: string;
  /** The scenario, and the patches that were in. */
  where: string;
  /** What this kind means; empty where this version does not know it. */
  means: string;
  /** What it broke. */
  breaks: string;
  /** What happened. */
  message: string;
  /** Where in the sources. */
  place: Pick<Place, 'file' | 'line'>;
  facts: Fact[];
  /** The patches that prevent it, in words; empty where none is known. */
  prevention: string;
  ticket: string | undefined;
  drawing: Drawing | undefined;
}

/** One report, taken apart for rendering: the verdict, how sure it is, and what it rests on. */
export interface Section {
  report: ReportDocument;
  /** `explore create-find, patches all,-02`. */
  title: string;
  verdict: ReportDocument['verdict'];
  /** The verdict in words: `clean`, `fault`, `as expected`. */
  word: string;
  /** Shown in place of the verdict's own sign: it is what it is, with a doubt. */
  tone?: 'doubtful';
  /** The verdict as a sentence. */
  says: string;
  /** How strong the evidence is, strongest first. */
  evidence: string[];
  /** Figures that are worth being seen at once. */
  figures: Fact[];
  findings: Finding[];
  /** Checks that may pass or fail, for who counts them. */
  checks: Check[];
  /** Of `--threshold`. */
  limits?: Limit[];
}

/** A limit that a run was to keep. */
export interface Limit {
  text: string;
  held: boolean;
  /** Where it was not kept, a sentence. */
  says: string;
}

/** One line of a test report. */
export interface Check {
  group: string;
  name: string;
  /** Undefined: it passed. */
  failed?: { title: string; text: string } | undefined;
  /** Why it says nothing. */
  skipped?: string | undefined;
}

/** The shortest text of a set of patches; of another version's, its names. */
export function patchesText({ mask, names }: { mask: number; names: readonly string[] }): string {
  try {
    return patches.format(mask);
  } catch {
    return names.join(',') || 'none';
  }
}

/** `04 spinlock: _minor_lock becomes ...`; of several their names. */
export function preventionText(numbers: readonly string[], together: boolean): string {
  const rows = tables.patches.filter(({ no }) => numbers.includes(no));
  const [only] = rows;
  if (!only) return '';
  if (rows.length === 1) return `${only.no} ${only.slug}: ${only.changes}`;
  const names = rows.map(({ no, slug }) => `${no} ${slug}`);
  return together ? `${names.join(' + ')}, together; fewer are not enough` : names.join(', ');
}

/** What a kind of fault means, and what it breaks, as far as this version knows it. */
export function meaningOf(kind: string): { means: string; breaks: string } {
  const row = tables.faults.find(({ slug }) => slug === kind);
  if (!row) return { means: '', breaks: '' };
  const says = tables.invariants.find(({ name }) => name === row.invariant)?.says ?? '';
  return { means: row.means, breaks: `${row.invariant}: ${says}` };
}

/** Where, and what happened: a message that begins with the access says it once. */
export function messageText({ site, message, code, ...place }: StoryFault): string {
  const isSaid = code !== '' && message.startsWith(code);
  return isSaid ? siteText({ function: place.function, code: message }) : `${site}: ${message}`;
}

/** `1,234 executions`, every digit of it: reports are read more than once. */
export function exactly(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
