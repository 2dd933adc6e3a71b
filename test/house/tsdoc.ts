import path from 'node:path';
import ts from 'typescript';

/** What users can name of the library, and what of it has no TSDoc. */
export interface Documented {
  /** Exported names and their members. */
  count: number;
  /** `lib/stress/stress.ts: Progress.ops`. */
  missing: string[];
}

/** Reads entries of the library as users do: what is exported, and what that has. */
class Reader {
  readonly #root: string;
  readonly #checker: ts.TypeChecker;
  readonly #seen = new Set<ts.Symbol>();
  readonly #missing: string[] = [];

  constructor(root: string, program: ts.Program) {
    this.#root = root;
    this.#checker = program.getTypeChecker();
  }

  get documented(): Documented {
    return { count: this.#seen.size, missing: this.#missing };
  }

  entry(source: ts.SourceFile): void {
    const module = this.#checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${source.fileName} is not a module`);
    for (const exported of this.#checker.getExportsOfModule(module)) {
      const isAlias = exported.flags & ts.SymbolFlags.Alias;
      this.#name(isAlias ? this.#checker.getAliasedSymbol(exported) : exported);
    }
  }

  #name(symbol: ts.Symbol): void {
    if (!this.#see(symbol, symbol.name)) return;
    const types = [];
    if (symbol.flags & ts.SymbolFlags.Type)
      types.push(this.#checker.getDeclaredTypeOfSymbol(symbol));
    if (symbol.flags & ts.SymbolFlags.Value) types.push(this.#checker.getTypeOfSymbol(symbol));
    for (const type of types) {
      for (const member of type.getProperties()) {
        const name = member.name.replace(/^__@(\w+)@\d+$/, 'Symbol.$1');
        if (!name.includes('#')) this.#see(member, `${symbol.name}.${name}`);
      }
    }
  }

  /** Note a name of the library; those of others are others' to describe. */
  #see(symbol: ts.Symbol, name: string): boolean {
    const declaration = symbol.declarations?.[0];
    const file = declaration && path.relative(this.#root, declaration.getSourceFile().fileName);
    if (!declaration || !file?.startsWith('lib')) return false;
    if (this.#seen.has(symbol) || isHidden(declaration)) return false;
    this.#seen.add(symbol);
    if (symbol.getDocumentationComment(this.#checker).length === 0) {
      this.#missing.push(`${file}: ${name}`);
    }
    return true;
  }
}

function isHidden(declaration: ts.Declaration): boolean {
  return (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private) !== 0;
}

/** Every name that the entries export, and every member of it. */
export function readDocumentation(root: string, entries: readonly string[]): Documented {
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const files = entries.map((entry) => path.join(root, entry));
  const program = ts.createProgram(files, options);
  const reader = new Reader(root, program);
  for (const file of files) {
    const source = program.getSourceFile(file);
    if (!source) throw new Error(`${file} is not there`);
    reader.entry(source);
  }
  return reader.documented;
}
