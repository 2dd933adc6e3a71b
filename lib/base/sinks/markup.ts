/** A piece of HTML, SVG or XML that is safe to put into a document. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** What a template takes: texts and numbers are escaped, nothing is left out. */
export type Content = Markup | string | number | undefined | false | readonly Content[];

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
  ['\t', '&#9;'],
  ['\n', '&#10;'],
  ['\r', '&#13;'],
]);

/** What XML 1.0 has no way to say: most control characters, and halves of pairs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to go
const UNSAYABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

/** A text without what XML cannot say, so that a page or a picture stays well-formed. */
export const sayable = (text: string): string => text.replace(UNSAYABLE, '\ufffd');

/** Reports come from other machines: a name may hold anything. */
function escapeHtml(text: string): string {
  return sayable(text).replace(/[&<>"']/g, (char) => ESCAPES.get(char) ?? char);
}

function render(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(render).join('');
  return escapeHtml(String(content));
}

/** HTML from a template; everything that is put in is escaped, but pieces of HTML. */
export function html(pieces: TemplateStringsArray, ...contents: Content[]): Markup {
  return new Markup(pieces.reduce((text, piece, i) => text + render(contents[i - 1]) + piece));
}

/** Text that is HTML already, and ours. */
export const raw = (text: string): Markup => new Markup(text);

/** Text between two tags of an XML file, its lines as they are. */
export const xmlBody = (text: string): Markup =>
  raw(sayable(text).replace(/[&<>\r]/g, (char) => ESCAPES.get(char) ?? char));

/** A tag of an XML file, up to its end: an attribute keeps its tabs and line breaks. */
export function xmlTag(name: string, attributes: Record<string, string | number>): Markup {
  const quoted = (text: string): string =>
    sayable(text).replace(/[&<>"\t\n\r]/g, (char) => ESCAPES.get(char) ?? char);
  const texts = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${quoted(String(value))}"`,
  );
  return raw(`<${name}${texts.join('')}`);
}

/** A drawing that another program made as SVG, with a description for screen readers in its tag. */
export function describedSvg(svg: string, title: string, caption: string): Markup {
  const [open = ''] = /^<svg[^>]*>/.exec(svg) ?? [];
  const label = html`<svg role="img" aria-label="${`${title}. ${caption}`}"`;
  const head = open.replace('<svg', () => label.text);
  const marks = svg.slice(open.length).replace(/ (?:role|aria-roledescription)="[^"]*"/g, '');
  return raw(`${head}${html`<title>${title}</title>`.text}${sayable(marks)}`);
}

const SIZE = /^<svg[^>]*? width="([\d.]+)" height="([\d.]+)"/;
const GAP = 16;

/** Drawings beside each other, in rows no wider than `widthMax` unless one of them is. */
export function besideSvg(drawings: readonly string[], widthMax: number): Markup {
  if (drawings.length === 1) return raw(drawings[0] ?? '');
  let [x, y, across, below] = [0, 0, 0, 0];
  const placed = drawings.map((svg) => {
    const [, width, height] = (SIZE.exec(svg) ?? [0, 640, 32]).map(Number) as [
      number,
      number,
      number,
    ];
    if (x > 0 && x + width > widthMax) [x, y] = [0, below + GAP];
    const at = svg.replace('<svg', () => html`<svg x="${x}" y="${y}"`.text);
    x += width + GAP;
    [across, below] = [Math.max(across, x - GAP), Math.max(below, y + height)];
    return raw(at);
  });
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${across}" height="${below}" viewBox="0 0 ${across} ${below}">${placed}</svg>`;
}

/** A sentence in the place of a drawing. */
export const noticeSvg = (text: string): Markup =>
  html`<svg xmlns="http://www.w3.org/2000/svg" width="640" height="32" viewBox="0 0 640 32"><text x="8" y="20" font-family="sans-serif" font-size="12">${text}</text></svg>`;

const FOOTER_LINE = 13;

/** A drawing with lines of small text below it; one whose size is not known stays as it is. */
export function withFooter(
  svg: string,
  lines: readonly string[],
  { font, color }: { font: string; color: string },
): Markup {
  const open =
    /^<svg[^>]*? width="([\d.]+)" height="([\d.]+)" viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg);
  if (!open || lines.length === 0) return raw(svg);
  const height = Number(open[2]);
  const taller = open[0].replaceAll(`${open[2]}"`, `${height + (lines.length + 1) * FOOTER_LINE}"`);
  const texts = lines.map(
    (line, i) =>
      html`<text x="4" y="${height + (i + 1) * FOOTER_LINE}" font-family="${font}" font-size="10" fill="${color}">${line}</text>`,
  );
  const end = svg.lastIndexOf('</svg>');
  return raw(`${taller}${svg.slice(open[0].length, end)}${render(texts)}</svg>`);
}
