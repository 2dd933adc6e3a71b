import type * as v from 'valibot';
import { isOwnSubject } from '../programs/subject';
import { isSampling } from '../run/shard';
import { exploreFlaws, replayFlaws, stressFlaws } from './documents/flaws';
import { mergeExplore } from './merge/explore';
import { mergeMatrix } from './merge/matrix';
import { mergeOops } from './merge/oops';
import {
  mergeBench,
  mergeBisect,
  mergeDemo,
  mergeHistory,
  mergeReplay,
  mergeVerify,
} from './merge/others';
import type { ReportPart } from './merge/parts';
import { mergeRounds } from './merge/rounds';
import { mergeRun } from './merge/run';
import { mergeStress } from './merge/stress';
import {
  type DocumentOf,
  type ReportDocument,
  type RoundsDocument,
  type StressDocument,
  schemas,
} from './schemas';

/** When reports of a kind can become one. */
interface Rules {
  /** A second run of one plan adds to the first, since it is not deterministic. */
  repeatable: boolean;
  /** Parameters that may differ. */
  free: string[];
}

/** What is known of a merge before its bodies are merged. */
interface Merging {
  /** What messages call the documents. */
  names: readonly string[];
  parts: readonly ReportPart[];
  totals: { complete: boolean; durationMs: number };
  /** Merges the documents that stand in others. */
  mergeInner(documents: readonly ReportDocument[], names: readonly string[]): ReportDocument;
}

/** What a kind of report is read, merged and judged by; `lib/render` adds how it is shown. */
export interface ReportKind<Document extends ReportDocument> {
  schema: v.GenericSchema<unknown, Document>;
  /** `split`: they are shards. */
  rules(document: Document, split: boolean): Rules;
  merge(documents: readonly Document[], merging: Merging): object;
  /** What only one picture is made of, and is not what it should be: a sentence each. */
  flaws(document: Document): string[];
}

/** Whether a run on real threads was of a program of the user's. */
export const isRounds = (document: DocumentOf<'stress'>): document is RoundsDocument =>
  document.subject !== undefined && isOwnSubject(document.subject as { kind: string });

const noFlaws = (): string[] => [];

/** The kinds of reports, by what their documents have as `kind`. */
export const reportKinds: {
  [Kind in ReportDocument['kind']]: ReportKind<DocumentOf<Kind>>;
} = {
  stress: {
    schema: schemas.stress,
    rules: (_, split) => ({ repeatable: true, free: split ? [] : ['seed'] }),
    merge: (documents, { totals }) => {
      const rounds = documents.filter(isRounds);
      if (rounds.length > 0) return mergeRounds(rounds, totals);
      return mergeStress(documents as readonly StressDocument[], totals);
    },
    flaws: (document) => (isRounds(document) ? [] : stressFlaws(document as StressDocument)),
  },
  explore: {
    schema: schemas.explore,
    rules: ({ strategy }, split) => ({
      repeatable: false,
      free: isSampling(strategy) && !split ? ['seed'] : [],
    }),
    merge: (documents, { names, parts, totals, mergeInner }) =>
      mergeExplore(documents, names, parts, totals, (inner, innerNames) => {
        return mergeInner(inner, innerNames) as (typeof inner)[number];
      }),
    flaws: exploreFlaws,
  },
  replay: {
    schema: schemas.replay,
    rules: () => ({ repeatable: true, free: [] }),
    merge: (documents) => mergeReplay(documents),
    flaws: replayFlaws,
  },
  matrix: {
    schema: schemas.matrix,
    rules: () => ({ repeatable: false, free: ['threads'] }),
    merge: (documents, { names }) => mergeMatrix(documents, names),
    flaws: noFlaws,
  },
  demo: {
    schema: schemas.demo,
    rules: () => ({ repeatable: true, free: ['seed'] }),
    merge: (documents, { totals }) => mergeDemo(documents, totals),
    flaws: noFlaws,
  },
  bench: {
    schema: schemas.bench,
    rules: () => ({ repeatable: true, free: ['seed'] }),
    merge: (documents, { parts }) => mergeBench(documents, parts),
    flaws: noFlaws,
  },
  verify: {
    schema: schemas.verify,
    // Nothing is left to chance: a second run of one plan says the same.
    rules: () => ({ repeatable: true, free: ['workers'] }),
    merge: (documents) => mergeVerify(documents),
    flaws: noFlaws,
  },
  run: {
    schema: schemas.run,
    rules: () => ({ repeatable: true, free: [] }),
    merge: (documents) => mergeRun(documents),
    flaws: noFlaws,
  },
  bisect: {
    schema: schemas.bisect,
    // Nothing is left to chance: a second run of one plan says the same.
    rules: () => ({ repeatable: true, free: [] }),
    merge: (documents) => mergeBisect(documents),
    flaws: noFlaws,
  },
  history: {
    schema: schemas.history,
    rules: () => ({ repeatable: true, free: [] }),
    merge: (documents) => mergeHistory(documents),
    flaws: noFlaws,
  },
  oops: {
    schema: schemas.oops,
    rules: () => ({ repeatable: true, free: ['seed'] }),
    merge: (documents, { totals }) => mergeOops(documents, totals),
    flaws: noFlaws,
  },
};

/** The row of a document's kind. */
export function kindOf<Document extends ReportDocument>({
  kind,
}: Pick<Document, 'kind'>): ReportKind<Document> {
  // The row that a kind names is that of its documents, which the type of the table says.
  return reportKinds[kind] as unknown as ReportKind<Document>;
}

/**
 * What is wrong with a document, a sentence each.
 *
 * @param report - Checked as far as its types go.
 */
export function flawsOf(report: ReportDocument): string[] {
  return kindOf(report).flaws(report);
}
