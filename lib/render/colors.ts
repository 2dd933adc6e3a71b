import { memberOf } from '../base/bounds';
import { plotColors } from './plots/theme';

/** Colors of the page: on white, and in the dark. Told apart by the color-blind, and by shape. */
const COLORS: Record<string, readonly [light: string, dark: string]> = {
  paper: ['#ffffff', '#12151a'],
  panel: ['#f5f7f9', '#1a1f26'],
  raised: ['#ffffff', '#20262e'],
  ink: ['#1c2128', '#e7eaee'],
  quiet: ['#5c6570', '#9ba6b2'],
  line: ['#d3d9e0', '#343c47'],
  grid: ['#e6e9ee', '#262d36'],
  accent: ['#0a5ca8', '#6fb6f5'],
  'accent-soft': ['#e4f0fb', '#16304a'],
  fault: ['#b83a00', '#ff9466'],
  'fault-soft': ['#fdeee6', '#3a2118'],
  clean: ['#00745a', '#45cba4'],
  'clean-soft': ['#e3f5ef', '#12312a'],
  warn: ['#7d5a00', '#e2b657'],
  'warn-soft': ['#fbf3dc', '#332a12'],
  cpu1: ['#0072b2', '#62b5ec'],
  cpu2: ['#b34d00', '#ff9b57'],
  cpu3: ['#007a59', '#3fcfa4'],
  cpu4: ['#99477a', '#e59ac8'],
};

/** The series of plots, in the dark. */
const SERIES_DARK = [
  '#5cb3ec',
  '#ff8f4a',
  '#35c99b',
  '#e59ac8',
  '#f0b73a',
  '#8fd3ff',
  '#cdb24a',
  '#b9c0c8',
];

const all = (): [name: string, light: string, dark: string][] => [
  ...Object.entries(COLORS).map(([name, [l, d]]): [string, string, string] => [name, l, d]),
  ...plotColors.series.map((light, i): [string, string, string] => [
    `series${i}`,
    light,
    SERIES_DARK[i] ?? light,
  ]),
];

/** A color as it is on paper. */
export function paperColor(name: string): string {
  return memberOf(COLORS, name)?.[0] ?? plotColors.ink;
}

/** The style sheet's variables: for the system's choice, and for the reader's. */
export function colorStyle(): string {
  const light = all().map(([name, color]) => `--${name}:${color}`);
  const dark = all().map(([name, , color]) => `--${name}:${color}`);
  const [day, night] = [
    `color-scheme:light;${light.join(';')}`,
    `color-scheme:dark;${dark.join(';')}`,
  ];
  return [
    `:root{${day}}`,
    `@media (prefers-color-scheme:dark){:root{${night}}}`,
    `:root[data-theme=light]{${day}}`,
    `:root[data-theme=dark]{${night}}`,
    // Paper is white, whatever the screen was.
    `@media print{:root,:root[data-theme]{${day}}}`,
  ].join('\n');
}

/** The plot as a part of a page: its colors are the page's. */
export function inPageColors(svg: string): string {
  const names = new Map([
    [plotColors.ink, 'ink'],
    [plotColors.quiet, 'quiet'],
    [plotColors.line, 'line'],
    [plotColors.grid, 'grid'],
    [plotColors.paper, 'paper'],
    ...plotColors.series.map((color, i): [string, string] => [color, `series${i}`]),
  ] as [string, string][]);
  return svg.replace(/="(#[0-9a-f]{6})"/g, (found, color: string) => {
    const name = names.get(color);
    return name === undefined ? found : `="var(--${name})"`;
  });
}
