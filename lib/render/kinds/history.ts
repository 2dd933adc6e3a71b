import { breath, groupedBy } from '../../base/bounds';
import { exactly, formatMs } from '../../base/text';
import type { HistoryDocument } from '../../reports/documents';
import { cellsOf, disagreementText } from '../../reports/history-matrix-tables';
import {
  type Bug,
  bugFacts,
  MARK_LEGEND,
  MODEL_LEGEND,
  nameOf,
  placeText,
} from '../../reports/history-tables';
import { describeFault, type Finding } from '../../story/finding';
import { replayed } from '../replayed';
import type { Check, Section } from '../section';

/** A history has a row for each patch; of a file with more, the first are drawn. */
const DRAWN_MAX = 100;
const DISAGREEMENTS_SAID = 20;

/** A bug with its diagram, where its ticket can be replayed here. */
async function describeBug(bug: Bug, kind: string, draw: boolean): Promise<Finding> {
  await breath();
  const drawing = bug.ticket === null || !draw ? undefined : await replayed(bug.ticket);
  const told = drawing?.fault ?? { kind, message: '' };
  const finding = describeFault(
    { ...told, preventedBy: [], ticket: bug.ticket ?? undefined },
    {
      id: `bug-${bug.no}`,
      scenario: bug.scenario,
      // Of many cards the name says which bug it is.
      where: `${nameOf(bug)}: ${placeText(bug)}`,
      facts: [['bug', `${nameOf(bug)}: ${bug.title}. ${bug.says}`], ...bugFacts(bug)],
      drawing,
      isRace: (drawing?.preemptions ?? bug.preemptions ?? 0) > 0,
    },
  );
  return drawing ? finding : { ...finding, title: `BUG: ${kind}` };
}

function checksOf({ rows }: HistoryDocument): Check[] {
  return rows.map((bug): Check => {
    const name = `${nameOf(bug)} shows its fault, and is cured`;
    if (bug.holds) return { group: 'history', name };
    if (bug.holds === null) return { group: 'history', name, skipped: 'it was not looked at' };
    const title = 'it was not seen, or is there under the set that cures it';
    return { group: 'history', name, failed: { title, text: title } };
  });
}

/** A check for each scenario that has cells. */
function matrixChecks({ matrix }: HistoryDocument): Check[] {
  if (!matrix) return [];
  const all = cellsOf(matrix) / Math.max(1, matrix.scenarios.length);
  const wrongOf = groupedBy(matrix.disagreements, ({ scenario }) => scenario);
  const lookedAt = groupedBy(matrix.cells, ({ scenario }) => scenario);
  return matrix.scenarios.map((scenario): Check => {
    const name = `${scenario} is as its formulas say`;
    const wrong = wrongOf(scenario);
    if (wrong.length > 0) {
      const lines = wrong.slice(0, DISAGREEMENTS_SAID).map(disagreementText);
      const more = wrong.length - lines.length;
      if (more > 0) lines.push(`and ${more} more`);
      const title = exactly(wrong.length, 'disagreement');
      return { group: 'history', name, failed: { title, text: lines.join('\n') } };
    }
    const exhausted = lookedAt(scenario).filter(({ exhaustive }) => exhaustive).length;
    const skipped = `${exhausted} of ${exactly(all, 'program')} exhausted`;
    return { group: 'history', name, skipped: exhausted === all ? undefined : skipped };
  });
}

function titleOf({ plan, rows, patterns }: HistoryDocument): string {
  const [bug] = rows;
  const [pattern] = patterns;
  if (plan.row !== null && bug) return `history of ${nameOf(bug)}: ${bug.title}`;
  if (plan.pattern !== null && pattern) return `history: ${pattern.title}`;
  return 'Twenty years of lifetime bugs in the device mapper';
}

function seenText({ verdict, rows, matrix }: HistoryDocument): string {
  const bad = matrix?.disagreements.length ?? 0;
  const [held, cell] = [rows.every(({ holds }) => holds), bad === 1 ? 'cell is' : 'cells are'];
  if (bad > 0 && held) return `Each was seen; ${bad} ${cell} not what the formulas say.`;
  if (held) return 'Each was seen, and is gone under the patches that cure it.';
  if (verdict === 'unfinished') return 'Some of them were not looked at.';
  return 'Not each of them was seen, and gone under the patches that cure it.';
}

/** The section of a history. */
export async function historySection(report: HistoryDocument): Promise<Section> {
  const { rows, patterns, verdict, evidence, durationMs } = report;
  const findings: Finding[] = [];
  for (const bug of rows) {
    if (bug.fault !== null) {
      findings.push(await describeBug(bug, bug.fault, findings.length < DRAWN_MAX));
    }
  }
  const longest = rows.reduce((most, { months }) => Math.max(most, months), 0);
  const words = { clean: 'as expected', fault: 'not as expected', unfinished: 'unfinished' };
  const many = exactly(patterns.length, 'pattern');
  return {
    report,
    title: titleOf(report),
    verdict,
    word: words[verdict],
    says: `${exactly(rows.length, 'bug')} of ${many}. ${seenText(report)}`,
    evidence: [evidence, MODEL_LEGEND, MARK_LEGEND],
    figures: [
      ['bugs', String(rows.length)],
      ['patterns', String(patterns.length)],
      ...(longest > 0
        ? [['longest life', exactly(Math.round(longest / 12), 'year')] as const]
        : []),
      ['time', formatMs(durationMs)],
    ],
    findings,
    checks: [...checksOf(report), ...matrixChecks(report)],
  };
}
