// Vega-Lite without a page: a specification in, the text of an SVG out. scripts/bundle.cjs bundles
// it to dist/plots/engine.js; nothing loads that before a plot is wanted.
import { parse, textMetrics, View } from 'vega';
import { compile } from 'vega-lite';

/** Widths of Helvetica's letters, by which Arial and most others go, in thousandths of the size. */
const WIDTHS = [
  [222, "ijl'|"],
  [278, ' .,:;!/ftI[]\\'],
  [333, '()-r`"'],
  [500, 'ckszvxyJ'],
  [611, 'FTZ'],
  [667, 'ABEKPSVXY&'],
  [722, 'CDHNRUw'],
  [778, 'GOQ'],
  [833, 'mM'],
  [889, '%'],
  [944, 'W'],
];
const WIDTH_OTHER = 556;
/** Whose letters are wider still shall not be cut off either. */
const SPARE = 1.12;
const widths = new Map(WIDTHS.flatMap(([width, chars]) => [...chars].map((c) => [c, width])));

// There is no canvas to measure on, and its stand-in takes every letter for a wide one.
textMetrics.width = (item, text) => {
  const value = String(text ?? item.text ?? '');
  const units = [...value].reduce((sum, c) => sum + (widths.get(c) ?? WIDTH_OTHER), 0);
  const bold = item.fontWeight === 'bold' || item.fontWeight >= 600 ? 1.06 : 1;
  return (units / 1000) * (item.fontSize ?? 11) * bold * SPARE;
};

/** Vega's loggers print; this one calls back. */
function teller(warn) {
  const logger = { level: () => logger, info: () => logger, debug: () => logger };
  logger.warn = (...words) => {
    warn(words.join(' '));
    return logger;
  };
  logger.error = logger.warn;
  return logger;
}

/**
 * The SVG of a Vega-Lite specification.
 *
 * @param {object} spec
 * @param {(text: string) => void} warn - Gets what Vega finds wrong with it.
 * @returns {Promise<string>}
 */
export async function drawSvg(spec, warn) {
  const logger = teller(warn);
  const runtime = parse(compile(spec, { logger }).spec);
  const view = new View(runtime, { renderer: 'none', logger });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
