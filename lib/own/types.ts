import { type Die, TAG } from './dwarf';

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
const STRUCTURES: readonly number[] = [TAG.structure, TAG.class];
const SCOPES: readonly number[] = [TAG.namespace, ...STRUCTURES];

/** Names of the C++ library's own members, which mean nothing to its users: `_M_mutex`, `__data`. */
const isReserved = (name: string): boolean => /^_[A-Z_]/.test(name);

/** `counter` in `namespace stats` is `stats::counter`. */
export function scoped(name: string, die: Die): string {
  const scopes: string[] = [];
  for (let parent = die.parent; parent; parent = parent.parent) {
    if (SCOPES.includes(parent.tag) && parent.name !== undefined) scopes.unshift(parent.name);
  }
  return [...scopes, name].join('::');
}

/** The types of an object: their sizes and parts. */
export class Types {
  constructor(private readonly dies: ReadonlyMap<number, Die>) {}

  /** The entry that another one names. */
  refer(offset: number | undefined): Die | undefined {
    return offset === undefined ? undefined : this.dies.get(offset);
  }

  /** The type behind names and qualifiers. */
  bare(type: Die | undefined): Die | undefined {
    let bare = type;
    while (bare && WRAPPERS.includes(bare.tag)) bare = this.refer(bare.type);
    return bare;
  }

  /** What a pointer points to, or what an array has; undefined: it is neither. */
  target(type: Die | undefined): Die | undefined {
    const bare = this.bare(type);
    const isPointing = bare && (POINTERS.includes(bare.tag) || bare.tag === TAG.array);
    return isPointing ? this.refer(bare.type) : undefined;
  }

  /** The type of a member, of a base's or of one without a name, too. */
  member(type: Die | undefined, name: string): Die | undefined {
    for (const child of this.bare(type)?.children ?? []) {
      const isInside = child.tag === TAG.inheritance || child.name === undefined;
      const part = this.refer(child.type);
      if (child.tag === TAG.member && child.name === name) return part;
      const within = isInside ? this.member(part, name) : undefined;
      if (within) return within;
    }
    return undefined;
  }

  /** In bytes; 0: not known. */
  sizeOf(type: Die | undefined): number {
    const bare = this.bare(type);
    if (!bare) return 0;
    if (POINTERS.includes(bare.tag)) return bare.size ?? POINTER_BYTES;
    if (bare.tag !== TAG.array || bare.size !== undefined) return bare.size ?? 0;
    const element = this.sizeOf(this.refer(bare.type));
    return this.dimensionsOf(bare).reduce((size, count) => size * count, element);
  }

  private dimensionsOf(array: Die): number[] {
    return array.children.filter(({ tag }) => tag === TAG.subrange).map(({ count }) => count ?? 0);
  }

  /** The part of `type` at `offset`, after the name of the whole. */
  partOf(name: string, type: Die | undefined, offset: number): string {
    const bare = this.bare(type);
    const inner =
      bare?.tag === TAG.array
        ? this.elementOf(name, bare, offset)
        : STRUCTURES.includes(bare?.tag ?? 0) && bare
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

  /** An array without a size, last in a structure: what is allocated behind that is its. */
  private isOpen(type: Die | undefined, { children }: Die, member: Die): boolean {
    const bare = this.bare(type);
    return (
      bare?.tag === TAG.array &&
      this.sizeOf(bare) === 0 &&
      children.filter(({ tag }) => tag === TAG.member).at(-1) === member
    );
  }

  private memberOf(name: string, structure: Die, offset: number): string | undefined {
    for (const child of structure.children) {
      const { tag, at, type, name: member } = child;
      const part = this.refer(type);
      // A static member is elsewhere, and has no place here.
      if (at === undefined || offset < at) continue;
      if (offset >= at + this.sizeOf(part) && !this.isOpen(part, structure, child)) continue;
      // A base and a member without a name add nothing to it.
      if (tag === TAG.inheritance) return this.partOf(name, part, offset - at);
      if (tag !== TAG.member) continue;
      if (member === undefined) return this.partOf(name, part, offset - at);
      return isReserved(member) ? undefined : this.partOf(`${name}.${member}`, part, offset - at);
    }
    return undefined;
  }
}
