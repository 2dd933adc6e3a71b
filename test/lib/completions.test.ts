import path from 'node:path';
import { expect, test } from '@jest/globals';
import ts from 'typescript';

// What an editor offers where the mark stands, and what the compiler says of a word that is wrong.

const root = path.join(__dirname, '../..');
const FILE = path.join(root, 'test', 'lib', 'user-of-types.ts');
const HEAD = "import * as dm from '../../lib/index';\nimport '../../lib/jest';\n";
const MARK = '|';

let text = '';
let version = 0;

const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const service = ts.createLanguageService({
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
  getScriptFileNames: () => [FILE],
  getScriptVersion: (name) => (name === FILE ? String(version) : '0'),
  getScriptSnapshot: (name) => {
    const content = name === FILE ? text : ts.sys.readFile(name);
    return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
  },
  getCurrentDirectory: () => root,
  getCompilationSettings: () => options,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
});

function write(code: string): void {
  text = HEAD + code;
  version += 1;
}

function offered(code: string): string[] {
  write(code.replace(MARK, ''));
  const at = HEAD.length + code.indexOf(MARK);
  return service.getCompletionsAtPosition(FILE, at, {})?.entries.map(({ name }) => name) ?? [];
}

test.each([
  ["dm.explore('|')", ['create-find', 'remove-open']],
  ["dm.stress({ scenario: '|' })", ['storm', 'create-find']],
  ["dm.matrix({ scenarios: ['|'] })", ['create-find']],
  ["dm.bench('explore', { scenarios: '|' })", ['create-find']],
  ["dm.explore('create-find', { patches: '|' })", ['all', 'series', 'freeing', '05', 'all,-05']],
  ["dm.patches.parse('|')", ['none', '06m', 'all,-find-put']],
  ["new dm.DeviceMapper({ patches: '|' })", ['none', 'all']],
  ["dm.race('r', { cpu1: '|' })", ['create', 'remove-all']],
  ["dm.race('r', { cpu1: (d) => d.| })", ['create', 'removeAll']],
  ["dm.race('r', { cpu1: 'find 0', expects: { '|': '' } })", ['use-after-free']],
  ["dm.stress().on('|', () => {})", ['progress', 'fault', 'finished']],
  ["dm.bench('locks').on('|', () => {})", ['progress', 'row', 'validated']],
  ["dm.assertRaceFree('|')", ['create-find']],
])('%s', (code, words) => {
  expect(offered(code)).toEqual(expect.arrayContaining(words));
});

test.each([
  ["dm.explore('cpu1: create 0 ; cpu2: find 0', { patches: someText })", true],
  ["dm.race('r', { cpu1: 'create 0, find 0', cpu2: someText })", true],
  ['dm.stress({ scenario: someText })', true],
  ["dm.explore('create-find', { patches: 5 })", false],
  ['dm.patches.parse(5)', false],
  ["dm.race('r', { cpu1: (d) => d.creat(0) })", false],
  ["dm.race('r', { cpu1: 'find 0', expects: { 'use-after-fre': '!05' } })", false],
  ["dm.explore('create-find', { timeMs: 5 })", false],
  ['dm.stress({ durationMs: 5 })', false],
])('%s is right: %p', (code, isRight) => {
  write(`declare const someText: string;\n${code};`);
  expect(service.getSemanticDiagnostics(FILE).length === 0).toBe(isRight);
});
