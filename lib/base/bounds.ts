/**
 * What is done with data of any size and with names of any kind: files of strangers hold more than
 * a call takes arguments, and names that every object has.
 */

/** The largest of any number of values, and not below `least`. */
export function largest(values: Iterable<number>, least = Number.NEGATIVE_INFINITY): number {
  let most = least;
  for (const value of values) if (value > most) most = value;
  return most;
}

/** The smallest of any number of values, and not above `most`. */
export function smallest(values: Iterable<number>, most = Number.POSITIVE_INFINITY): number {
  let least = most;
  for (const value of values) if (value < least) least = value;
  return least;
}

/** Add any number of values to a list. */
export function append<Value>(list: Value[], values: Iterable<Value>): void {
  for (const value of values) list.push(value);
}

/** A member that a table has itself: `constructor` and `__proto__` are in none. */
export function memberOf<Value>(
  table: Readonly<Partial<Record<string, Value>>>,
  name: string,
): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

const BREATH_EVERY_MS = 50;
let breathedMs = 0;

/** Between two pieces of long work: now and then, whatever else wants to run does, such as Ctrl-C. */
export async function breath(): Promise<void> {
  if (performance.now() - breathedMs < BREATH_EVERY_MS) return;
  await new Promise((resolve) => setImmediate(resolve));
  breathedMs = performance.now();
}

/** A list made of another, with a breath before each element: for loops over data of any size. */
export async function mapWithBreath<Value, Made>(
  values: Iterable<Value>,
  make: (value: Value, index: number) => Made | Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = [];
  for (const value of values) {
    await breath();
    made.push(await make(value, made.length));
  }
  return made;
}

/** Values by a name that each has, in their order: looked up once, not searched for each name. */
export function groupedBy<Value>(
  values: Iterable<Value>,
  nameOf: (value: Value) => string,
): (name: string) => readonly Value[] {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const name = nameOf(value);
    const group = groups.get(name);
    if (group) group.push(value);
    else groups.set(name, [value]);
  }
  return (name) => groups.get(name) ?? [];
}

/** Whether a bit of a whole number is set. JavaScript's own operators end at bit 31, this at 52. */
export function hasBit(number: number, bit: number): boolean {
  return Math.floor(number / 2 ** bit) % 2 === 1;
}
