import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { DirectCalls } from '../../../lib/direct/calls';
import {
  type Binaries,
  binaryPaths,
  loadBinary,
  native,
  nativeBench,
  nativeExplore,
} from '../../../lib/native/load';
import { platformName } from '../../../lib/native/platform';

// Made by the addon, so of another realm than Jest's: instanceof would say no.
const typeError = expect.objectContaining({ name: 'TypeError' });
const rangeError = expect.objectContaining({ name: 'RangeError' });

const root = path.join(__dirname, '../../..');

/** Call a direct function. */
function callDirect(call: () => void, ...numbers: number[]): number {
  return new DirectCalls().call(call, ...numbers);
}

describe('exported native functions', () => {
  test.each([1, 2, 3, 4])('survive anything at all (seed %i)', (seed) => {
    const script = path.join(__dirname, '../children/throw-anything.cjs');
    const child = spawnSync(process.execPath, [script, String(seed), '20000'], {
      encoding: 'utf8',
      timeout: 200_000,
    });
    expect({ status: child.status, signal: child.signal, stderr: child.stderr }).toEqual({
      status: 0,
      signal: null,
      stderr: '',
    });
    const { names, returned, thrown } = JSON.parse(child.stdout) as Record<string, number>;
    expect(names).toBe(Object.keys(native()).length);
    expect(returned).toBeGreaterThan(1000);
    expect(thrown).toBeGreaterThan(1000);
  });

  test.each([1, 2, 3, 4])('of explore.node, too (seed %i)', (seed) => {
    const script = path.join(__dirname, '../children/throw-at-explore.cjs');
    const child = spawnSync(process.execPath, [script, String(seed), '4000'], {
      encoding: 'utf8',
      timeout: 200_000,
    });
    expect(child).toMatchObject({ status: 0, signal: null, stderr: '' });
    const { names, returned, thrown } = JSON.parse(child.stdout) as Record<string, number>;
    expect(names).toBe(Object.keys(nativeExplore()).length);
    expect(returned).toBeGreaterThan(1000);
    expect(thrown).toBeGreaterThan(1000);
  });

  test.each([1, 2, 3, 4])('of bench.node, too (seed %i)', (seed) => {
    const script = path.join(__dirname, '../children/throw-at-bench.cjs');
    const child = spawnSync(process.execPath, [script, String(seed), '1500'], {
      encoding: 'utf8',
      timeout: 110_000,
    });
    expect(child).toMatchObject({ status: 0, signal: null, stderr: '' });
    const { names, returned, thrown } = JSON.parse(child.stdout) as Record<string, number>;
    expect(names).toBe(Object.keys(nativeBench()).length);
    expect(returned).toBeGreaterThan(300);
    expect(thrown).toBeGreaterThan(300);
  });

  test('a handle is gone with its object', () => {
    const dm = native().dmNew(
      Float64Array.from(
        (native().describe() as { plan: { fallback: number }[] }).plan,
        (row) => row.fallback,
      ),
    );
    expect(callDirect(native().dmFree, dm)).toBe(1);
    expect(() => callDirect(native().dmCall, dm, 0, 0)).toThrow(/no such/);
    expect(() => callDirect(native().dmFree, dm)).toThrow(/no such/);
    const first = callDirect(native().idrNew);
    callDirect(native().idrFree, first);
    const second = callDirect(native().idrNew);
    expect(second).not.toBe(first);
    expect(() => callDirect(native().idrFind, first, 0)).toThrow(/no such/);
    const many = (): void => native().idrFindMany(new Uint32Array(1), new Float64Array(1));
    expect(() => callDirect(many, first)).toThrow(/no such/);
    callDirect(native().idrFree, second);
  });

  test('arguments of a wrong type or value are told apart', () => {
    expect(() => callDirect(native().idrFind, 0.5, 0)).toThrow(rangeError);
    expect(() => callDirect(native().idrFind, Number.NaN, 0)).toThrow(rangeError);
    expect(() => native().idrFindMany([1] as never, new Float64Array(1))).toThrow(typeError);
    expect(() => native().stop('1' as never)).toThrow(typeError);
    expect(native().stop(4_000_000_000)).toBe(false);
  });
});

describe('the loader', () => {
  const scripts: { engines: string[]; platformName(): string } = createRequire(__filename)(
    path.join(root, 'scripts', 'platform.cjs'),
  );

  test('knows every engine of native/sources.json', () => {
    const known: Record<keyof Binaries, true> = { stress: true, explore: true, bench: true };
    expect(Object.keys(known)).toEqual(scripts.engines);
    for (const name of Object.keys(known) as (keyof Binaries)[]) {
      expect(loadBinary(name).exports.describe()).toBeDefined();
    }
  });

  test('looks where the scripts put binaries', () => {
    expect(platformName()).toBe(scripts.platformName());
    expect(binaryPaths('stress').map((file) => path.relative(root, file))).toEqual([
      'build/Release/stress.node',
      `prebuilds/${scripts.platformName()}/stress.node`,
    ]);
  });
});

