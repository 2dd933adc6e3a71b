import type { DataAddress } from './built';
import { type Die, type Location, TAG } from './dwarf';
import type { Elf, ElfSymbol } from './elf';
import { scoped, type Types } from './types';

/** A variable and the memory that it has. */
interface Variable extends Location {
  name: string;
  size: number;
  type: Die | undefined;
}

/** Names and types of an object's variables, and where they are. */
export class Variables {
  private readonly known: Variable[];

  constructor(
    private readonly elf: Elf,
    dies: Iterable<Die>,
    private readonly types: Types,
  ) {
    const described = [...dies].flatMap((die) => this.variableOf(die));
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
    return found && this.types.partOf(found.name, found.type, value - found.value);
  }

  private variableOf(die: Die): Variable[] {
    if (die.tag !== TAG.variable || !die.location) return [];
    const declared = this.types.refer(die.origin);
    const named = declared ?? die;
    const type = this.types.refer(die.type ?? declared?.type);
    const name = die.name ?? declared?.name;
    if (name === undefined) return [];
    const size = this.types.sizeOf(type);
    return [{ ...die.location, name: scoped(name, named), type, size }];
  }
}

function asVariable({ name, kind, value, size }: ElfSymbol): Variable[] {
  if (kind === 'function' || size === 0) return [];
  return [{ name, region: kind, value, size, type: undefined }];
}
