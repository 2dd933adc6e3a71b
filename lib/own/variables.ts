import type { DataAddress } from './built';
import { type Die, type Location, readDwarf, TAG } from './dwarf';
import type { Elf, ElfSymbol } from './elf';

/** A variable and the memory that it has. */
interface Variable extends Location {
  name: string;
  size: number;
  type: Die | undefined;
}

/** Types that are another type, called or qualified otherwise. */
const WRAPPERS: readonly number[] = [
  TAG.typedef,
  TAG.const,
  TAG.volatile,
  TAG.restrict,
  TAG.atomic,
];
/** Compilers may leave the size of a pointer out. */
const POINTERS: readonly number[] = [TAG.pointer, TAG.reference, TAG.rvalueReference];
const POINTER_BYTES = 8;
const SCOPES: readonly number[] = [TAG.namespace, TAG.class, TAG.structure];

/** Names of the C++ library's own members, which mean nothing to its users: `_M_mutex`, `__data`. */
const isReserved = (name: string): boolean => /^_[A-Z_]/.test(name);

/** Names and types of an object's variables, and where they are. */
export class Variables {
  private readonly dies: Map<number, Die>;
  private readonly known: Variable[];

  constructor(private readonly elf: Elf) {
    this.dies = readDwarf(elf);
    const described = [...this.dies.values()].flatMap((die) => this.variableOf(die));
    const symbols = elf.symbols.flatMap(asVariable);
    // What debug information has comes first; it knows of parts.
    this.known = [...described, ...symbols];
  }

  /** `queue.head`, `slots[3]`, `lock+4`; undefined where no variable has the address. */
  nameAt({ region, offset }: DataAddress): string | undefined {
    const value = region === 'data' ? offset + this.elf.base : offset;
    const found = this.known.find(
      (one) => one.region === region && value >= one.value && value < one.value + one.size,
    );
    return found && this.partOf(found.name, found.type, value - found.value);
  }

  private refer(offset: number | undefined): Die | undefined {
    return offset === undefined ? undefined : this.dies.get(offset);
  }

  /** The type behind names and qualifiers. */
  private bare(type: Die | undefined): Die | undefined {
    let bare = type;
    while (bare && WRAPPERS.includes(bare.tag)) bare = this.refer(bare.type);
    return bare;
  }

  private dimensionsOf(array: Die): number[] {
    return array.children.filter(({ tag }) => tag === TAG.subrange).map(({ count }) => count ?? 0);
  }

  private sizeOf(type: Die | undefined): number {
    const bare = this.bare(type);
    if (!bare) return 0;
    if (POINTERS.includes(bare.tag)) return bare.size ?? POINTER_BYTES;
    if (bare.tag !== TAG.array || bare.size !== undefined) return bare.size ?? 0;
    const element = this.sizeOf(this.refer(bare.type));
    return this.dimensionsOf(bare).reduce((size, count) => size * count, element);
  }

  private variableOf(die: Die): Variable[] {
    if (die.tag !== TAG.variable || !die.location) return [];
    const declared = this.refer(die.origin);
    const named = declared ?? die;
    const type = this.refer(die.type ?? declared?.type);
    const name = die.name ?? declared?.name;
    if (name === undefined) return [];
    return [{ ...die.location, name: scoped(name, named), type, size: this.sizeOf(type) }];
  }

  /** The part of `type` at `offset`, after the name of the whole. */
  private partOf(name: string, type: Die | undefined, offset: number): string {
    const bare = this.bare(type);
    const inner =
      bare?.tag === TAG.array
        ? this.elementOf(name, bare, offset)
        : bare?.tag === TAG.structure || bare?.tag === TAG.class
          ? this.memberOf(name, bare, offset)
          : undefined;
    return inner ?? (offset === 0 ? name : `${name}+${offset}`);
  }

  private elementOf(name: string, array: Die, offset: number): string | undefined {
    const element = this.refer(array.type);
    const size = this.sizeOf(element);
    if (size === 0) return undefined;
    let index = Math.floor(offset / size);
    const indices: number[] = [];
    for (const count of this.dimensionsOf(array).slice(1).reverse()) {
      if (count === 0) return undefined;
      indices.unshift(index % count);
      index = Math.floor(index / count);
    }
    const whole = [index, ...indices].map((one) => `[${one}]`).join('');
    return this.partOf(`${name}${whole}`, element, offset % size);
  }

  private memberOf(name: string, structure: Die, offset: number): string | undefined {
    for (const { tag, at, type, name: member } of structure.children) {
      const part = this.refer(type);
      // A static member is elsewhere, and has no place here.
      if (at === undefined || offset < at || offset >= at + this.sizeOf(part)) continue;
      // A base and a member without a name add nothing to it.
      if (tag === TAG.inheritance) return this.partOf(name, part, offset - at);
      if (tag !== TAG.member) continue;
      if (member === undefined) return this.partOf(name, part, offset - at);
      return isReserved(member) ? undefined : this.partOf(`${name}.${member}`, part, offset - at);
    }
    return undefined;
  }
}

/** `counter` in `namespace stats` is `stats::counter`. */
function scoped(name: string, die: Die): string {
  const scopes: string[] = [];
  for (let parent = die.parent; parent; parent = parent.parent) {
    if (SCOPES.includes(parent.tag) && parent.name !== undefined) scopes.unshift(parent.name);
  }
  return [...scopes, name].join('::');
}

function asVariable({ name, kind, value, size }: ElfSymbol): Variable[] {
  if (kind === 'function' || size === 0) return [];
  return [{ name, region: kind, value, size, type: undefined }];
}
