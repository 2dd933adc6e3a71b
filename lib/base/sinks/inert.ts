/**
 * Text of strangers, before it stands in a line. Reports, journals and tickets come from other
 * machines, so any text in them may hold line breaks, escape sequences of terminals, or marks that
 * turn the direction of writing.
 */

declare const mark: unique symbol;

/** A text without line breaks and without characters that act: what acted is shown. */
export type InertText = string & { readonly [mark]: 'inert' };

/** Data whose every text is inert. Words that are known, such as a verdict, stay what they are. */
export type Inert<Data> = Data extends string
  ? string extends Data
    ? InertText
    : Data
  : Data extends (...args: never[]) => unknown
    ? Data
    : { [Key in keyof Data]: Inert<Data[Key]> };

/** Controls of both sets, line and paragraph separators, marks of direction, the byte order mark. */
const ACTING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be shown
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** A character as JSON writes it, so that JSON stays what it was. */
export function escaped(char: string): string {
  return SHORT.get(char) ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The text in one line; a character that would act is shown as JSON writes it: `\n`, `\u001b`. */
export function oneLine(text: string): InertText {
  return text.replace(ACTING, escaped) as InertText;
}

/**
 * A copy of data with every text and every key in one line, and nothing in it that acts.
 *
 * @param data - Made of what JSON can say; a method stays a method.
 */
export function inert<Data>(data: Data): Inert<Data> {
  return copyOf(data) as Inert<Data>;
}

function copyOf(data: unknown): unknown {
  if (typeof data === 'string') return oneLine(data);
  if (typeof data !== 'object' || data === null) return data;
  if (Array.isArray(data)) return withMethods(data, data.map(copyOf));
  if (data instanceof Map) return new Map([...data].map(([key, of]) => [copyOf(key), copyOf(of)]));
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(data)) {
    // An assignment to `__proto__` would be lost.
    Object.defineProperty(copy, oneLine(key), {
      value: copyOf(value),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return copy;
}

/** A trace is an array with a `toString()` of its own. */
function withMethods(from: object, to: unknown[]): unknown[] {
  const own = Object.getOwnPropertyDescriptor(from, 'toString');
  return own ? Object.defineProperty(to, 'toString', own) : to;
}
