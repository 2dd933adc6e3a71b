import { exactly, formatMs } from '../../base/text';
import type { BenchDocument } from '../../reports/documents';
import type { AppRow } from '../../reports/documents/bench-app';
import { confidenceOf } from '../../reports/documents/bench-figures';
import { bySuite } from '../../reports/documents/bench-rows';
import { type Machine, machineLine } from '../../reports/documents/machine';
import { describeVerified, type Finding } from '../../story/finding';
import { failsText, holdsText, seenText } from '../../tables/validated';
import type { Check, Section } from '../section';

const SUITE_SAYS = {
  app: 'an application under several locks',
  locks: 'locks under contention',
  rwlocks: 'reader-writer locks',
  minors: 'minors: the id table, and the protocol under contention',
  refcount: 'reference counts',
  calls: 'calls from TypeScript',
  explore: 'the explorer',
};

/** What each run was measured on: of a merged document, of its parts. */
function machinesOf({ machine, parts = [] }: BenchDocument): Machine[] {
  const all = machine ? [machine] : parts.map((part) => part.machine ?? {});
  return all.length > 0 ? all : [{}];
}

const isNoisy = (report: BenchDocument): boolean =>
  machinesOf(report).some(({ noisy }) => noisy === true);

/** Where figures come from, each machine once. */
function sourcesOf(report: BenchDocument): string[] {
  const { parts = [], version, rows } = report;
  const isApp = bySuite(rows).app.length > 0;
  const what = isApp ? 'runs in which the locks' : 'windows in which the variants';
  const where = parts.length > 1 ? `in ${parts.length} runs` : 'on one machine in one run';
  const machines = machinesOf(report).map((of) => machineLine(of, version));
  return [
    `medians of ${what} took turns, ${where}`,
    ...(machines.length > 1 ? machines.map((text, i) => `run ${i + 1}: ${text}`) : machines),
  ];
}

/** What makes figures worth less than they look: as the run says, or the machine. */
function doubts(report: BenchDocument): string[] {
  if (report.warnings) return report.warnings;
  if (!isNoisy(report)) return [];
  return ['a noisy machine: other work ran beside it, and intervals are wide for that reason'];
}

/** Whether each lock excluded before it was measured; the control must not. */
function validationChecks({ validated = [] }: BenchDocument): Check[] {
  return validated.map((tried): Check => {
    const { lock, control, excludes } = tried;
    const name = control ? `${lock}, the control, fails` : `${lock} ${holdsText(lock)}`;
    if (control !== excludes) return { group: 'bench', name };
    const title = control ? 'the control did not fail' : `it ${failsText(lock)}`;
    const text = `${title}: ${seenText(tried)}`;
    return { group: 'bench', name, failed: { title, text } };
  });
}

/** Whether the application ran under each lock. */
function appChecks(rows: readonly AppRow[]): Check[] {
  return rows.map(({ lock, leftOut, failed }): Check => {
    const name = `the application under ${lock}`;
    if (leftOut === null) return { group: 'bench', name };
    if (!failed) return { group: 'bench', name, skipped: leftOut };
    return { group: 'bench', name, failed: { title: 'it fails', text: leftOut } };
  });
}

/** Faults that the verification found in locks of the user's, which have no figures then. */
function ownFindings({ own = [] }: BenchDocument): Finding[] {
  const faults = own.flatMap((lock) => lock.faults);
  return faults.map((fault, i) => describeVerified(fault, `fault-${i + 1}`));
}

/** What is known of each lock of the user's. */
const ownEvidence = ({ own = [] }: BenchDocument): string[] =>
  own
    .map(({ lock, evidence, failure }) => `${lock}: ${failure?.message ?? evidence}`)
    .filter((text) => !text.endsWith(': '));

/** Whether each lock of the user's could be measured. */
function ownChecks({ own = [] }: BenchDocument): Check[] {
  return own.map(({ lock, failure }): Check => {
    const name = `${lock} is measured`;
    if (failure === null) return { group: 'bench', name };
    return { group: 'bench', name, failed: { title: failure.kind, text: failure.message } };
  });
}

/** What ended a run that is not complete. */
const endText = (limit: unknown): string =>
  limit === 'time' ? 'cut by the time limit' : 'stopped before the end';

/** How many of the figures have an interval. */
function intervalsText(all: number, without: number): string {
  if (without === 0) return all === 1 ? 'with its 95 % interval' : 'each with its 95 % interval';
  return `${(all - without).toLocaleString('en-US')} of them with a 95 % interval`;
}

/** The section of a benchmark. */
export function benchSection(report: BenchDocument): Section {
  const { rows, verdict, complete, limit, durationMs, environment, plan } = report;
  const noisy = verdict === 'clean' && isNoisy(report);
  const suites = bySuite(rows);
  // A lock that was left out has none.
  const figures = rows.length - suites.app.filter(({ leftOut }) => leftOut !== null).length;
  const few = figures - rows.filter((row) => confidenceOf(row) !== null).length;
  const names = (Object.keys(SUITE_SAYS) as (keyof typeof SUITE_SAYS)[]).filter(
    (suite) => suites[suite].length > 0,
  );
  const what = names.map((suite) => SUITE_SAYS[suite]).join('; ') || 'nothing measured';
  const seed = typeof plan.seed === 'number' ? plan.seed : undefined;
  return {
    report,
    title: `bench: ${what}`,
    verdict,
    word: noisy ? 'measured on a noisy machine' : verdict === 'clean' ? 'measured' : verdict,
    ...(noisy && { tone: 'doubtful' as const }),
    says: `${exactly(figures, 'figure')}, ${intervalsText(figures, few)}.`,
    evidence: [...ownEvidence(report), ...doubts(report), ...sourcesOf(report)],
    figures: [
      ['figures', String(figures)],
      ['CPUs', String(environment.cpus)],
      ...(durationMs > 0 ? [['time', formatMs(durationMs)] as const] : []),
      ...(seed === undefined ? [] : [['seed', String(seed)] as const]),
    ],
    findings: ownFindings(report),
    checks: [
      ...names.map((suite) => ({
        group: 'bench',
        name: `${suite} measured`,
        skipped: complete ? undefined : endText(limit),
      })),
      ...appChecks(suites.app),
      ...ownChecks(report),
      ...validationChecks(report),
    ],
  };
}
