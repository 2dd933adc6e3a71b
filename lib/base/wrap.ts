import { stripVTControlCharacters } from 'node:util';

/** What hangs is never narrower than this. */
const HANGING_MIN = 12;

/** Break a text at spaces into lines of at most `width`, colors uncounted; a longer word is cut. */
export function wrapText(text: string, width: number): string[] {
  if (visibleWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    if (line && visibleWidth(line) + 1 + visibleWidth(word) <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line) lines.push(line);
    while (word.length > width && visibleWidth(word) === word.length) {
      lines.push(word.slice(0, width));
      word = word.slice(width);
    }
    line = word;
  }
  lines.push(line);
  return lines;
}

function visibleWidth(text: string): number {
  return text.includes('\x1b') ? stripVTControlCharacters(text).length : text.length;
}

/** Lines of a text, indented from the second on, for a terminal `width` wide. */
export function hangingText(first: string, text: string, width: number): string {
  const indent = ' '.repeat(first.length);
  const room = Math.max(HANGING_MIN, width - first.length);
  return wrapText(text, room)
    .map((line, i) => (i === 0 ? first : indent) + line)
    .join('\n');
}
