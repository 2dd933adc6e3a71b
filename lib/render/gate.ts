import type { ReportDocument } from '../reports/documents';
import type { Check, Section } from './section';

type Expected = { kinds: string[]; missing: string[]; unexpected?: string[] | undefined };

/** What `--expect` wanted of a run; undefined where it wanted nothing. */
function expectedOf(report: ReportDocument): Expected | undefined {
  return report.kind === 'stress' || report.kind === 'explore' ? report.expected : undefined;
}

/** An expected fault passes; an expected fault that was not seen fails. */
function expectedCheck(check: Check, { kinds, missing }: Expected): Check {
  if (missing.includes(check.name)) {
    const title = `${check.name} was expected, and not seen`;
    return { ...check, failed: { title, text: title } };
  }
  return kinds.includes(check.name) ? { ...check, failed: undefined } : check;
}

function withExpected(section: Section): Section {
  const expected = expectedOf(section.report);
  if (!expected) return section;
  const { kinds, missing } = expected;
  const others = [...new Set(section.findings.map(({ kind }) => kind))];
  const unexpected = others.filter((kind) => !kinds.includes(kind));
  const wrong = [
    ...(missing.length > 0 ? [`did not see ${missing.join(', ')}`] : []),
    ...(unexpected.length > 0 ? [`saw ${unexpected.join(', ')} as well`] : []),
  ];
  const asWanted = wrong.length === 0;
  const { complete } = section.report;
  const verdict = complete ? 'clean' : 'unfinished';
  return {
    ...section,
    verdict: asWanted ? verdict : 'fault',
    word: asWanted ? `as expected${complete ? '' : ', unfinished'}` : 'not as expected',
    says: asWanted
      ? `${kinds.join(', ')} was to be seen, and was.`
      : `Expected ${kinds.join(', ')}, and ${wrong.join(', ')}.`,
    checks: section.checks.map((check) => expectedCheck(check, expected)),
  };
}

function withThresholds(section: Section): Section {
  const limits = (section.report.thresholds ?? []).map(({ threshold, held, says }) => ({
    text: threshold,
    held,
    says: says ?? threshold,
  }));
  const checks = limits.map(({ text, held, says }): Check => {
    const failed = held ? undefined : { title: says, text: says };
    return { group: 'thresholds', name: text, failed };
  });
  return { ...section, limits, checks: [...section.checks, ...checks] };
}

/**
 * A part of a run says so: what it lacks, others have, and without them a clean part is not a clean
 * run. Such a report alone is a merge that lacks the other shards.
 */
function withShard(section: Section): Section {
  const { shard } = section.report.plan as { shard?: { index: number; count: number } };
  if (!shard) return section;
  const name = `shard ${shard.index}/${shard.count}`;
  const title = `${section.title}, ${name}`;
  if (shard.count === 1) return { ...section, title };
  const evidence = [
    ...section.evidence,
    `one part of ${shard.count}; \`report\` makes the whole of them`,
  ];
  if (section.verdict === 'fault') return { ...section, title, evidence };
  return {
    ...section,
    title,
    evidence,
    verdict: 'unfinished',
    word: 'unfinished',
    says: `Of ${shard.count} shards this is one. ${section.says}`,
    checks: section.checks.map((check) =>
      check.failed || check.skipped ? check : { ...check, skipped: `${name} alone was looked at` },
    ),
  };
}

/** A section with what its run was held against: limits, faults to be seen, a share of the whole. */
export function heldAgainst(section: Section): Section {
  return withThresholds(withShard(withExpected(section)));
}
