import { mapWithBreath } from '../../base/bounds';
import { type Content, html } from '../../base/sinks/markup';
import type { ExploreDocument, StressDocument } from '../../reports/schemas';
import type { Section } from '../section';
import { latencyMarkup } from './plots';
import { opTable, outcomeTable, sweepTable } from './tables';

/** What a page has of a report beside what all have: before its faults, and after them. */
export type OwnParts = readonly [before: Content, after: Content];

/** Of a run on real threads. */
export async function stressParts(report: StressDocument): Promise<OwnParts> {
  const after = html`<section class="part"><h2>What ran</h2>${outcomeTable(report.outcomes, 'outcomes of the rounds')}${opTable(report)}${await latencyMarkup(report)}</section>`;
  return [undefined, after];
}

/** Of an exploration, or of all scenarios. */
export async function exploreParts(report: ExploreDocument, section: Section): Promise<OwnParts> {
  if (report.scenarios) {
    const outcomes = await mapWithBreath(report.scenarios, (one) =>
      outcomeTable(one.outcomes, one.scenario),
    );
    const each = html`<details class="plan"><summary>Outcomes of each scenario</summary>${outcomes}</details>`;
    return [html`<section class="part">${await sweepTable(section)}${each}</section>`, undefined];
  }
  const table = outcomeTable(report.outcomes, 'outcomes of the executions');
  return [undefined, table && html`<section class="part"><h2>Outcomes</h2>${table}</section>`];
}
