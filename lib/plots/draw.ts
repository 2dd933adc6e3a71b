import fs from 'node:fs';
import path from 'node:path';
import { config, type Spec } from './theme';

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
}

interface Engine {
  drawSvg(spec: Spec, warn: (text: string) => void): Promise<string>;
}

/** Made by scripts/bundle.cjs; most of a megabyte, and so loaded with the first plot. */
const ENGINE = path.join(__dirname, '../../dist/plots/engine.js');

function loadEngine(): Engine {
  if (!fs.existsSync(ENGINE)) throw new Error(`dmtorture bug: no ${ENGINE}; npm run build:ts`);
  return require(ENGINE) as Engine;
}

const XML_ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (c) => XML_ESCAPES[c] ?? c);

/** Screen readers get the title, and not hundreds of marks. */
function describe(svg: string, { title, caption }: Sketch): string {
  const label = escapeXml(`${title}. ${caption}`);
  const [open = ''] = /^<svg[^>]*>/.exec(svg) ?? [];
  const head = open.replace('<svg', `<svg role="img" aria-label="${label}"`);
  const marks = svg.slice(open.length).replace(/ (?:role|aria-roledescription)="[^"]*"/g, '');
  return `${head}<title>${escapeXml(title)}</title>${marks}`;
}

/**
 * Draw what was sketched, one after the other.
 *
 * @param warn - Told what Vega finds wrong with a sketch; tests make an error of it.
 */
export async function draw(
  sketches: readonly Sketch[],
  warn: (text: string) => void = () => undefined,
): Promise<Plot[]> {
  if (sketches.length === 0) return [];
  const { drawSvg } = loadEngine();
  const plots: Plot[] = [];
  for (const sketch of sketches) {
    const { name, title, caption, spec } = sketch;
    const svg = await drawSvg({ config, ...spec }, (text) => warn(`${name}: ${text}`));
    plots.push({ name, title, caption, svg: describe(svg, sketch) });
  }
  return plots;
}
