import { groupedBy, hasBit, largest, mapWithBreath } from '../../base/bounds';
import { type Content, html, type Markup } from '../../base/sinks/markup';
import { exactly } from '../../base/text';
import type { MatrixDocument } from '../../reports/documents';
import { weighPatches } from '../../reports/matrix-patches';
import { PATCH_HEADS, PATCH_LEGEND, patchRows } from '../../reports/matrix-tables';
import { patches } from '../../tables/patches';
import type { FaultKind } from '../../tables/tables';
import { disagreementText, subsetText } from '../kinds/matrix';

const CELL = 4;
const ROW = 15;
const STRIP = 13;
/** Of the names, which stay where the map is wider than the screen and moves below them. */
const LEFT = 160;
const TOP = 4;
const GAP = 14;
const DISAGREEMENTS_SHOWN = 40;
/** Kinds in a cell beyond which it gets no darker. */
const DARKEST = 4;
const SERIES = [...patches.parse('series')];

type Cell = MatrixDocument['cells'][number];

const kindsOf = (effects: readonly { kind: string; contexts: number }[]): string =>
  effects.map(({ kind, contexts }) => `${kind} in ${contexts}`).join(', ');

/** What each patch fixes and breaks, as the terminal has it. */
function patchTable(report: MatrixDocument): Markup {
  const heads = PATCH_HEADS.map((title) => html`<th scope="col">${title}</th>`);
  const rows = patchRows(report).map(
    ([patch, ...rest]) =>
      html`<tr><th scope="row">${patch}</th>${rest.map((text, i) => html`<td data-head="${PATCH_HEADS[i + 1]}">${text}</td>`)}</tr>`,
  );
  return html`<figure><table class="data stacked"><caption>What each patch fixes and breaks</caption><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table><figcaption>${PATCH_LEGEND}</figcaption></figure>`;
}

/** Patch x scenario: in how many subsets of the others the patch changes what can happen. */
async function patchMap({ plan, cells }: MatrixDocument): Promise<Markup> {
  const cellsOf = groupedBy(cells, ({ scenario }) => scenario);
  const weighed = await mapWithBreath(plan.scenarios, (name) => ({
    name,
    patches: weighPatches(
      cellsOf(name).map((cell) => ({ ...cell, faults: cell.faults as FaultKind[] })),
    ),
  }));
  const heads = plan.scenarios.map((name) => html`<th scope="col"><span>${name}</span></th>`);
  const rows = await mapWithBreath(SERIES, ({ no, slug, prevents }, i) => {
    const own = weighed.map(({ name, patches: all }) => {
      const patch = all[i];
      if (!patch || patch.of === 0) return html`<td class="none">·</td>`;
      const { contexts, of, fixes, breaks } = patch;
      const share = contexts / of;
      const says = [
        `${name}: ${no} ${slug} changes what can happen in ${contexts} of ${of} subsets`,
        fixes.length > 0 && `fixes ${kindsOf(fixes)}`,
        breaks.length > 0 && `breaks ${kindsOf(breaks)}`,
      ].filter(Boolean);
      const brings = breaks.length > 0;
      return html`<td class="${contexts === 0 ? 'none' : ''}${share > 0.55 && ' strong'}" style="--share:${share.toFixed(3)}" title="${says.join('; ')}">${contexts === 0 ? '·' : contexts}${brings && html`<sup aria-label="and breaks something">▲</sup>`}</td>`;
    });
    return html`<tr><th scope="row" title="${prevents}"><b>${no}</b> ${slug}</th>${own}</tr>`;
  });
  const of = largest(
    weighed.flatMap(({ patches: all }) => all.map((patch) => patch.of)),
    0,
  );
  return html`<figure class="patch-map"><div class="scroll"><table><caption>Patch × scenario</caption><thead><tr><td></td>${heads}</tr></thead><tbody>${rows}</tbody></table></div>
  <figcaption>In how many subsets of the other patches (of ${of}) a patch changes what can happen in a scenario: the stronger the color, the more. ▲ it also lets something in that was not there without it.</figcaption></figure>`;
}

/** Rectangles of one color as a single path: thousands of cells, and a page that stays small. */
class Layer {
  readonly #runs: string[] = [];

  add(x: number, y: number, width: number, height: number): void {
    this.#runs.push(`M${x},${y}h${width}v${height}h${-width}z`);
  }

