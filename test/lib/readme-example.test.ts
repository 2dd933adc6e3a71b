import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import ts from 'typescript';

const root = path.join(__dirname, '../..');
const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');

/** The block of TypeScript that follows the mark. */
function example(mark: string): string {
  const match = new RegExp(`<!-- ${mark} -->\\s*\`\`\`ts\\n(.*?)\`\`\``, 's').exec(readme);
  return match?.[1] ?? '';
}

test.each(['library example', 'check example'])('the %s of the README type-checks', (mark) => {
  const text = example(mark);
  expect(text).toContain("from 'dmtorture'");
  const file = path.join(root, 'test', 'lib', 'readme-example.mts');
  const config = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, ...rest) =>
    name === file
      ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2023)
      : getSourceFile.call(host, name, ...rest);
  host.fileExists = (name) => name === file || fileExists.call(host, name);
  const program = ts.createProgram([file], options, host);
  const problems = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  expect(problems).toEqual([]);
});

test('the library example of the README runs', async () => {
  const { outputText } = ts.transpileModule(
    example('library example').replaceAll("'dmtorture'", "'../../lib/index'"),
    {
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS },
    },
  );
  // The example has an await at its top, and its own console.
  const lines: string[] = [];
  const console = { log: (...words: unknown[]) => lines.push(words.join(' ')) };
  const run = new Function(
    'require',
    'exports',
    'console',
    `return (async () => {${outputText}})()`,
  );
  await run((name: string) => require(name), {}, console);
  expect(lines.length).toBeGreaterThan(0);
});
