import { annotation, type WorkflowLine } from '../base/sinks/workflow';
import type { ReportDocument } from '../reports/documents';
import { factsOf } from '../story/fault-text';
import type { Finding } from '../story/finding';
import { toMarkdown } from './markdown';
import type { Section } from './section';
import { sectionsOf } from './sections';

/** What GitHub takes of a step's summary. */
const SUMMARY_BYTES_MAX = 1024 * 1024;
const CUT = '\n\n… cut here: GitHub takes no more than 1 MiB of a summary.\n';

function faultLine(finding: Finding): WorkflowLine {
  const facts = factsOf(finding).map(([label, text]) => `${label}: ${text}`);
  return annotation('error', finding.title, facts, finding.place);
}

/** The faults of a tour are what it is there to show. */
function sectionLines(section: Section): WorkflowLine[] {
  const { report, title, verdict, tone, word, says, evidence, findings, limits = [] } = section;
  const missed = limits.filter(({ held }) => !held);
  if (missed.length > 0) {
    const lines = missed.map((limit) => annotation('error', `missed: ${title}`, [limit.says]));
    return [...lines, ...sectionLines({ ...section, limits: [] })];
  }
  const whole = [says, ...evidence];
  if (tone === 'doubtful') return [annotation('warning', `${word}: ${title}`, whole)];
  if (verdict === 'clean') return [annotation('notice', `${word}: ${title}`, whole)];
  if (verdict === 'unfinished') return [annotation('warning', `${word}: ${title}`, whole)];
  if (report.kind === 'demo' || findings.length === 0) {
    return [annotation('error', `${word}: ${title}`, whole)];
  }
  return findings.map(faultLine);
}

/**
 * Workflow commands that GitHub Actions shows as annotations: an error a fault, a warning for
 * what was not finished, a notice for what was clean.
 *
 * @param reports - Checked documents.
 * @returns A promise of the lines, to be written to standard output or standard error.
 */
export async function toAnnotations(reports: readonly ReportDocument[]): Promise<WorkflowLine[]> {
  return (await sectionsOf(reports)).flatMap(sectionLines);
}

/** Markdown for a step's summary, without its diagrams where it would be too long with them. */
export async function toSummary(
  reports: readonly ReportDocument[],
  bytesMax = SUMMARY_BYTES_MAX,
): Promise<string> {
  const size = (text: string): number => Buffer.byteLength(text);
  const full = await toMarkdown(reports);
  if (size(full) <= bytesMax) return full;
  const short = await toMarkdown(reports, { diagrams: false });
  if (size(short) <= bytesMax) return short;
  const room = Math.max(0, bytesMax - size(CUT));
  return (
    new TextDecoder().decode(Buffer.from(short).subarray(0, room)).replace(/[^\n]*$/, '') + CUT
  );
}
