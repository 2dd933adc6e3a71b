import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import ts from 'typescript';

// How the matchers are typed for users: in packages of their own, which find dmtorture and Vitest
// among their modules.

const root = path.join(__dirname, '../../..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-types-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const USER = `
import { type Matchers, expect } from 'vitest';
import { race, type MatchOptions } from 'dmtorture';
export const asymmetric: unknown = { report: expect.toHaveNoFaults() };
export const own: 'toHaveNoFaults' extends keyof Matchers ? true : false = true;
const options: MatchOptions = { patches: 'all' };
export const free: Promise<void> = expect(race('r', { cpu1: 'find 0' })).toBeRaceFree(options);
export const faulty: Promise<void> = expect('create-find').not.toFault('use-after-free');
// @ts-expect-error: kinds of faults are typed
export const wrong = expect('create-find').toFault('no-such-fault');
// @ts-expect-error: and so are the names of matchers
export const missing = expect('create-find').toBeRaceFreed();
`;

function makePackage(name: string, manifest: object): string {
  const dir = path.join(folder, name);
  const modules = path.join(dir, 'node_modules');
  fs.mkdirSync(modules, { recursive: true });
  fs.symlinkSync(root, path.join(modules, 'dmtorture'));
  fs.symlinkSync(path.join(root, 'node_modules', 'vitest'), path.join(modules, 'vitest'));
  fs.writeFileSync(path.join(dir, 'package.json'), JSON.stringify(manifest));
  return dir;
}

/** Of the package that was compiled last: its files need not be read again. */
let last: ts.Program | undefined;

/** What the compiler has to say. */
function compile(dir: string, text: string, options: ts.CompilerOptions): string[] {
  const file = path.join(dir, 'user.ts');
  fs.writeFileSync(file, text);
  const common = { strict: true, noEmit: true, skipLibCheck: true, types: [] };
  const target = ts.ScriptTarget.ES2022;
  const settled = { ...common, target, ...options };
  last = ts.createProgram([file], settled, ts.createCompilerHost(settled), last);
  return ts
    .getPreEmitDiagnostics(last)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

const nodenext = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
};
const bundler = {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

describe.each<[string, object, ts.CompilerOptions]>([
  ['a CommonJS package', {}, nodenext],
  ['an ES module package', { type: 'module' }, nodenext],
  ['a bundled project', {}, bundler],
])('%s', (name, manifest, options) => {
  const dir = makePackage(name.replaceAll(' ', '-'), manifest);

  test.each(['dmtorture/vitest', 'dmtorture/jest'])('matchers are typed by %s', (entry) => {
    expect(compile(dir, `import '${entry}';\n${USER}`, options)).toEqual([]);
  });

  test('and by nothing else', () => {
    expect(compile(dir, USER, options).join('\n')).toContain('toHaveNoFaults');
  });
});