describe('without a binary', () => {
  test('the error says what was tried and what to run', () => {
    const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-'));
    fs.cpSync(path.join(root, 'dist'), path.join(copy, 'dist'), { recursive: true });
    fs.copyFileSync(path.join(root, 'package.json'), path.join(copy, 'package.json'));
    fs.cpSync(path.join(root, 'scripts'), path.join(copy, 'scripts'), { recursive: true });
    fs.symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
    const code = `
      const { stress, DeviceMapper, explore, replay, matrix, bench } = require(process.argv[1]);
      try { new DeviceMapper(); } catch (error) { console.log(error.code, error.message); }
      stress().result.catch((error) => console.log(error.code));
      stress({ isolate: true }).result.catch((error) => console.log(error.code));
      for (const suite of ['locks', 'calls', 'explore']) {
        bench(suite).result.catch((error) => console.log(suite, error.code));
      }
      for (const failed of [explore('create-find'), replay('dmt2.'), matrix()]) {
        failed.catch((error) => console.log(error.code, error.message));
      }`;
    const dist = path.join(copy, 'dist/index.js');
    const out = execFileSync(process.execPath, ['-e', code, dist], { encoding: 'utf8' });
    fs.rmSync(copy, { recursive: true });
    expect(out.match(/ERR_NATIVE_MISSING/g)).toHaveLength(9);
    expect(out).toContain('build/Release/stress.node: not there');
    expect(out.match(/No native binary `explore.node`/g)).toHaveLength(3);
    expect(out).toContain(
      'To compile it: `npm rebuild dmtorture`; where npm blocks install scripts: ' +
        '`npm install-scripts approve dmtorture && npm rebuild dmtorture`\n',
    );
  });

  test('Node that loads no addons is named, and the flag that lets it', () => {
    const code = `require(process.argv[1]).explore('create-find').catch((error) => {
      console.log(error.code, error.message);
    })`;
    const dist = path.join(root, 'dist/index.js');
    const out = execFileSync(process.execPath, ['--no-addons', '-e', code, dist], {
      encoding: 'utf8',
    });
    expect(out).toMatch(/^ERR_NATIVE_MISSING Node was started so that it loads no native addons/);
    expect(out).toContain('`--allow-addons`');
  });

  test('a bundled copy says that it has to stay external', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-'));
    buildSync({
      entryPoints: [path.join(root, 'dist/index.js')],
      bundle: true,
      platform: 'node',
      outfile: path.join(folder, 'out/app.cjs'),
      logLevel: 'silent',
    });
    fs.writeFileSync(path.join(folder, 'package.json'), '{ "name": "an-app", "version": "1.0.0" }');
    const { status, stderr } = spawnSync(process.execPath, [path.join(folder, 'out/app.cjs')], {
      encoding: 'utf8',
    });
    fs.rmSync(folder, { recursive: true });
    expect(status).not.toBe(0);
    expect(stderr).toContain('cannot be bundled');
    expect(stderr).toContain('--external:dmtorture');
  });
});

describe('what compiles the binaries', () => {
  const { rebuildAdvice }: { rebuildAdvice(root: string, agent?: string): string } = createRequire(
    __filename,
  )(path.join(root, 'scripts', 'rebuild.cjs'));

  /** The advice for a package below a project with these files. */
  function advice(files: Record<string, string>, agent?: string): string {
    const project = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-'));
    const folder = path.join(project, 'node_modules', 'dmtorture');
    fs.mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files))
      fs.writeFileSync(path.join(project, name), text);
    const text = rebuildAdvice(folder, agent);
    fs.rmSync(project, { recursive: true });
    return text;
  }

  test.each([
    ['package-lock.json', '{}', 'npm rebuild dmtorture'],
    ['pnpm-lock.yaml', '', 'pnpm rebuild dmtorture'],
    ['yarn.lock', '# yarn lockfile v1\n', 'yarn install --force'],
    ['yarn.lock', '__metadata:\n  version: 8\n', 'yarn rebuild dmtorture'],
    ['bun.lock', '{}', 'bun pm trust dmtorture'],
  ])('is said in the words of whose %s is there', (name, text, said) => {
    expect(advice({ [name]: text })).toContain(said);
  });

  test.each([
    ['yarn/1.22.22 npm/? node/v24.0.0 linux x64', 'yarn install --force'],
    ['yarn/4.18.1 npm/? node/v24.0.0 linux x64', 'yarn rebuild dmtorture'],
    ['bun/1.4.5 npm/? node/v24.0.0 linux x64', 'bun pm trust dmtorture'],
    ['pnpm/12.21.0 npm/? node/v24.0.0 linux x64', 'pnpm approve-builds'],
  ])('is said in the words of the program that runs the script: %s', (agent, said) => {
    expect(advice({ 'package-lock.json': '{}' }, agent)).toContain(said);
  });

  test('of a checkout is its own script', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-'));
    fs.mkdirSync(path.join(folder, '.git'));
    expect(rebuildAdvice(folder)).toBe('`npm run build:native`');
    fs.rmSync(folder, { recursive: true });
  });
});
