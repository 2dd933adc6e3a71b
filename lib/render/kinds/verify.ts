import { exactly, formatCount, formatMs } from '../../base/text';
import type { VerifyDocument } from '../../reports/documents';
import { findingText, plainPen } from '../../story/fault-text';
import { describeVerified, type Finding } from '../../story/finding';
import { limitText } from '../../tables/limit';
import { type SubjectSize, sizeName, subjectKinds } from '../../tables/subjects';
import type { Check, Section } from '../section';

type Row = VerifyDocument['rows'][number];

const nameOf = (row: Pick<Row, 'lock' | 'memory' | keyof SubjectSize>): string =>
  `${row.lock} under ${row.memory} at ${sizeName(row)}`;

/** A check for each row, so that their names stay the same. */
function checksOf({ rows, faults }: VerifyDocument, findings: readonly Finding[]): Check[] {
  return rows.map((row) => {
    const name = nameOf(row);
    const at = faults.findIndex((fault) => nameOf(fault as unknown as Row) === name);
    const finding = findings[at];
    if (finding) {
      const text = findingText(finding, plainPen);
      return { group: 'verify', name, failed: { title: finding.title, text } };
    }
    if (row.verdict === 'clean') return { group: 'verify', name };
    return { group: 'verify', name, skipped: limitText(row.limit) };
  });
}

function saysOf({ rows, faults, verdict, plan, limit }: VerifyDocument): string {
  const clean = rows.filter((row) => row.verdict === 'clean').length;
  if (faults.length > 0) {
    const locks = [...new Set(faults.map(({ lock }) => lock))];
    return `${locks.join(', ')}: ${[...new Set(faults.map(({ kind }) => kind))].join(', ')}.`;
  }
  if (verdict === 'unfinished') {
    return `No fault up to the limit: ${limitText(limit)}. ${clean} of ${rows.length} rows are clean.`;
  }
  return `${countText(rows, plan.locks.length)}: no fault in any row.`;
}

/** `2 locks`; `2 locks, 1 reference count`. */
function countText(rows: VerifyDocument['rows'], asked: number): string {
  const namesOf = (kind: string): number =>
    new Set(rows.filter(({ subject = 'lock' }) => subject === kind).map(({ lock }) => lock)).size;
  const counts = subjectKinds
    .map(({ kind, one }) => [namesOf(kind), one] as const)
    .filter(([count]) => count > 0)
    .map(([count, one]) => exactly(count, one));
  return counts.length === 0 ? exactly(asked, 'lock') : counts.join(', ');
}

/** What the barriers came to, in numbers. */
function barriersText({ barriers }: VerifyDocument): string[] {
  if (barriers.length === 0) return [];
  const count = (verdict: string): number =>
    barriers.filter((one) => one.verdict === verdict).length;
  return [
    `of ${exactly(barriers.length, 'weakening')} ${count('needed')} break it, ` +
      `${count('not-needed')} are not needed at these sizes, ${count('not-reached')} not reached`,
  ];
}

/** The section of a verification. */
export function verifySection(report: VerifyDocument): Section {
  const { plan, verdict, rows, faults, barriers, evidence, durationMs } = report;
  const ofLocks = faults.map((fault, i) => describeVerified(fault, `fault-${i + 1}`));
  const ofBarriers = barriers.flatMap(({ fault, ...weakened }, i) =>
    fault ? [describeVerified(fault, `barrier-${i + 1}`, weakened)] : [],
  );
  return {
    report,
    title: `verify ${plan.locks.join(', ')}`,
    verdict,
    word: verdict,
    says: saysOf(report),
    evidence: [evidence, ...barriersText(report)],
    figures: [
      ['rows', String(rows.length)],
      ['states', formatCount(rows.reduce((sum, { states }) => sum + states, 0))],
      ['faults', String(faults.length)],
      ['time', formatMs(durationMs)],
    ],
    findings: [...ofLocks, ...ofBarriers],
    checks: checksOf(report, ofLocks),
  };
}
