import { groupedBy, mapWithBreath } from '../../base/bounds';
import { exactly, formatCount, formatMs } from '../../base/text';
import type { MatrixDocument } from '../../reports/documents';
import { memoryCalled } from '../../tables/memory';
import { patchesText } from '../../tables/patches';
import type { Check, Section } from '../section';

/** Names of clean subsets that are said; the page's figure has them all. */
const CLEAN_SAID = 4;
const DISAGREEMENTS_SAID = 20;
const PART = 'Some cells are not here; which subsets are clean, only the whole matrix says';

/** A subset by its shortest name. */
export const subsetText = (mask: number): string => patchesText({ mask, names: [`mask ${mask}`] });

/** Which subsets are clean, by name. */
export function cleanText({ cleanMasks, plan, complete }: MatrixDocument): string {
  const { length } = cleanMasks;
  const of = `${length === 0 ? 'none' : length} of ${exactly(plan.masks.length, 'subset')}`;
  const known = complete ? '' : 'known to be ';
  if (length === 0) return `${of} is ${known}clean`;
  const names = cleanMasks.slice(0, CLEAN_SAID).map((mask) => `${subsetText(mask)} (${mask})`);
  const more = length > names.length ? `, and ${length - names.length} more` : '';
  return `${of} ${known}clean: ${names.join(', ')}${more}`;
}

/** What a disagreement says: a cell against its scenario's formula. */
export function disagreementText({
  mask,
  scenario,
  kind,
  reachable,
}: MatrixDocument['disagreements'][number]): string {
  const can = reachable ? 'can be reached' : 'cannot be reached';
  return `${scenario} under ${subsetText(mask)} (mask ${mask}): ${kind} ${can}`;
}

async function checksOf({ plan, cells, disagreements }: MatrixDocument): Promise<Check[]> {
  const wrongOf = groupedBy(disagreements, ({ scenario }) => scenario);
  const cellsOf = groupedBy(cells, ({ scenario }) => scenario);
  return mapWithBreath(plan.scenarios, (scenario): Check => {
    const wrong = wrongOf(scenario);
    const name = `${scenario} is as its formulas say`;
    if (wrong.length > 0) {
      const lines = wrong.slice(0, DISAGREEMENTS_SAID).map(disagreementText);
      const more = wrong.length - lines.length;
      if (more > 0) lines.push(`and ${more} more`);
      const title = exactly(wrong.length, 'disagreement');
      return { group: 'matrix', name, failed: { title, text: lines.join('\n') } };
    }
    const exhausted = cellsOf(scenario).filter(({ exhaustive }) => exhaustive).length;
    const whole = exhausted === plan.masks.length;
    const skipped = `${exhausted} of ${exactly(plan.masks.length, 'subset')} exhausted`;
    return { group: 'matrix', name, skipped: whole ? undefined : skipped };
  });
}

/** The section of a matrix. */
export async function matrixSection(report: MatrixDocument): Promise<Section> {
  const { plan, cells, verdict, disagreements, executions, states, durationMs } = report;
  const exhausted = cells.filter(({ exhaustive }) => exhaustive).length;
  const all = plan.masks.length * plan.scenarios.length;
  const words = { clean: 'as expected', fault: 'not as expected', unfinished: 'unfinished' };
  const looked =
    exhausted === all
      ? `each of ${exactly(all, 'cell')} exhausted under ${memoryCalled(report.memory)}`
      : `${exhausted.toLocaleString('en-US')} of ${exactly(all, 'cell')} exhausted`;
  return {
    report,
    title: `matrix of ${exactly(plan.masks.length, 'subset')} × ${exactly(plan.scenarios.length, 'scenario')}`,
    verdict,
    word: words[verdict],
    says: cells.length < all ? `${PART}.` : `${cleanText(report)}.`,
    evidence: [
      looked,
      disagreements.length === 0
        ? 'every cell is what the formulas of its scenario say'
        : `${exactly(disagreements.length, 'disagreement')} with the formulas of the scenarios`,
    ],
    figures: [
      ['subsets', String(plan.masks.length)],
      ['scenarios', String(plan.scenarios.length)],
      ['executions', formatCount(executions)],
      ['states', formatCount(states)],
      ['time', formatMs(durationMs)],
    ],
    findings: [],
    checks: await checksOf(report),
  };
}
