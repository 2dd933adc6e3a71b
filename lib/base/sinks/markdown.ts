import { oneLine } from './inert';

declare const mark: unique symbol;

/** A piece of Markdown: what reports hold is text in it, and never markup. */
export type Markdown = string & { readonly [mark]: 'markdown' };

const SPACE = '\u200b';

/** What GitHub would make a link, a mention or a reference of, wherever it stands in a text. */
const LINKED = /[@#](?=\w)|:(?=\/\/)|\b(?:www|mailto|xmpp)(?=[.:])/gi;

/** A text in one line, of which nothing is read as Markdown or HTML. */
export const plain = (text: string): Markdown =>
  oneLine(text)
    .replace(/[\\`*_[\]<>|#~&$]/g, (char) => `\\${char}`)
    .replace(LINKED, (found) => found + SPACE) as Markdown;

/** The longest run of backticks. */
function longestFence(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** A code span; one that has backticks in it takes more around it. */
export function code(said: string): Markdown {
  const text = oneLine(said);
  const longest = longestFence(text);
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return `${fence}${space}${text}${space}${fence}` as Markdown;
}

/** Our sentences have code in backticks; what reports put into them is text. */
export const prose = (text: string): Markdown =>
  text
    .split('`')
    .map((piece, i) => (i % 2 === 1 && piece !== '' ? code(piece) : plain(piece)))
    .join('') as Markdown;

/** Lines as they are. */
export function block(lines: readonly string[]): Markdown {
  const text = lines.map(oneLine).join('\n');
  const fence = '`'.repeat(Math.max(3, longestFence(text) + 1));
  return `${fence}text\n${text}\n${fence}` as Markdown;
}

/** A bar in a cell would end it; one that is escaped already stays so. */
const cellOf = (cell: Markdown): string =>
  cell.replace(/\\[\s\S]|\|/g, (found) => (found === '|' ? '\\|' : found));

/** A table of cells; nothing where there are no rows. */
export function table(head: readonly Markdown[], rows: readonly (readonly Markdown[])[]): Markdown {
  if (rows.length === 0) return '' as Markdown;
  const line = (cells: readonly Markdown[]): string => `| ${cells.map(cellOf).join(' | ')} |`;
  const lines = [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)];
  return lines.join('\n') as Markdown;
}

/** Markdown of ours with pieces of Markdown in it. */
export function md(pieces: TemplateStringsArray, ...contents: readonly Markdown[]): Markdown {
  return pieces.reduce((text, piece, i) => text + (contents[i - 1] ?? '') + piece) as Markdown;
}

/** Pieces with something between them; empty ones are left out. */
export function joined(pieces: readonly Markdown[], between: string): Markdown {
  return pieces.filter((piece) => piece !== '').join(between) as Markdown;
}
