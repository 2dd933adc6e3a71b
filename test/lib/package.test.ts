import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import * as lib from '../../lib/index';

const root = path.join(__dirname, '../..');
const names = Object.keys(lib).sort();

// The package resolves its own name through its `exports`, as a consumer does.
function node(...args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
}

test('require gives every export', () => {
  const code = `console.log(JSON.stringify(Object.keys(require('dmtorture')).sort()))`;
  expect(JSON.parse(node('-e', code))).toEqual(names);
});

test('import gives the same, by name', () => {
  const code = `
    import * as all from 'dmtorture';
    import { stress, DeviceMapper, Idr, race, patches, DmTortureError, scenarios, tables } from 'dmtorture';
    import { createRequire } from 'node:module';
    const required = createRequire(import.meta.url)('dmtorture');
    if (required.stress !== stress) throw new Error('two copies');
    console.log(JSON.stringify(Object.keys(all).sort()));`;
  expect(JSON.parse(node('--input-type=module', '-e', code))).toEqual(names);
});

test('the manifest can be read', () => {
  expect(node('-p', `require('dmtorture/package.json').version`).trim()).toBe(lib.version);
});
