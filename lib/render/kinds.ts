import type { Markdown } from '../base/sinks/markdown';
import { isOwnSubject } from '../programs/subject';
import { isRounds, type ReportKind, reportKinds } from '../reports/kinds';
import type {
  DocumentOf,
  ReportDocument,
  RoundsDocument,
  StressDocument,
} from '../reports/schemas';
import { benchSection } from './kinds/bench';
import { bisectSection } from './kinds/bisect';
import { demoSection } from './kinds/demo';
import { exploreSection } from './kinds/explore';
import { historySection } from './kinds/history';
import { matrixSection } from './kinds/matrix';
import { oopsSection } from './kinds/oops';
import { replaySection } from './kinds/replay';
import { roundsParts, roundsRows, roundsSection } from './kinds/rounds';
import { runSection } from './kinds/run';
import { stressSection } from './kinds/stress';
import { verifySection } from './kinds/verify';
import { latencyPlots } from './latency';
import { bisectMarkdown, bisectMarkup } from './parts/bisect';
import { demoMarkup } from './parts/demo';
import { historyMarkdown, historyMarkup } from './parts/history';
import { matrixMarkup } from './parts/matrix';
import { exploreParts, type OwnParts, stressParts } from './parts/own';
import { benchMarkup } from './parts/plots';
import { benchRows, demoRows, exploreRows, matrixRows, stressRows } from './parts/rows';
import { runMarkdown, runMarkup } from './parts/run';
import { verifyMarkdown, verifyMarkup } from './parts/verify';
import { matrixPlots } from './plots/of-matrix';
import { benchPlots, type Plot } from './plots/plots';
import type { Section } from './section';

/** A kind of report, and how it is shown. */
export interface ShownKind<Document extends ReportDocument> extends ReportKind<Document> {
  /** The report, taken apart for rendering. */
  section(report: Document): Section | Promise<Section>;
  /** What a page has of it beside what all have. */
  page(report: Document, section: Section): Promise<OwnParts>;
  /** What Markdown has of it beside what all have. */
  markdown(report: Document): Markdown[];
  /** Its plots. */
  plots(report: Document): Promise<Plot[]>;
}

const noPlots = async (): Promise<Plot[]> => [];

/** Of runs on real threads: one way for a program of the user's, another for the device mapper. */
const byRun =
  <Made>(own: (report: RoundsDocument) => Made, other: (report: StressDocument) => Made) =>
  (report: DocumentOf<'stress'>): Made =>
    isRounds(report) ? own(report) : other(report as StressDocument);

/** The kinds of reports. A new kind is a row of `lib/reports/kinds.ts`, and one here. */
const kinds: { [Kind in ReportDocument['kind']]: ShownKind<DocumentOf<Kind>> } = {
  stress: {
    ...reportKinds.stress,
    section: byRun<Section | Promise<Section>>(roundsSection, stressSection),
    page: byRun(roundsParts, stressParts),
    markdown: byRun(roundsRows, stressRows),
    plots: byRun(noPlots, latencyPlots),
  },
  explore: {
    ...reportKinds.explore,
    section: exploreSection,
    page: exploreParts,
    markdown: exploreRows,
    plots: noPlots,
  },
  replay: {
    ...reportKinds.replay,
    section: replaySection,
    page: async () => [undefined, undefined],
    markdown: () => [],
    plots: noPlots,
  },
  matrix: {
    ...reportKinds.matrix,
    section: matrixSection,
    page: async (report) => [await matrixMarkup(report), undefined],
    markdown: matrixRows,
    plots: matrixPlots,
  },
  demo: {
    ...reportKinds.demo,
    section: demoSection,
    page: async (report, { findings }) => [await demoMarkup(report, findings), undefined],
    markdown: demoRows,
    plots: noPlots,
  },
  bench: {
    ...reportKinds.bench,
    section: benchSection,
    page: async (report) => [await benchMarkup(report), undefined],
    markdown: benchRows,
    plots: benchPlots,
  },
  verify: {
    ...reportKinds.verify,
    section: verifySection,
    page: async (report) => [verifyMarkup(report), undefined],
    markdown: verifyMarkdown,
    plots: noPlots,
  },
  run: {
    ...reportKinds.run,
    section: runSection,
    page: async (report) => [runMarkup(report), undefined],
    markdown: runMarkdown,
    plots: noPlots,
  },
  bisect: {
    ...reportKinds.bisect,
    section: bisectSection,
    page: async (report) => [bisectMarkup(report), undefined],
    markdown: bisectMarkdown,
    plots: noPlots,
  },
  history: {
    ...reportKinds.history,
    section: historySection,
    page: async (report, { findings }) => [historyMarkup(report, findings), undefined],
    markdown: historyMarkdown,
    plots: noPlots,
  },
  oops: {
    ...reportKinds.oops,
    section: oopsSection,
    page: async () => [undefined, undefined],
    markdown: () => [],
    plots: noPlots,
  },
};

/** Whether a report is about C or C++ of the user's. */
export const isOwnReport = (report: ReportDocument): boolean =>
  'subject' in report &&
  report.subject !== undefined &&
  isOwnSubject(report.subject as { kind: string });

/** The row of a report's kind. */
export function shownAs<Document extends ReportDocument>({ kind }: Document): ShownKind<Document> {
  // The row that a kind names is that of its documents, which the type of the table says.
  return kinds[kind] as unknown as ShownKind<Document>;
}
