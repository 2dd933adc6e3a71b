import { groupedBy, mapWithBreath } from '../../base/bounds';
import { html, type Markup } from '../../base/sinks/markup';
import { formatCount, formatMs } from '../../base/text';
import type { DemoDocument } from '../../reports/documents';
import type { Finding } from '../../story/finding';
import { verdictTag } from './tables';

/** The one table that the tour ends in, its faults as links, and what was clean. */
export async function demoMarkup(
  { rows, clean }: DemoDocument,
  findings: readonly Finding[],
): Promise<Markup> {
  // Among several reports each id has its report before it.
  const findingsOf = groupedBy(findings, ({ id }) => id.replace(/^r\d+-/, ''));
  const body = await mapWithBreath(rows, (row) => {
    const { patch, slug, prevents, fault, means, msToFirst, how } = row;
    const [finding] = findingsOf(`fault-${patch}`);
    const seen = fault === null ? 'none in its time' : fault;
    const link = finding ? html`<a href="#${finding.id}">${seen}</a>` : seen;
    return html`<tr><th scope="row"><b>${patch}</b> ${slug}</th><td>${prevents}</td><td>${link}<br><span class="quiet">${means ?? ''}</span></td><td class="number">${msToFirst === null ? '-' : formatMs(msToFirst)}</td><td>${how}</td></tr>`;
  });
  const quiet = clean.map(
    ({ scenario, ops, faults }) =>
      html`<tr><th scope="row">${scenario}</th><td class="number">${formatCount(ops)}</td><td>${faults.length === 0 ? verdictTag('clean') : verdictTag('fault', faults.join(', '))}</td></tr>`,
  );
  return html`<section class="part"><h2>Each patch left out</h2>
  <div class="scroll"><table class="data"><thead><tr><th scope="col">left out</th><th scope="col">prevents</th><th scope="col">fault seen</th><th scope="col" class="number">after</th><th scope="col">how</th></tr></thead><tbody>${body}</tbody></table></div>
  <ul class="key"><li><b>race</b> two CPUs at the wrong moment</li><li><b>always</b> a rule broken on every way through, no race needed</li><li><b>sequential</b> shows even when one thing is done after the other</li></ul>
  <details class="plan"><summary>With every patch in: ${clean.length} runs</summary><table class="data"><thead><tr><th scope="col">scenario</th><th scope="col" class="number">operations</th><th scope="col">verdict</th></tr></thead><tbody>${quiet}</tbody></table></details></section>`;
}
