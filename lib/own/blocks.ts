import { type Allocation, allocationsIn, type Pointed } from './allocation';
import type { HeapAddress } from './built';
import { type Die, TAG } from './dwarf';
import type { Elf } from './elf';
import { scoped, type Types } from './types';

/** A longer name would be most of a column. */
const NAME_LENGTH_MAX = 32;
/** What `new T[n]` may have before its elements: how many there are, for their destructors. */
const COOKIE_BYTES = 8;

const NAMED: readonly number[] = [
  TAG.typedef,
  TAG.structure,
  TAG.class,
  TAG.union,
  TAG.base,
  TAG.typeParameter,
];
const QUALIFIERS: readonly number[] = [TAG.const, TAG.volatile, TAG.restrict, TAG.atomic];
const VARIABLES: readonly number[] = [TAG.variable, TAG.parameter];
const PLACES: readonly number[] = [TAG.compileUnit, TAG.namespace, TAG.structure, TAG.class];

/** What a block is, as far as its allocation says. */
interface Content {
  type: Die;
  /** Where the first of its type begins. */
  from: number;
  isArray: boolean;
}

const holds = ({ low, high }: Die, pc: number): boolean =>
  low !== undefined && high !== undefined && pc >= low && pc < high;

const hasInlined = ({ tag, children }: Die): boolean =>
  tag === TAG.inlined ||
  (tag !== TAG.compileUnit && children.some(({ tag: own }) => own === TAG.inlined));

/** Names of the members of blocks of the heap. */
export class Blocks {
  private readonly functions: Die[];
  private readonly contents = new Map<string, Content | undefined>();

  constructor(
    private readonly elf: Elf,
    dies: Iterable<Die>,
    private readonly types: Types,
  ) {
    this.functions = [...dies].filter(
      ({ tag, low }) => tag === TAG.subprogram && low !== undefined,
    );
  }

  /** `node#3.next`: block 3 is a node; undefined where its allocation does not say what it is. */
  nameAt(address: HeapAddress): string | undefined {
    const content = this.contentOf(address);
    const { offset, size, block } = address;
    if (!content || offset < content.from || offset >= size) return undefined;
    const { type, from, isArray } = content;
    const name = this.nameOf(type);
    if (name?.startsWith('std::_')) return undefined;
    const isShort = name !== undefined && name.length <= NAME_LENGTH_MAX;
    const whole = isShort ? `${name}#${block}` : `block ${block}`;
    if (!isArray) return this.types.partOf(whole, type, offset - from);
    const each = this.types.sizeOf(type);
    const index = Math.floor((offset - from) / each);
    return this.types.partOf(`${whole}[${index}]`, type, (offset - from) % each);
  }

  private contentOf({ call, statement, size }: HeapAddress): Content | undefined {
    const key = `${call} ${size} ${statement}`;
    if (!this.contents.has(key)) {
      const pc = Number.parseInt(call, 16) + this.elf.base;
      this.contents.set(key, this.findContent(pc, statement, size));
    }
    return this.contents.get(key);
  }

  private findContent(pc: number, statement: string, size: number): Content | undefined {
    const scopes = this.scopesOf(pc);
    // Of code that was put into its caller the line may be one, and the call another's.
    if (scopes.length === 0 || scopes.some(hasInlined)) return undefined;
    const types = allocationsIn(statement).map((one) => ({ one, type: this.typeOf(one, scopes) }));
    const found = types.flatMap(({ one, type }) =>
      type ? contentsOf(one, type, this.types, size) : [],
    );
    // Of a line with two allocations the size may say which of them it was, if it can be one alone.
    if (types.length > 1 && types.some(({ type }) => type === undefined)) return undefined;
    const [first, ...others] = found;
    const isOne = others.every(
      ({ type }) => this.types.bare(type) === this.types.bare(first?.type),
    );
    return isOne ? first : undefined;
  }

  /** The blocks and the function that an instruction is in, and what has that; innermost first. */
  private scopesOf(pc: number): Die[] {
    const scopes: Die[] = [];
    let inner = this.functions.find((die) => holds(die, pc));
    for (let at = inner; at; at = at.children.find((child) => holds(child, pc))) inner = at;
    for (let at = inner; at; at = at.parent) {
      scopes.push(at);
      const declared = this.types.refer(at.origin);
      // A member function is declared within its class.
      if (declared) for (let up: Die | undefined = declared; up; up = up.parent) scopes.push(up);
    }
    return scopes;
  }

  private typeOf({ type, value }: Allocation, scopes: readonly Die[]): Die | undefined {
    const valued = value && this.valueOf(value, scopes);
    if (valued || type === undefined) return valued;
    return this.typeNamed(type.replace(/^::/, ''), scopes);
  }

  private valueOf({ variable, steps, stars }: Pointed, scopes: readonly Die[]): Die | undefined {
    let type = this.variableType(variable, scopes);
    for (const step of steps) {
      if (step === 'index') type = this.types.target(type);
      else type = this.types.member(this.types.target(type) ?? type, step.member);
    }
    for (let i = 0; i < stars; i += 1) type = this.types.target(type);
    return type;
  }

  private variableType(name: string, scopes: readonly Die[]): Die | undefined {
    for (const scope of scopes) {
      const found = scope.children.find((one) => VARIABLES.includes(one.tag) && one.name === name);
      if (found) return this.types.refer(found.type);
    }
    return undefined;
  }

  private typeNamed(name: string, scopes: readonly Die[]): Die | undefined {
    for (const scope of scopes) {
      const found = this.typesIn(scope, name);
      const [first] = found;
      if (!first) continue;
      // A parameter of a template is the type that it stands for.
      const type = first.tag === TAG.typeParameter ? this.types.refer(first.type) : first;
      return found.length === 1 ? type : undefined;
    }
    return undefined;
  }

  private typesIn(scope: Die, name: string): Die[] {
    return scope.children.flatMap((one) => {
      const isType = NAMED.includes(one.tag) && one.name === name;
      const isKnown = one.tag === TAG.typeParameter || this.types.sizeOf(one) > 0;
      if (isType && isKnown) return [one];
      const [, outer, rest] = /^(\w+)::(.+)$/.exec(name) ?? [];
      return rest !== undefined && PLACES.includes(one.tag) && one.name === outer
        ? this.typesIn(one, rest)
        : [];
    });
  }

  /** As the program calls it; undefined: it has no name. */
  private nameOf(type: Die): string | undefined {
    let named: Die | undefined = type;
    while (named && QUALIFIERS.includes(named.tag)) named = this.types.refer(named.type);
    if (named?.name === undefined || !NAMED.includes(named.tag)) return undefined;
    return scoped(named.name, named);
  }
}

/** What a block of `size` bytes is, if an allocation of this type can have made it. */
function contentsOf(
  { by, isArray, hasMore }: Allocation,
  type: Die,
  types: Types,
  size: number,
): Content[] {
  const each = types.sizeOf(type);
  if (each === 0) return [];
  if (size === each) return [{ type, from: 0, isArray: false }];
  if (isArray && size % each === 0) {
    // Of small elements a cookie looks like another element.
    const isSure = by !== 'new' || each > COOKIE_BYTES || types.bare(type)?.tag === TAG.base;
    return isSure ? [{ type, from: 0, isArray: true }] : [];
  }
  if (by === 'new' && isArray && size > COOKIE_BYTES && (size - COOKIE_BYTES) % each === 0)
    return [{ type, from: COOKIE_BYTES, isArray: true }];
  return hasMore && size > each ? [{ type, from: 0, isArray: false }] : [];
}
