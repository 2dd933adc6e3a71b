import { type Content, html, type Markup, raw } from '../../base/sinks/markup';
import { formatCount, formatMs, formatNs } from '../../base/text';
import type { BenchDocument, StressDocument } from '../../reports/documents';
import type { AppRow } from '../../reports/documents/bench-app';
import { confidenceOf, jainOf } from '../../reports/documents/bench-figures';
import { bySuite } from '../../reports/documents/bench-rows';
import { inPageColors } from '../colors';
import { latencyPlots } from '../latency';
import { benchPlots, type Plot } from '../plots/plots';

function plotFigure({ name, title, caption, panels, footer }: Plot): Markup {
  const images = panels.map((svg) => html`<div class="scroll">${raw(inPageColors(svg))}</div>`);
  const lines = footer.map((line) => html`<br><small>${line}</small>`);
  return html`<figure class="plot" id="plot-${name}"><h3>${title}</h3><div class="panels">${images}</div><figcaption>${caption}${lines}</figcaption></figure>`;
}

export async function latencyMarkup(report: StressDocument): Promise<Content> {
  return (await latencyPlots(report)).map(plotFigure);
}

type Column<Row> = readonly [title: string, of: (row: Row) => string];

function rowTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): Content {
  if (rows.length === 0) return undefined;
  const heads = columns.map(
    ([title], i) => html`<th scope="col" class="${i > 0 && 'number'}">${title}</th>`,
  );
  const body = rows.map(
    (row) =>
      html`<tr>${columns.map(([, of], i) => (i === 0 ? html`<th scope="row">${of(row)}</th>` : html`<td class="number">${of(row)}</td>`))}</tr>`,
  );
  return html`<div class="scroll"><table class="data"><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function interval(row: Parameters<typeof confidenceOf>[0], say: (value: number) => string): string {
  const [low, high] = confidenceOf(row) ?? [];
  return low === undefined || high === undefined ? '-' : `${say(low)} – ${say(high)}`;
}

/** Windows that a row's figures are medians of. */
const windowsOf = ({ windows }: { windows?: number[] | undefined }): string =>
  windows ? String(windows.length) : '-';
const ratio = (value: number | undefined): string => (value ? `${value.toFixed(2)}×` : '-');
const ns = (value: number): string => value.toFixed(value < 100 ? 1 : 0);

const appText = ({ leftOut }: AppRow, text: string): string => (leftOut === null ? text : '-');

function benchTables({ rows }: BenchDocument): Content {
  const { app, locks, rwlocks, minors, refcount, calls, explore } = bySuite(rows);
  return [
    rowTable(app, [
      ['lock', (row) => row.lock],
      ['n', (row) => String(row.n)],
      ['run time', (row) => appText(row, formatMs(row.runMs))],
      ['95 %', (row) => interval(row, formatMs)],
      ['of pthread_mutex', (row) => appText(row, row.vsPthread.toFixed(3))],
      ['95 % of that', (row) => interval({ ci95: row.vsPthreadCi95 }, (value) => value.toFixed(3))],
      ['left out', (row) => row.leftOut ?? ''],
    ]),
    rowTable(locks, [
      ['lock', (row) => row.lock],
      ['threads', (row) => String(row.threads)],
      ['held ns', (row) => String(row.holdNs)],
      ['outside ns', (row) => String(row.outsideNs)],
      ['per second', (row) => formatCount(row.opsPerSecond)],
      ['n', windowsOf],
      ['95 %', (row) => interval(row, formatCount)],
      ['pthread_mutex', (row) => ratio(row.vsMutex)],
      ['handoffs', (row) => `${(row.handoffRatio * 100).toFixed(0)} %`],
      ['Jain', (row) => jainOf(row).toFixed(3)],
      ['CPU ns', (row) => ns(row.cpuNsPerOp)],
      ['p99.9', (row) => formatNs(row.waitNs.p999)],
      ['corrected', (row) => formatNs(row.waitNsCorrected.p999)],
    ]),
    rowTable(rwlocks, [
      ['lock', (row) => row.lock],
      ['threads', (row) => String(row.threads)],
      ['readers', (row) => `${row.readPercent} %`],
      ['held ns', (row) => String(row.holdNs)],
      ['outside ns', (row) => String(row.outsideNs)],
      ['per second', (row) => formatCount(row.opsPerSecond)],
      ['n', windowsOf],
      ['95 %', (row) => interval(row, formatCount)],
      ['pthread_rwlock', (row) => ratio(row.vsRwlock)],
      ['Jain', (row) => jainOf(row).toFixed(3)],
      ['CPU ns', (row) => ns(row.cpuNsPerOp)],
      ['read p99', (row) => formatNs(row.readWaitNs.p99)],
      ['write p99', (row) => (row.readPercent < 100 ? formatNs(row.writeWaitNs.p99) : '-')],
      ['read again', (row) => `${((row.rereads ?? 0) * 100).toFixed(2)} %`],
    ]),
    rowTable(minors, [
      ['operation', (row) => row.op],
      ['order', (row) => row.order],
      ['ids', (row) => formatCount(row.n)],
      ['threads', (row) => String(row.threads)],
      ['ns', (row) => ns(row.nsPerOp)],
      ['n', windowsOf],
      ['95 %', (row) => interval(row, ns)],
      ['bare walk', (row) => ratio(row.vsBare)],
    ]),
    rowTable(refcount, [
      ['variant', (row) => row.variant],
      ['threads', (row) => String(row.threads)],
      ['counts', (row) => (row.shared ? 'shared' : 'private')],
      ['objects', (row) => (row.objects === undefined ? '-' : String(row.objects))],
      ['ns per pair', (row) => ns(row.nsPerPair)],
      ['n', windowsOf],
      ['95 %', (row) => interval(row, ns)],
      ['xadd', (row) => ratio(row.vsXadd)],
      ['last ns', (row) => (row.lastPutNs ? ns(row.lastPutNs) : '-')],
    ]),
    rowTable(calls, [
      ['call', (row) => row.call],
      ['ns', (row) => ns(row.ns)],
      ['n', windowsOf],
      ['95 %', (row) => interval(row, ns)],
      ['raw call', (row) => ratio(row.vsRaw)],
    ]),
    rowTable(explore, [
      ['scenario', (row) => row.scenario],
      ['threads', (row) => String(row.threads)],
      ['strategy', (row) => row.strategy],
      ['schedules per second', (row) => formatCount(row.schedulesPerSecond)],
      ['n', windowsOf],
      ['95 %', (row) => interval(row, formatCount)],
      ['ns per point', (row) => ns(row.nsPerPoint)],
      ['bare loop', (row) => ratio(row.vsBare)],
    ]),
  ];
}

/** The plots of a benchmark, and its figures. */
export async function benchMarkup(report: BenchDocument): Promise<Markup> {
  const plots = await benchPlots(report);
  return html`<section class="part"><h2>Plots</h2>${plots.map(plotFigure)}
  <details class="plan"><summary>Every figure</summary>${benchTables(report)}</details></section>`;
}
