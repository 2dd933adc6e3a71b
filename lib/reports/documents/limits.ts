/** How large a document may be, so that reading it ends, and nothing that is made of it overflows. */
export const LIMITS = {
  /** Lists and objects in one another. */
  depth: 64,
  /** Characters of a text. */
  text: 1024 * 1024,
  /** Elements of a list, members of an object. */
  length: 1_000_000,
} as const;

/** A value that is still to be looked at, and how to get there. */
interface Place {
  value: unknown;
  depth: number;
  key: string | number;
  parent: Place | undefined;
}

const inDigits = (count: number): string => count.toLocaleString('en-US');

/** `faults[0].trace[2].cpu`: the way to a place, its beginning where it is long. */
function pathOf(place: Place): string {
  const keys: (string | number)[] = [];
  for (let at: Place | undefined = place; at?.parent; at = at.parent) keys.unshift(at.key);
  const path = keys
    .slice(0, 8)
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${key}`))
    .join('');
  return `\`${path}${keys.length > 8 ? '…' : ''}\``;
}

/** What is too large about one value; undefined: nothing. */
function excess({ value, depth }: Place): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return 'is a number that is too large';
  }
  if (typeof value === 'string' && value.length > LIMITS.text) {
    const most = inDigits(LIMITS.text);
    return `is a text of ${inDigits(value.length)} characters; ${most} are the most`;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > LIMITS.depth) return `is nested deeper than ${LIMITS.depth} levels`;
  const length = Array.isArray(value) ? value.length : Object.keys(value).length;
  if (length <= LIMITS.length) return undefined;
  return `has ${inDigits(length)} elements; ${inDigits(LIMITS.length)} are the most`;
}

/**
 * What is too large in a parsed file, as a sentence; undefined: nothing. It asks nothing of the
 * stack, however deep the file is.
 */
export function tooLarge(document: unknown): string | undefined {
  const places: Place[] = [{ value: document, depth: 0, key: '', parent: undefined }];
  for (let place = places.pop(); place; place = places.pop()) {
    const says = excess(place);
    if (says !== undefined) return `${place.parent ? pathOf(place) : 'the file'} ${says}`;
    const { value, depth } = place;
    if (typeof value !== 'object' || value === null) continue;
    const members = Array.isArray(value) ? value.entries() : Object.entries(value);
    for (const [key, inner] of members) {
      if (typeof key === 'string' && key.length > LIMITS.text) {
        return `${pathOf(place)} has a name of ${inDigits(key.length)} characters`;
      }
      // Most values of a large file are small: those need no place.
      if (typeof inner === 'boolean' || inner === null) continue;
      if (typeof inner === 'number' && Number.isFinite(inner)) continue;
      places.push({ value: inner, depth: depth + 1, key, parent: place });
    }
  }
  return undefined;
}
