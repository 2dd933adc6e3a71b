import type { OutputOf } from '../../base/output-of';
import { type ElfSymbol, readElf } from '../../own/elf';
import type { frame } from '../../reports/documents/oops';

/** Where a thread was. */
export type Frame = OutputOf<typeof frame>;

/** Functions that are not the protocol's: memory and signals in front, the threads behind. */
const MACHINERY =
  /^(pages_|ledger_|slab_|walk_|die_of|death_|call_unloaded$|record$|machine_|module_text_gone$)/;
const OPERATION = /^(op_|player_)/;

/** What a compiler adds to the name of a part, or a copy, of a function. */
const nameOf = (symbol: string): string =>
  symbol.replace(/\.(part|cold|constprop|isra)\.?\d*.*$/, '');

/** The functions of an executable, by address. */
export class Functions {
  readonly #functions: readonly ElfSymbol[];
  readonly #base: number;

  /** @throws What the operating system says, where the file cannot be read */
  constructor(file: string) {
    const { base, symbols } = readElf(file);
    this.#base = base;
    this.#functions = symbols
      .filter(({ kind, size }) => kind === 'function' && size > 0)
      .sort((a, b) => a.value - b.value);
  }

  /**
   * The function of an offset from where the code begins; undefined: none of this file. `after`: it is
   * where a call returns to, which is beyond the function where that call does not return.
   */
  at(offset: string, after: boolean): Frame | undefined {
    const address = Number.parseInt(offset, 16) + this.#base;
    const within = address - Number(after);
    const found = this.#functions.findLast(({ value }) => value <= within);
    if (!found || within >= found.value + found.size) return undefined;
    return { function: nameOf(found.name), offset: address - found.value };
  }

  /**
   * Of a stack, what belongs to the protocol, down to the operation of the program.
   *
   * @param interrupted - The innermost is where the processor stopped; else a call, as all others are.
   */
  protocol(offsets: readonly string[], interrupted: boolean): Frame[] {
    const all = offsets.flatMap((offset, i) => this.at(offset, i > 0 || !interrupted) ?? []);
    const first = all.findIndex(({ function: name }) => !MACHINERY.test(name));
    const own = first < 0 ? [] : all.slice(first);
    const last = own.findIndex(({ function: name }) => OPERATION.test(name));
    return last < 0 ? own : own.slice(0, last);
  }
}
