/**
 * What clang leaves out. It marks no access to a local variable whose address goes nowhere; but of
 * an access to an element or a member it looks at the address of that part alone, and that mostly
 * goes nowhere, although another thread has the whole variable. So races on parts
 * of arrays and structs of a stack would not be seen.
 *
 * Here the address of each such part is used by an assembly without instructions, in the text that
 * clang makes of a source before it marks accesses. gcc marks them of itself.
 */
import { append } from '../base/bounds';

/** A name in a text of LLVM: of a value, a label or a type. */
const NAME = String.raw`%(?:"[^"]*"|[-\w.$]+)`;
const NAMES = new RegExp(NAME, 'g');
const DEFINES = new RegExp(`^ +(${NAME}) = (\\w+)`);
const LOAD = /^ +(?:%[^=]*= )?load (?:atomic )?(?:volatile )?/;
const STORE = /^ +store (?:atomic )?(?:volatile )?/;
/** What looks at an address, or copies what is there, and gives it to nobody. */
const HARMLESS = /^ +(?:#dbg_|(?:tail )?call void @llvm\.(?:dbg|lifetime|mem(?:cpy|set|move))\.)/;

/** The locals of one function, by the names of their addresses and of those of their parts. */
interface Locals {
  localOf: Map<string, string>;
  parts: Set<string>;
  /** Those whose address goes somewhere. */
  shared: Set<string>;
}

function localsOf(lines: readonly string[]): Locals {
  const locals: Locals = { localOf: new Map(), parts: new Set(), shared: new Set() };
  for (const line of lines) note(line, locals);
  return locals;
}

function note(line: string, { localOf, parts, shared }: Locals): void {
  const [, name = '', what] = DEFINES.exec(line) ?? [];
  if (what === 'alloca') {
    localOf.set(name, name);
    return;
  }
  if (LOAD.test(line) || HARMLESS.test(line)) return;
  const used = (line.match(NAMES) ?? []).filter((used) => used !== name);
  const [first, ...rest] = STORE.test(line) ? used.slice(0, -1) : used;
  if (first === undefined) return;
  const owner = [first, ...rest].find((other) => localOf.has(other));
  const local = owner === undefined ? undefined : localOf.get(owner);
  if (local === undefined) return;
  if (what === 'getelementptr' || what === 'bitcast') {
    localOf.set(name, local);
    parts.add(name);
    return;
  }
  for (const other of [first, ...rest]) {
    const its = localOf.get(other);
    if (its !== undefined) shared.add(its);
  }
}

/** The type and the name of the address that a load or a store uses. */
function addressOf(line: string): { type: string; name: string } | undefined {
  const loads = LOAD.exec(line)?.[0];
  const head = loads ?? STORE.exec(line)?.[0];
  if (head === undefined) return undefined;
  const name = line.match(NAMES)?.at(-1);
  if (name === undefined) return undefined;
  const before = line.slice(head.length, line.lastIndexOf(` ${name}`));
  if (before.endsWith(', ptr')) return { type: 'ptr', name };
  // Until LLVM 14 a pointer names what it points to: `i32, i32*` and `i32 1, i32*`.
  for (let at = before.indexOf(', '); at >= 0; at = before.indexOf(', ', at + 1)) {
    const type = before.slice(at + 2);
    const value = type.slice(0, -1);
    if (loads ? before === `${value}, ${type}` : before.startsWith(`${value} `)) {
      return { type, name };
    }
  }
  return undefined;
}

/** One function, with its parts of shared locals in use. */
function shown(lines: readonly string[]): string[] {
  const { localOf, parts, shared } = localsOf(lines);
  if (shared.size === 0 || parts.size === 0) return [...lines];
  return lines.flatMap((line) => {
    const address = addressOf(line);
    if (!address || !parts.has(address.name) || !shared.has(localOf.get(address.name) ?? '')) {
      return [line];
    }
    return [`  call void asm sideeffect "", "r"(${address.type} ${address.name})`, line];
  });
}

/** The text of LLVM, changed so that clang marks the parts of locals that other threads may have. */
export function showCaptured(text: string): string {
  const made: string[] = [];
  let body: string[] | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('define ')) body = [];
    (body ?? made).push(line);
    if (line !== '}' || !body) continue;
    append(made, shown(body));
    body = undefined;
  }
  return made.join('\n');
}
