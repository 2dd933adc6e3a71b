import type { ReportDocument } from '../reports/documents';
import type { Fact, Finding } from '../story/finding';

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
  /** Checks that may pass or fail, for readers that count them. */
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
