/** What plots are drawn with. A page may put colors of its own in the place of these. */
export const plotColors = {
  ink: '#1c2128',
  quiet: '#5c6570',
  line: '#c9ced6',
  grid: '#e6e9ee',
  paper: '#ffffff',
  /** Eight that the color-blind can tell apart: Okabe and Ito's, the light ones darkened for paper. */
  series: [
    '#0072b2',
    '#d55e00',
    '#009e73',
    '#c0689a',
    '#b98000',
    '#2e96d3',
    '#8c6d00',
    '#4d4d4d',
  ] as readonly string[],
} as const;

export const DASHES: readonly (readonly number[])[] = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 2, 2, 2],
];
export const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down'];

/** A specification of Vega-Lite, or a part of one. */
export interface Spec {
  [key: string]: unknown;
}

export const FONT = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif";

const label = { labelColor: plotColors.quiet, labelFontSize: 11, labelFont: FONT };
const title = { titleColor: plotColors.ink, titleFontSize: 11, titleFont: FONT };

/** The configuration that all plots share. */
export const config: Spec = {
  font: FONT,
  aria: false,
  background: 'transparent',
  padding: 4,
  view: { stroke: null },
  axis: {
    ...label,
    ...title,
    titleFontWeight: 'normal',
    domainColor: plotColors.line,
    tickColor: plotColors.line,
    gridColor: plotColors.grid,
    tickSize: 4,
    labelPadding: 4,
    titlePadding: 8,
  },
  header: { ...label, ...title, titleFontWeight: 'normal', labelFontWeight: 'bold' },
  legend: {
    ...label,
    ...title,
    titleFontWeight: 'normal',
    symbolStrokeWidth: 2,
    symbolSize: 60,
    symbolOpacity: 1,
    rowPadding: 3,
  },
  title: {
    color: plotColors.ink,
    font: FONT,
    fontSize: 12,
    anchor: 'start',
    fontWeight: 'bold',
    subtitleColor: plotColors.quiet,
    subtitleFontSize: 11,
    offset: 8,
  },
  line: { strokeWidth: 1.8 },
  point: { size: 42, filled: true, opacity: 1 },
  range: { category: plotColors.series },
};
