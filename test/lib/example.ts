import path from 'node:path';
import ts from 'typescript';

const root = path.join(__dirname, '../..');

/** What the compiler has against a piece of TypeScript that imports `dmtorture`. */
export function typeProblems(code: string): string[] {
  const file = path.join(root, 'test', 'lib', 'the-example.mts');
  const config = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, ...rest) =>
    name === file
      ? ts.createSourceFile(name, code, ts.ScriptTarget.ES2023)
      : getSourceFile.call(host, name, ...rest);
  host.fileExists = (name) => name === file || fileExists.call(host, name);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([file], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

/** Run it, with its awaits at the top. Returns the lines that it printed by console.log(). */
export async function runExample(code: string): Promise<string[]> {
  const { outputText } = ts.transpileModule(code.replaceAll("'dmtorture'", "'../../lib/index'"), {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS },
  });
  const lines: string[] = [];
  const console = {
    log: (...words: unknown[]) => lines.push(...words.join(' ').split('\n')),
  };
  const run = new Function(
    'require',
    'exports',
    'console',
    `return (async () => {${outputText}})()`,
  );
  await run((name: string) => require(name), {}, console);
  return lines;
}
