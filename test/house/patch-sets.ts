import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/*
 * A set of patches is asked by name. JavaScript's bitwise operators end at bit 31, and the table goes
 * on; a mask that somebody typed says nothing to a reader, and is wrong once the table changes.
 */

const BITWISE: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandToken,
  ts.SyntaxKind.AmpersandEqualsToken,
  ts.SyntaxKind.BarToken,
  ts.SyntaxKind.BarEqualsToken,
  ts.SyntaxKind.CaretToken,
  ts.SyntaxKind.CaretEqualsToken,
  ts.SyntaxKind.TildeToken,
  ts.SyntaxKind.LessThanLessThanToken,
  ts.SyntaxKind.LessThanLessThanEqualsToken,
  ts.SyntaxKind.GreaterThanGreaterThanToken,
  ts.SyntaxKind.GreaterThanGreaterThanEqualsToken,
  ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken,
  ts.SyntaxKind.GreaterThanGreaterThanGreaterThanEqualsToken,
]);

/** What sets of patches, their masks and the places of rows are called. */
const IS_SET =
  /^(?:masks?|bits?|needs|preventedBy|followUps|patch(?:es)?|patch(?:es)?Mask|series)$/i;

const isBitwise = (node: ts.Node): node is ts.BinaryExpression | ts.PrefixUnaryExpression =>
  (ts.isBinaryExpression(node) && BITWISE.has(node.operatorToken.kind)) ||
  (ts.isPrefixUnaryExpression(node) && BITWISE.has(node.operator));

/** `1 << bit`, and anything bitwise about what is called like a set of patches. */
function isAboutSets(node: ts.BinaryExpression | ts.PrefixUnaryExpression): boolean {
  if (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.LessThanLessThanToken &&
    node.left.getText() === '1' &&
    !ts.isNumericLiteral(node.right)
  ) {
    return true;
  }
  const names: string[] = [];
  const collect = (part: ts.Node): void => {
    if (ts.isIdentifier(part)) names.push(part.text);
    ts.forEachChild(part, collect);
  };
  collect(node);
  return names.some((name) => IS_SET.test(name));
}

/** Where a file of TypeScript or JavaScript takes the bits of a set of patches apart by itself. */
export function bitwiseSets(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (isBitwise(node) && isAboutSets(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${file}:${line + 1}: ${node.getText()}`);
    } else {
      ts.forEachChild(node, look);
    }
  };
  look(source);
  return found;
}

/** Where a line has a mask in hexadecimal beside what sets of patches are called. */
export function typedMasks(file: string, text: string): string[] {
  const set = /\b(?:masks?|patches|patch_\w+|PATCH\w*|SET|FAULT|WITHOUT\w*|ALL|SERIES|MERGED)\b/;
  return text.split('\n').flatMap((line, i) => {
    const isTyped = set.test(line) && /\b0x[0-9a-f]+/i.test(line);
    return isTyped ? [`${file}:${i + 1}: ${line.trim()}`] : [];
  });
}

/** Where C keeps a set of patches in fewer than its 64 bits. */
export function narrowSets(file: string, text: string): string[] {
  const narrow = /\b(?:u?int32_t|unsigned(?: int)?|int)\s+(?:patches|masks|prevented_by)\b/;
  const cast = /\((?:u?int32_t|unsigned(?: int)?|int)\)\s*[\w.>-]*\bpatches\b/;
  return text.split('\n').flatMap((line, i) => {
    const isNarrow =
      narrow.test(line) || cast.test(line) || /static_cast<u?int32_t>\(.*patches/.test(line);
    return isNarrow ? [`${file}:${i + 1}: ${line.trim()}`] : [];
  });
}

/** What a rule finds in the files of some folders that end so. */
export function inFolders(
  root: string,
  folders: readonly string[],
  endings: readonly string[],
  rule: (file: string, text: string) => string[],
): string[] {
  const files = folders.flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => `${folder}/${file}`),
  );
  return files
    .filter((file) => endings.some((ending) => file.endsWith(ending)))
    .flatMap((file) => rule(file, fs.readFileSync(path.join(root, file), 'utf8')));
}
