/** A piece of HTML that is safe to put into a page. */
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

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Reports come from other machines: a name may hold anything. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
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
