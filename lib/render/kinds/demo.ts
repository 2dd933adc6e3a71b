import { breath, memberOf } from '../../base/bounds';
import { exactly, formatCount, formatMs } from '../../base/text';
import type { DemoDocument } from '../../reports/documents';
import { describeFault, type Fact, type Finding } from '../../story/finding';
import { replayed } from '../replayed';
import type { Check, Section } from '../section';

type Row = DemoDocument['rows'][number];

/** A tour has a row for each patch; of a file with more, the first are drawn. */
const DRAWN_MAX = 100;
const NOT_DRAWN: Fact = ['diagram', `none: the first ${DRAWN_MAX} faults of a tour are drawn`];

const HOW_SAYS: Record<string, string> = {
  race: 'two CPUs at the wrong moment',
  always: 'a rule broken on every way through, no race needed',
  sequential: 'shows even when one thing is done after the other',
};

/** The fault of a row: what the threads met, and the schedule of its ticket. */
async function describeRow(row: Row, kind: string, draw: boolean): Promise<Finding> {
  await breath();
  const drawing = row.ticket === null || !draw ? undefined : await replayed(row.ticket);
  const { fault } = drawing ?? {};
  const time = row.msToFirst === null ? '' : `, after ${formatMs(row.msToFirst)}`;
  const same = fault === undefined || fault === null || fault.kind === kind;
  const told = fault ?? { kind, message: row.means ?? '' };
  const finding = describeFault(
    { ...told, preventedBy: [row.patch], ticket: row.ticket ?? undefined },
    {
      id: `fault-${row.patch}`,
      scenario: row.scenario,
      where: `${row.scenario}, patch ${row.patch} ${row.slug} left out`,
      facts: [
        ['met', `${same ? '' : `${kind}, `}on real threads${time}`],
        ['takes', memberOf(HOW_SAYS, row.how) ?? row.how],
        ...(row.ticket === null || draw ? [] : [NOT_DRAWN]),
      ],
      drawing,
      isRace: (drawing?.preemptions ?? 0) > 0,
    },
  );
  return drawing ? finding : { ...finding, title: `BUG: ${kind}` };
}

function checksOf({ rows, clean }: DemoDocument): Check[] {
  const shown = rows.map(({ patch, slug, fault }): Check => {
    const name = `${patch} ${slug} left out shows its fault`;
    if (fault !== null) return { group: 'demo', name };
    const title = 'no fault within the time it had';
    return { group: 'demo', name, failed: { title, text: title } };
  });
  const quiet = clean.map(({ scenario, faults }): Check => {
    const name = `${scenario} is clean with every patch in`;
    if (faults.length === 0) return { group: 'demo', name };
    const title = `faults: ${faults.join(', ')}`;
    return { group: 'demo', name, failed: { title, text: title } };
  });
  return [...shown, ...quiet];
}

/** What has no diagram says so. */
function notDrawn(count: number): string[] {
  if (count <= DRAWN_MAX) return [];
  const rest = (count - DRAWN_MAX).toLocaleString('en-US');
  return [`the first ${DRAWN_MAX} faults are drawn; of the other ${rest} no diagram is drawn`];
}

/** The section of the tour. */
export async function demoSection(report: DemoDocument): Promise<Section> {
  const { rows, clean, verdict, allClean, durationMs, plan } = report;
  const findings: Finding[] = [];
  for (const row of rows) {
    if (row.fault === null) continue;
    findings.push(await describeRow(row, row.fault, findings.length < DRAWN_MAX));
  }
  const ops = clean.reduce((sum, run) => sum + run.ops, 0);
  const words = { clean: 'as expected', fault: 'not as expected', unfinished: 'unfinished' };
  const seen = findings.length;
  return {
    report,
    title: 'the tour of the eight patches',
    verdict,
    word: words[verdict],
    says: `${seen} of ${exactly(rows.length, 'patch', 'patches')} left out showed what they are for; ${allClean ? 'no fault with all of them in' : 'not clean with all of them in'}.`,
    evidence: [
      ...notDrawn(seen),
      'each fault below was met on real threads, and the explorer found a short way to it',
      `with every patch in: ${exactly(ops, 'operation')} in ${exactly(clean.length, 'run')} on real threads, which prove nothing; \`matrix\` does`,
    ],
    figures: [
      ['patches', String(rows.length)],
      ['faults shown', String(seen)],
      ['operations with all in', formatCount(ops)],
      ['time', formatMs(durationMs)],
      ['seed', String(plan.seed)],
    ],
    findings,
    checks: checksOf(report),
  };
}
