import { outOfRange, wrongType } from './errors';
import { patches } from './patches';

/**
 * When a fault can happen, as a formula over patches: `!02`, `04 & !03`, `!(02 & 05) | R3`.
 * `!` binds closer than `&`, and `&` than `|`; `true` and `false` are there too.
 */
export type Formula = string;

type Node = (mask: number) => boolean;

/** Reads tokens from left to right; one function per level of binding. */
class Parser {
  readonly #formula: string;
  readonly #option: string;
  readonly #tokens: string[];

  constructor(formula: string, option: string) {
    this.#formula = formula;
    this.#option = option;
    this.#tokens = formula.match(/[\w-]+|[^\s\w]/g) ?? [];
  }

  parse(): Node {
    const node = this.#either();
    if (this.#tokens.length > 0) throw this.#unexpected(this.#tokens[0]);
    return node;
  }

  #either(): Node {
    let node = this.#both();
    while (this.#take('|')) {
      const [left, right] = [node, this.#both()];
      node = (mask) => left(mask) || right(mask);
    }
    return node;
  }

  #both(): Node {
    let node = this.#single();
    while (this.#take('&')) {
      const [left, right] = [node, this.#single()];
      node = (mask) => left(mask) && right(mask);
    }
    return node;
  }

  #single(): Node {
    if (this.#take('!')) {
      const node = this.#single();
      return (mask) => !node(mask);
    }
    if (this.#take('(')) {
      const node = this.#either();
      if (!this.#take(')')) throw this.#unexpected(this.#tokens[0]);
      return node;
    }
    return this.#name(this.#tokens.shift());
  }

  #name(token: string | undefined): Node {
    if (token === 'true') return () => true;
    if (token === 'false') return () => false;
    if (token === undefined || !/^\w[\w-]*$/.test(token)) throw this.#unexpected(token);
    const { mask: wanted } = patches.parse(token, this.#option);
    return (mask) => (mask & wanted) === wanted;
  }

  #take(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }

  #unexpected(token: string | undefined): Error {
    const what = 'a formula such as `04 & !03`';
    const hint =
      token === undefined ? ': it ends too early' : `: \`${token}\` is not expected there`;
    return outOfRange(this.#option, what, this.#formula, hint);
  }
}

/**
 * Turn a formula into a function of a patch mask.
 *
 * @param option - What messages call it. @default 'formula'
 * @throws DmTortureError ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE
 * @example
 * compileFormula('04 & !03')(patches.parse('all,-03').mask); // true
 */
export function compileFormula(formula: Formula, option = 'formula'): (mask: number) => boolean {
  if (typeof formula !== 'string') throw wrongType(option, 'a text', formula);
  return new Parser(formula, option).parse();
}

/** Whether `formula` holds under the patches of `mask`. */
export function evaluateFormula(formula: Formula, mask: number): boolean {
  return compileFormula(formula)(mask);
}
