import { DmTortureError } from '../../lib/base/errors';
import { checkDocument } from '../../lib/reports/documents';

/** Documents in which every text and every key wants to act wherever it is shown. */

/** Text that acts in a terminal, in a workflow, in Markdown, in a page and in XML. */
export const HOSTILE = [
  'zz\n::error title=pwned::pwned',
  '::stop-commands::x ##[add-mask]pwned\r\n  ::debug::pwned',
  '\u001b]0;PWNED\u0007\u001b[2J\u001b[8m\u009b31m\u0000\u0008\u007f\u202e\u2028\ufeff\ud800',
  '</text></title></script>]]><script>alert(1)</script><img src=x onerror="alert(2)" y=\'z\'>',
  '[l](javascript:alert(3)) ![i](http://pwned.invalid/p) <http://pwned.invalid> `c` ``d`` | e \\|',
  '# pwned @pwned #1 www.pwned.invalid http://pwned.invalid a@pwned.invalid &lt; $x$ ~~y~~ *z* end',
].join('\n');

/** Stands for a member that nobody knows, and for the name of a member. */
const [MORE, NAME] = ['\u0001more', '\u0001name'];

type Path = readonly (string | number)[];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy with every text and key made hostile, except where `keeps` says of a path. */
export function hostileCopy(
  value: unknown,
  keeps: (path: Path) => boolean,
  path: Path = [],
): unknown {
  if (typeof value === 'string') return keeps(path) ? value : HOSTILE;
  if (Array.isArray(value)) return value.map((one, i) => hostileCopy(one, keeps, [...path, i]));
  if (!isObject(value)) return value;
  const copy: Record<string, unknown> = keeps([...path, MORE]) ? {} : { [HOSTILE]: HOSTILE };
  for (const [key, of] of Object.entries(value)) {
    const own = [...path, key];
    const name = keeps([...own, NAME]) ? key : `${key}${HOSTILE}`;
    copy[name] = hostileCopy(of, keeps, own);
  }
  return copy;
}

/** A path without its indices: what holds for one element of a list holds for all. */
const pattern = (path: Path): string =>
  path.filter((part) => typeof part === 'string').join('\u0001');

/**
 * The document with everything hostile that may be without its being refused, and what was said
 * where it was refused.
 *
 * @param spared - Members that stay, such as the program that a diagram is drawn of.
 */
export function hostileDocument(
  document: object,
  spared: readonly string[],
): { text: string; refusals: string[] } {
  const kept = new Set<string>();
  const refusals: string[] = [];
  const paths = membersOf(document);
  const wanted = (path: Path): boolean => {
    const last = path.at(-1) === NAME ? path.at(-2) : path.at(-1);
    return spared.includes(String(last)) || kept.has(pattern(path));
  };
  for (const path of paths) {
    // One at a time shows whether it is accepted: all the others stay.
    const alone = hostileCopy(document, (own) => pattern(own) !== pattern(path));
    try {
      checkDocument(JSON.parse(JSON.stringify(alone)), `r${HOSTILE}.json`);
    } catch (error) {
      if (!(error instanceof DmTortureError)) throw error;
      refusals.push(error.message);
      kept.add(pattern(path));
    }
  }
  return { text: JSON.stringify(hostileCopy(document, wanted)), refusals };
}

/** Every place of a text or a key, one for each pattern. */
function membersOf(value: unknown): Path[] {
  const found = new Map<string, Path>();
  const walk = (one: unknown, path: Path): void => {
    if (typeof one === 'string') found.set(pattern(path), path);
    else if (Array.isArray(one)) one.forEach((of, i) => void walk(of, [...path, i]));
    else if (isObject(one)) {
      found.set(pattern([...path, MORE]), [...path, MORE]);
      for (const [key, of] of Object.entries(one)) {
        found.set(pattern([...path, key, NAME]), [...path, key, NAME]);
        walk(of, [...path, key]);
      }
    }
  };
  walk(value, []);
  return [...found.values()];
}

/** Characters that act in a terminal, except the line break. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
export const ACTING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/;
export const ACTING_OR_NEW_LINE = new RegExp(`${ACTING.source}|\n`);

/** Lines that Actions would run. */
export const commandsIn = (text: string): string[] =>
  text.split(/[\r\n]/).filter((line) => /^\s*::|##\[/.test(line));
