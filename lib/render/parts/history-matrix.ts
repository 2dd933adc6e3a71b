import { type Markdown, md, plain, prose, table } from '../../base/sinks/markdown';
import { type Content, html, type Markup } from '../../base/sinks/markup';
import { exactly } from '../../base/text';
import {
  disagreementText,
  effectRows,
  isKernel,
  isVaried,
  type Matrix,
  matrixEvidence,
  namedSets,
  ROW_HEADS,
  ROW_LEGEND,
  SCENARIO_HEADS,
  type ShownCell,
  scenarioRows,
  setsLegend,
  shownCells,
} from '../../reports/history-matrix-tables';

const CELL = 28;
const ROW = 20;
/** Of the names of scenarios, which stay where the map is wider than the screen and moves. */
const LEFT = 160;
/** Of the names of sets, which are read from below. */
const TOP = 62;
/** Kinds in a cell beyond which it gets no darker. */
const DARKEST = 4;
const DISAGREEMENTS_SHOWN = 40;

/** What is said of a cell where the pointer is. */
function cellText({ is, faults, changes }: ShownCell): string {
  const nothing = is === 'unknown' ? 'none was seen, and not all was looked at' : 'no fault';
  const kinds = faults.length > 0 ? faults.join(', ') : nothing;
  return [
    is === 'wrong' ? `NOT AS THE FORMULAS SAY: ${kinds}` : kinds,
    ...(changes.length > 0 ? [`something else with ${changes.join(' or ')}`] : []),
  ].join('; ');
}

function cellMarkup({ is, faults, changes }: ShownCell, x: number, y: number): Markup {
  const level = Math.min(DARKEST, faults.length) / DARKEST;
  const kind = is === 'clean' ? 'level-clean' : is === 'unknown' ? 'level-unknown' : 'level';
  const mark = is === 'wrong' ? '!' : is === 'unknown' ? '?' : faults.length || '';
  const text =
    mark !== '' &&
    html`<text class="mark" data-strong="${String(level > 0.6)}" x="${x + (CELL - 1) / 2}" y="${y + 14}">${mark}</text>`;
  const dot = changes.length > 0 && html`<path class="dot" d="M${x + CELL - 7},${y + 1}h5v5z"/>`;
  return html`<rect class="${kind}" style="--level:${level.toFixed(2)}" x="${x}" y="${y}" width="${CELL - 1}" height="${ROW - 1}"/>${is === 'wrong' && html`<rect class="wrong" x="${x}" y="${y}" width="${CELL - 1}" height="${ROW - 1}"/>`}${text}${dot}`;
}

/** Every named set x every scenario. */
function setMap(matrix: Matrix): Markup {
  const rows = shownCells(matrix);
  const sets = namedSets(matrix).map(({ set }) => set);
  const texts = [...new Set(rows.flatMap(({ cells }) => cells.map(cellText)))];
  const codeOf = new Map(texts.map((text, code) => [text, code]));
  const data = {
    masks: sets,
    scenarios: rows.map(({ scenario }) => scenario),
    sets: texts,
    cells: rows.map(({ cells }) => cells.map((cell) => codeOf.get(cellText(cell)) ?? -1).join()),
  };
  const [width, height] = [sets.length * CELL + 2, TOP + rows.length * ROW + 2];
  const names = rows.map(
    ({ scenario }, i) => html`<text x="${LEFT - 8}" y="${TOP + i * ROW + 14}">${scenario}</text>`,
  );
  const heads = sets.map((set, i) => {
    const [x, y] = [i * CELL + CELL / 2 + 4, TOP - 6];
    return html`<text class="head" x="${x}" y="${y}" transform="rotate(-90 ${x} ${y})">${set}</text>`;
  });
  const cells = rows.flatMap(({ cells: own }, row) =>
    own.map((cell, i) => cellMarkup(cell, i * CELL, TOP + row * ROW)),
  );
  const kernels = sets.filter(isKernel).length * CELL - 0.5;
  const edge = kernels > 0 && html`<path class="edge" d="M${kernels},${TOP - 4}V${height - 2}"/>`;
  return html`<figure class="subset-map set-map"><h3>Every kernel × every scenario</h3>
  <div class="scroll"><svg class="names" viewBox="0 0 ${LEFT} ${height}" width="${LEFT}" height="${height}" style="--width:${LEFT}" aria-hidden="true">${names}</svg>
  <svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" style="--width:${width}" tabindex="0" role="application" aria-label="Kernels by scenario; move with the arrow keys" data-map="${JSON.stringify(data)}" data-top="${TOP}" data-cell="${CELL}" data-row="${ROW}">
  ${heads}${cells}${edge}
  <rect class="cursor" width="${CELL - 1}" height="${ROW - 1}" visibility="hidden"/></svg></div>
  <p class="now" role="status">Point at a cell, or move with the arrow keys.</p>
  <figcaption>The oldest kernel is on the left; right of the line are the other named sets. <span class="swatch level-clean"></span> no fault can be reached; <span class="swatch level" style="--level:.25"></span> a number: how many kinds of fault can be; ? none was seen, and not all was looked at; ! the cell is not what the formulas say.${isVaried(matrix) && ' A corner: with one row left out, or one of the past put in, something else can happen.'}</figcaption></figure>`;
}

/** What each row changes, as the terminal has it. */
function effectTable(matrix: Matrix): Markup {
  const heads = ROW_HEADS.map((title) => html`<th scope="col">${title}</th>`);
  const rows = effectRows(matrix).map(
    ([row, ...rest]) =>
      html`<tr><th scope="row">${row}</th>${rest.map((text, i) => html`<td data-head="${ROW_HEADS[i + 1]}">${text}</td>`)}</tr>`,
  );
  return html`<figure><table class="data stacked"><caption>What each row takes away and brings</caption><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table><figcaption>${ROW_LEGEND}</figcaption></figure>`;
}

function disagreements({ disagreements: all }: Matrix): Content {
  if (all.length === 0) return undefined;
  const more = all.length - DISAGREEMENTS_SHOWN;
  const items = all
    .slice(0, DISAGREEMENTS_SHOWN)
    .map((one) => html`<li>${disagreementText(one)}</li>`);
  return html`<h3>${exactly(all.length, 'cell')} not as the formulas say</h3><ul>${items}${more > 0 && html`<li>and ${more} more</li>`}</ul>`;
}

/** Which kernel had which race, and which row matters. */
export function historyMatrixMarkup(matrix: Matrix): Markup {
  return html`<section class="part"><h2>Which kernel had which race</h2><p class="quiet">${matrixEvidence(matrix)}.</p>${disagreements(matrix)}${setMap(matrix)}${isVaried(matrix) && effectTable(matrix)}</section>`;
}

const asTable = (heads: readonly string[], rows: readonly string[][]): Markdown =>
  table(
    heads.map(plain),
    rows.map((row) => row.map(plain)),
  );

/** What Markdown has of it. */
export function historyMatrixMarkdown(matrix: Matrix): Markdown[] {
  return [
    md`**which kernel had which race**`,
    asTable(SCENARIO_HEADS, scenarioRows(matrix)),
    prose(setsLegend(matrix)),
    ...(isVaried(matrix) ? [asTable(ROW_HEADS, effectRows(matrix)), prose(ROW_LEGEND)] : []),
    prose(`${matrixEvidence(matrix)}.`),
    ...matrix.disagreements
      .slice(0, DISAGREEMENTS_SHOWN)
      .map((one) => prose(disagreementText(one))),
  ];
}
