import { formatCount, formatMs } from '../../base/text';
import { libcTexts, runText } from '../../reports/run-tables';
import type { RunDocument } from '../../reports/schemas';
import type { Section } from '../section';

/** The section of an application's run. */
export function runSection(report: RunDocument): Section {
  const { plan, verdict, refused, acquisitions, contended, durationMs } = report;
  const name = `run ${plan.command.join(' ')}`;
  const says =
    refused === null
      ? `${runText(report)}.`
      : `refused: the lock spins, and threads (${refused.threads}) exceeded CPUs (${refused.cpus}).`;
  return {
    report,
    title: `run ${plan.command[0] ?? ''} with ${plan.lock}`,
    verdict,
    word: verdict,
    says,
    evidence: [
      'one run; waits and counts are exact, holds a sample',
      ...libcTexts(report),
      ...(report.warnings ?? []),
    ],
    figures: [
      ['taken', formatCount(acquisitions)],
      ['waited', formatCount(contended)],
      ['time', formatMs(durationMs)],
    ],
    findings: [],
    checks: [refused === null ? { group: 'run', name } : { group: 'run', name, skipped: says }],
  };
}
