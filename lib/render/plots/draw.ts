import fs from 'node:fs';
import path from 'node:path';
import { breath } from '../../base/bounds';
import { besideSvg, describedSvg, noticeSvg, withFooter } from '../../base/sinks/markup';
import { wrapText } from '../../base/wrap';
import { groupBy } from './marks';
import { config, FONT, plotColors, type Spec } from './theme';

/** A drawn plot. */
export interface Plot {
  /** A name for its file: `throughput-vs-threads`. */
  name: string;
  /** What it shows, in a line. */
  title: string;
  /** What a reader has to know to read it. */
  caption: string;
  /** The text of an SVG file, which says by itself what it was measured on. */
  svg: string;
  /** Its panels, each an image, for a page that puts them beside or below each other. */
  panels: readonly string[];
  /** What it was measured on, and which cells it shows: where the panels stand alone. */
  footer: readonly string[];
}

/** A plot that is not drawn yet. */
export interface Sketch extends Omit<Plot, 'svg' | 'panels' | 'footer'> {
  /** One panel, or several that share their scales. A facet is several. */
  spec: Spec | readonly PanelSpec[];
  /** Lines below the picture. */
  footer?: readonly string[];
}

/** A part of a plot, which is drawn by itself. */
export interface PanelSpec {
  /** Lines above it. */
  head: string;
  spec: Spec;
}

interface Engine {
  drawSvg(spec: Spec, warn: (text: string) => void): Promise<string>;
}

/** Made by scripts/bundle.cjs; most of a megabyte, and so loaded with the first plot. */
const ENGINE = path.join(__dirname, '../../../dist/plots/engine.js');

function loadEngine(): Engine {
  if (!fs.existsSync(ENGINE)) throw new Error(`dmtorture bug: no ${ENGINE}; npm run build:ts`);
  return require(ENGINE) as Engine;
}

/** More than that nobody tells apart, and laying them out would take minutes and gigabytes. */
export const VALUES_DRAWN = 2000;

/** What stands in the place of a plot of more than can be drawn. */
export function tooMany(name: string, count: number, what: string, limit = VALUES_DRAWN): Plot {
  const [has, most] = [count, limit].map((number) => number.toLocaleString('en-US'));
  const title = `Too many ${what} for a plot`;
  const caption = `The report has ${has} ${what}; plots are drawn of ${most} at the most.`;
  const svg = noticeSvg(caption).text;
  return { name, title, caption, svg, panels: [svg], footer: [] };
}

/** Of a picture with several panels: as wide as a page is. */
const WIDTH_MAX = 880;

/** What a character of a footer takes of a picture's width. */
const FOOTER_CHAR = 5.4;
const FOOTER_COLUMNS_MIN = 40;

/** A picture with lines below it, so that it says by itself what it was measured on. */
function footed(svg: string, lines: readonly string[]): string {
  const width = Number(/^<svg[^>]*? width="([\d.]+)"/.exec(svg)?.[1] ?? 0);
  const columns = Math.max(FOOTER_COLUMNS_MIN, Math.floor(width / FOOTER_CHAR));
  const wrapped = lines.flatMap((line) => wrapText(line, columns));
  return withFooter(svg, wrapped, { font: FONT, color: plotColors.quiet }).text;
}

interface Faceted {
  data: { values: readonly { panel: string }[] };
  facet: { sort?: readonly string[]; column?: { sort: readonly string[] } };
  spec: Spec;
}

/** The panels of a plot: those of a facet, or the plot itself. */
export function panelsOf(spec: Sketch['spec']): readonly PanelSpec[] {
  if (Array.isArray(spec)) return spec;
  const { data, facet, spec: inner } = spec as unknown as Faceted;
  if (facet === undefined) return [{ head: '', spec: spec as Spec }];
  const byPanel = groupBy(data.values, ({ panel }) => panel);
  return (facet.column?.sort ?? facet.sort ?? []).map((head) => ({
    head,
    spec: { data: { values: byPanel.get(head) ?? [] }, ...inner },
  }));
}

/** `Throughput of every lock: 2 threads, 0 ns held`. */
const headText = (title: string, head: string): string =>
  head === '' ? title : `${title}: ${head.replaceAll('\n', ', ')}`;

const headed = ({ head, spec }: PanelSpec): Spec =>
  head === '' ? spec : { ...spec, title: { text: head.split('\n'), fontSize: 11 } };

/** Takes no room, and makes another name of a name. */
const ZERO_WIDTH = '\u200b';

/** Vega looks names up in plain objects: what every object has would be found in each of them. */
function withOwnNames(value: unknown): unknown {
  if (typeof value === 'string') return value in Object.prototype ? ZERO_WIDTH + value : value;
  if (Array.isArray(value)) return value.map(withOwnNames);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [key, withOwnNames(member)]);
  return Object.fromEntries(members);
}

/**
 * Draw what was sketched, one after the other.
 *
 * @param warn - Gets what Vega finds wrong with a sketch; tests make an error of it.
 */
export async function draw(
  sketches: readonly Sketch[],
  warn: (text: string) => void = () => undefined,
): Promise<Plot[]> {
  if (sketches.length === 0) return [];
  const { drawSvg } = loadEngine();
  const plots: Plot[] = [];
  for (const sketch of sketches) {
    await breath();
    const { name, title, caption, spec, footer = [] } = sketch;
    const complain = (text: string): void => warn(`${name}: ${text}`);
    const parts: { head: string; svg: string }[] = [];
    for (const panel of panelsOf(spec)) {
      const drawn = drawSvg({ config, ...(withOwnNames(headed(panel)) as Spec) }, complain);
      const svg = await drawn.catch((error: unknown) => {
        // Figures of strangers may be such that no axis fits them: that costs one panel.
        complain(String(error));
        return noticeSvg(`This plot could not be drawn: ${String(error)}`).text;
      });
      parts.push({ head: panel.head, svg });
    }
    const whole = besideSvg(
      parts.map(({ svg }) => svg),
      WIDTH_MAX,
    ).text;
    plots.push({
      name,
      title,
      caption,
      svg: describedSvg(footed(whole, footer), title, caption).text,
      panels: parts.map(({ head, svg }) => describedSvg(svg, headText(title, head), caption).text),
      footer,
    });
  }
  return plots;
}
