import fs from 'node:fs';
import path from 'node:path';
import { breath } from '../../base/bounds';
import { describedSvg, noticeSvg, withFooter } from '../../base/sinks/markup';
import { wrapText } from '../../base/wrap';
import { config, FONT, plotColors, type Spec } from './theme';

/** A drawn plot. */
export interface Plot {
  /** A name for its file: `throughput-vs-threads`. */
  name: string;
  /** What it shows, in a line. */
  title: string;
  /** What a reader has to know to read it. */
  caption: string;
  /** The text of an SVG file. */
  svg: string;
}

/** A plot that is not drawn yet. */
export interface Sketch extends Omit<Plot, 'svg'> {
  spec: Spec;
  /** What it was measured on, and which cells it shows: lines below the picture. */
  footer?: readonly string[];
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
  return { name, title, caption, svg: noticeSvg(caption).text };
}

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
    const { name, title, caption, spec } = sketch;
    const complain = (text: string): void => warn(`${name}: ${text}`);
    const svg = await drawSvg({ config, ...(withOwnNames(spec) as Spec) }, complain).catch(
      (error: unknown) => {
        // Figures of strangers may be such that no axis fits them: that costs one plot.
        complain(String(error));
        return noticeSvg(`This plot could not be drawn: ${String(error)}`).text;
      },
    );
    plots.push({
      name,
      title,
      caption,
      svg: describedSvg(footed(svg, sketch.footer ?? []), title, caption).text,
    });
  }
  return plots;
}
