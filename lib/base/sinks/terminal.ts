import { escaped } from './inert';

declare const mark: unique symbol;

/** Text that a terminal, or a build server that reads along, can be given. */
export type TerminalText = string & { readonly [mark]: 'terminal' };

/** What the stream at the other end is. */
export interface TerminalKind {
  /** It shows colors. */
  colors: boolean;
  /** Lines may be wiped and written again. */
  live: boolean;
}

/** Characters that act, except the line break that ends our lines; tabs stand in our tables. */
const ACTING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be shown
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

// The colors and movements that are ours. Nothing hides text, sets a title, or asks for an answer.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one
const COLOR = /^\u001b\[(?:0|1|2|22|3[0-79]|9[0-7])m/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one
const MOVEMENT = /^(?:\r(?=\u001b\[2K)|\u001b\[(?:2K|1A|H|J))/;

/**
 * Actions runs what stands in a line as `::command::`, and `##[command]` wherever it stands. Only a
 * {@link WorkflowLine} may.
 */
const COMMAND = /^[^\S\n]*:(?=:)|#(?=#\[)/gm;

/**
 * The one way for text to standard output and standard error. Lines end where they end, our own
 * colors pass, and anything else that would act is shown as JSON writes it: a JSON document comes
 * through with the same meaning.
 */
export function terminalText(text: string, { colors, live }: TerminalKind): TerminalText {
  const shown = text.replace(ACTING, (char, at: number) => {
    const rest = char === '\u001b' || char === '\r' ? text.slice(at, at + 8) : '';
    const passes = (colors && COLOR.test(rest)) || (live && MOVEMENT.test(rest));
    return passes ? char : escaped(char);
  });
  return shown.replace(COMMAND, (found) =>
    found.endsWith(':') ? `${found.slice(0, -1)}\\u003a` : '\\u0023',
  ) as TerminalText;
}
