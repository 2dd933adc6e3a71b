import { outOfRange, wrongType } from '../base/errors';
import { PatchSet, patches, patchSetOf } from './patches';

/**
 * When a fault can happen, as a formula over patches: `!02`, `04 & !03`, `!(02 & 05) | R3`.
 * `!` binds closer than `&`, and `&` than `|`; `true` and `false` are there too.
 */
export type Formula = string;

/** A part of a formula. */
interface Node {
  holds: (set: PatchSet) => boolean;
  words: string;
  /** What it takes together: the parts that `&` joins. */
  parts: string[];
}

const single = (holds: Node['holds'], words: string): Node => ({ holds, words, parts: [words] });

function joined(left: Node, word: string, right: Node, holds: Node['holds']): Node {
  return single(holds, `${left.words} ${word} ${right.words}`);
}

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
      node = joined(left, 'or', right, (set) => left.holds(set) || right.holds(set));
    }
    return node;
  }

  #both(): Node {
    let node = this.#single();
    while (this.#take('&')) {
      const [left, right] = [node, this.#single()];
      const both = joined(left, 'and', right, (set) => left.holds(set) && right.holds(set));
      node = { ...both, parts: [...left.parts, ...right.parts] };
    }
    return node;
  }

  #single(): Node {
    if (this.#take('!')) {
      const { holds, words } = this.#single();
      return single((set) => !holds(set), `not ${words}`);
    }
    if (this.#take('(')) {
      const { holds, words } = this.#either();
      if (!this.#take(')')) throw this.#unexpected(this.#tokens[0]);
      return single(holds, `(${words})`);
    }
    return this.#name(this.#tokens.shift());
  }

  #name(token: string | undefined): Node {
    if (token === 'true') return single(() => true, token);
    if (token === 'false') return single(() => false, token);
    if (token === undefined || !/^\w[\w-]*$/.test(token)) throw this.#unexpected(token);
    const wanted = patches.parse(token, this.#option);
    return single((set) => set.has(wanted), token);
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

function parse(formula: Formula, option: string): Node {
  if (typeof formula !== 'string') throw wrongType(option, 'a text', formula);
  return new Parser(formula, option).parse();
}

/**
 * Turn a formula into a function of a set of patches, or of its mask.
 *
 * @param option - What messages call it. @default 'formula'
 * @throws DmTortureError ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE
 * @example
 * compileFormula('04 & !03')(patches.parse('all,-03')); // true
 */
export function compileFormula(
  formula: Formula,
  option = 'formula',
): (set: number | { readonly mask: number }) => boolean {
  const { holds } = parse(formula, option);
  return (set) => {
    if (set instanceof PatchSet) return holds(set);
    return holds(patchSetOf(typeof set === 'number' ? set : set.mask));
  };
}

/** Whether `formula` holds under a set of patches, or its mask. */
export function evaluateFormula(
  formula: Formula,
  set: number | { readonly mask: number },
): boolean {
  return compileFormula(formula)(set);
}

/** A formula as people say it: `04 and not 03`; `''` stays empty. */
export function formulaInWords(formula: Formula): string {
  return formula === '' ? '' : parse(formula, 'formula').words;
}

/** What a formula takes together, each part in words: of `(06 | 06m) & 04` two. */
export function formulaParts(formula: Formula): string[] {
  return formula === '' ? [] : parse(formula, 'formula').parts;
}