  path(classes: string, style = ''): Content {
    if (this.#runs.length === 0) return undefined;
    return html`<path class="${classes}" style="${style}" d="${this.#runs.join('')}"/>`;
  }
}

/** The level of a cell: 0 clean, then by the number of kinds; undefined: not looked at. */
function levelOf(cell: Cell | undefined): number | undefined {
  if (!cell) return undefined;
  return Math.min(DARKEST, cell.faults.length);
}

/** Equal neighbours are one rectangle. */
function fillRow(
  layers: readonly Layer[],
  levels: readonly (number | undefined)[],
  y: number,
): void {
  for (let start = 0; start < levels.length; ) {
    const level = levels[start];
    let end = start + 1;
    while (end < levels.length && levels[end] === level) end += 1;
    if (level !== undefined) {
      layers[level]?.add(start * CELL, y, (end - start) * CELL, ROW - 1);
    }
    start = end;
  }
}

/** Every subset x every scenario, and below it which patches a subset has. */
async function subsetMap({ plan, cells, cleanMasks }: MatrixDocument): Promise<Markup> {
  const masks = plan.masks.toSorted((a, b) => a - b);
  const byKey = new Map(cells.map((cell) => [`${cell.mask} ${cell.scenario}`, cell]));
  const at = (mask: number, scenario: string): Cell | undefined => byKey.get(`${mask} ${scenario}`);
  const sets = [...new Set(cells.map(({ faults }) => faults.join(', ')))];
  const codeOf = new Map(sets.map((text, code) => [text, code]));
  const columnOf = new Map(masks.map((mask, column) => [mask, column]));
  const layers = Array.from({ length: DARKEST + 1 }, () => new Layer());
  const strips = new Layer();
  const width = masks.length * CELL + 8;
  const stripTop = TOP + plan.scenarios.length * ROW + GAP;
  const height = stripTop + SERIES.length * STRIP + 12;

  const labels = await mapWithBreath(plan.scenarios, (name, i) => {
    fillRow(
      layers,
      masks.map((mask) => levelOf(at(mask, name))),
      TOP + i * ROW,
    );
    return html`<text x="${LEFT - 8}" y="${TOP + i * ROW + 11}">${name}</text>`;
  });
  const patchLabels = SERIES.map(({ no, slug, bit }, i) => {
    const y = stripTop + i * STRIP;
    for (const [column, mask] of masks.entries()) {
      if (hasBit(mask, bit)) strips.add(column * CELL, y, CELL, STRIP - 3);
    }
    return html`<text x="${LEFT - 8}" y="${y + 9}">${no} ${slug}</text>`;
  });
  const clean = cleanMasks.map((mask) => {
    const x = (columnOf.get(mask) ?? -1) * CELL + CELL / 2;
    return html`<path class="clean-mark" d="M${x},${stripTop - 10}l4,8h-8z"><title>${subsetText(mask)}: clean</title></path>`;
  });
  const codes = await mapWithBreath(plan.scenarios, (name) =>
    masks.map((mask) => codeOf.get(at(mask, name)?.faults.join(', ') ?? '-') ?? -1).join(','),
  );
  const data = {
    masks: masks.map((mask) => `${subsetText(mask)} (${mask})`),
    scenarios: plan.scenarios,
    sets,
    cells: codes,
  };
  const faults = layers
    .slice(1)
    .map((layer, i) => layer.path('level', `--level:${((i + 1) / DARKEST).toFixed(2)}`));
  return html`<figure class="subset-map"><h3>Every subset × every scenario</h3>
  <div class="scroll"><svg class="names" viewBox="0 0 ${LEFT} ${height}" width="${LEFT}" height="${height}" style="--width:${LEFT}" aria-hidden="true">${labels}${patchLabels}</svg>
  <svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" style="--width:${width}" tabindex="0" role="application" aria-label="Subsets of the patches by scenario; move with the arrow keys" data-map="${JSON.stringify(data)}" data-top="${TOP}" data-cell="${CELL}" data-row="${ROW}">
  ${layers[0]?.path('level-clean')}${faults}${strips.path('strip')}${clean}
  <rect class="cursor" width="${CELL}" height="${ROW - 1}" visibility="hidden"/></svg></div>
  <p class="now" role="status">Point at a cell, or move with the arrow keys.</p>
  <figcaption><span class="swatch level-clean"></span> no fault can be reached; <span class="swatch level" style="--level:.25"></span> one kind, <span class="swatch level" style="--level:1"></span> four or more. Below: the patches that a subset has. ▲ clean in every scenario.</figcaption></figure>`;
}

function disagreements({ disagreements: all }: MatrixDocument): Content {
  if (all.length === 0) return undefined;
  const shown = all.slice(0, DISAGREEMENTS_SHOWN);
  const more = all.length - shown.length;
  return html`<h3>${exactly(all.length, 'cell')} not as the formulas say</h3><ul>${shown.map((one) => html`<li>${disagreementText(one)}</li>`)}${more > 0 && html`<li>and ${more} more</li>`}</ul>`;
}

/** Which patches are needed where, and which subsets are clean. */
export async function matrixMarkup(report: MatrixDocument): Promise<Markup> {
  return html`<section class="part"><h2>Which patches are needed, and where</h2>${disagreements(report)}${patchTable(report)}${await patchMap(report)}${await subsetMap(report)}</section>`;
}
