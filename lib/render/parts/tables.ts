import { groupedBy, largest, mapWithBreath } from '../../base/bounds';
import { type Content, html, type Markup } from '../../base/sinks/markup';
import { exactly, formatCount, formatMs, formatNs } from '../../base/text';
import type { ExploreDocument, ReportDocument, StressDocument } from '../../reports/documents';
import { latencyLabel } from '../../reports/latency';
import { noFaultText } from '../../tables/limit';
import { patchesText } from '../../tables/patches';
import type { Section } from '../section';

type Outcome = StressDocument['outcomes'][number];

const GRADES: Record<Outcome['grade'], readonly [sign: string, says: string]> = {
  acceptable: ['✓', 'also seen when the programs run one after another, or allowed'],
  interesting: ['◆', 'takes concurrency, or is not one of those that are allowed'],
  forbidden: ['✕', 'a fault'],
};

/** The outcomes of a scenario, each with its grade and its share. */
export function outcomeTable(outcomes: readonly Outcome[], of: string): Content {
  if (outcomes.length === 0) return undefined;
  const most = largest(outcomes.map(({ count }) => count));
  const rows = outcomes.map(({ results, count, grade }) => {
    const [sign] = GRADES[grade];
    const share = most > 0 ? count / most : 0;
    return html`<tr class="grade-${grade}"><td><code>${results}</code></td><td class="number">${count.toLocaleString('en-US')}</td><td class="bar"><span style="width:${(share * 100).toFixed(1)}%"></span></td><td class="grade"><span aria-hidden="true">${sign}</span> ${grade}</td></tr>`;
  });
  const seen = new Set(outcomes.map(({ grade }) => grade));
  const legend = (Object.keys(GRADES) as Outcome['grade'][])
    .filter((grade) => seen.has(grade))
    .map((grade) => html`<li><b class="grade-${grade}">${grade}</b> ${GRADES[grade][1]}</li>`);
  return html`<div class="scroll"><table class="data outcomes"><caption>${of}</caption><thead><tr><th scope="col">outcome</th><th scope="col" class="number">count</th><th scope="col"><span class="unseen">share</span></th><th scope="col">grade</th></tr></thead><tbody>${rows}</tbody></table></div><ul class="key">${legend}</ul>`;
}

/** What became of each operation. */
export function opTable(report: StressDocument): Content {
  const rows = Object.entries(report.ops);
  if (rows.length === 0) return undefined;
  const timed = rows.some(([, { latencyNs }]) => latencyNs);
  const body = rows.map(([op, { count, ok, errors, latencyNs }]) => {
    const errorText = Object.entries(errors).map(([name, n]) => `${name} ${formatCount(n)}`);
    const times = latencyNs && [
      latencyNs.p50,
      latencyNs.p90,
      latencyNs.p99,
      latencyNs.p999,
      latencyNs.max,
    ];
    return html`<tr><th scope="row">${op}</th><td class="number">${count.toLocaleString('en-US')}</td><td class="number">${ok.toLocaleString('en-US')}</td><td>${errorText.join(', ')}</td>${
      timed && (times ?? []).map((ns) => html`<td class="number">${formatNs(ns)}</td>`)
    }</tr>`;
  });
  const label = latencyLabel(report);
  const percentiles = ['p50', 'p90', 'p99', 'p99.9', 'max'].map(
    (name) => html`<th scope="col" class="number">${name}</th>`,
  );
  return html`<div class="scroll"><table class="data"><caption>operations</caption><thead><tr><th scope="col">operation</th><th scope="col" class="number">count</th><th scope="col" class="number">ok</th><th scope="col">errors</th>${timed && percentiles}</tr></thead><tbody>${body}</tbody></table></div>${timed && label !== '' && html`<p>${label}</p>`}`;
}

/** Every scenario of a sweep in a line, its faults as links. */
export async function sweepTable({ report, findings }: Section): Promise<Content> {
  const { scenarios } = report as ExploreDocument;
  if (!scenarios) return undefined;
  const findingsOf = groupedBy(findings, ({ scenario }) => scenario);
  const rows = await mapWithBreath(scenarios, (one) => {
    const own = findingsOf(one.scenario);
    const links = own.map(({ id, kind }, i) => html`${i > 0 && ', '}<a href="#${id}">${kind}</a>`);
    const none = noFaultText(one);
    return html`<tr><th scope="row">${one.scenario}</th><td>${verdictTag(one.verdict)}</td><td class="number">${formatCount(one.executions)}</td><td class="number">${formatCount(one.states)}</td><td class="number">${formatMs(one.durationMs)}</td><td>${own.length > 0 ? links : none}</td></tr>`;
  });
  return html`<div class="scroll"><table class="data"><caption>scenarios</caption><thead><tr><th scope="col">scenario</th><th scope="col">verdict</th><th scope="col" class="number">executions</th><th scope="col" class="number">states</th><th scope="col" class="number">time</th><th scope="col">faults</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

type Tone = ReportDocument['verdict'] | NonNullable<Section['tone']>;

const VERDICT_SIGNS: Record<Tone, string> = {
  doubtful: '⚠',
  clean: '✓',
  fault: '✕',
  unfinished: '…',
};

/** A verdict as a word with a sign: never by its color alone. */
export function verdictTag(verdict: Tone, word: string = verdict): Markup {
  return html`<span class="tag is-${verdict}"><span aria-hidden="true">${VERDICT_SIGNS[verdict]}</span> ${word}</span>`;
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) {
    return value.length > 24 ? exactly(value.length, 'value') : value.map(valueText).join(', ');
  }
  if (typeof value === 'object' && value !== null) {
    const { mask, names } = value as { mask?: unknown; names?: unknown };
    if (typeof mask === 'number' && Array.isArray(names)) {
      return `${patchesText({ mask, names })} (mask ${mask})`;
    }
    return JSON.stringify(value);
  }
  return String(value);
}

/** Every parameter, and where it ran: what is needed to do it again. */
export function planTable(report: ReportDocument): Markup {
  const { plan, environment, version, complete } = report;
  const where = Object.entries({ dmtorture: version, ...environment, complete });
  const row = ([name, value]: [string, unknown]): Markup =>
    html`<tr><th scope="row">${name}</th><td>${valueText(value)}</td></tr>`;
  return html`<details class="plan"><summary>Every parameter, and where it ran</summary><div class="columns">
  <table class="data"><caption>plan</caption><tbody>${Object.entries(plan).map(row)}</tbody></table>
  <table class="data"><caption>environment</caption><tbody>${where.map(row)}</tbody></table></div>${partTable(report)}</details>`;
}

/** The runs that a report was merged of: shards, seeds, machines. */
function partTable({ parts = [] }: ReportDocument): Content {
  if (parts.length === 0) return undefined;
  const rows = parts.map(
    ({ seed, shard, environment, durationMs, verdict, complete }, i) =>
      html`<tr><th scope="row">${i + 1}</th><td>${shard ? `${shard.index}/${shard.count}` : 'whole'}</td><td class="number">${seed}</td><td>${verdictTag(verdict, complete ? verdict : `${verdict}, stopped`)}</td><td class="number">${formatMs(durationMs)}</td><td>${environment.os}, ${environment.arch}, ${exactly(environment.cpus, 'CPU')}, ${environment.node}</td></tr>`,
  );
  return html`<div class="scroll"><table class="data"><caption>merged of ${parts.length} runs</caption><thead><tr><th scope="col">run</th><th scope="col">shard</th><th scope="col" class="number">seed</th><th scope="col">verdict</th><th scope="col" class="number">time</th><th scope="col">where</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
