import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { callRow } from '../../../lib/tables/calls';
import { tables } from '../../../lib/tables/tables';

const { root, HOST, COMPILED, PREBUILT, platformName } = require('../../../scripts/platform.cjs');

/** What every executable exports. */
const OF_LINKING = /^(_IO_stdin_used|_?_?data_start|__bss_start|_edata|_end|_start)$/;

/** The names that the host gives to what it loads. */
function exported(): string[] {
  const host = [COMPILED, path.join(PREBUILT, platformName())]
    .map((folder) => path.join(root, folder, HOST))
    .find((file) => fs.existsSync(file));
  const { stdout } = spawnSync('nm', ['-D', '--defined-only', host ?? ''], { encoding: 'utf8' });
  const names = [...stdout.matchAll(/^\S+ \S (\w+)/gm)].map(([, name]) => name ?? '');
  return names.filter((name) => !OF_LINKING.test(name));
}

test('the host has every call that is modelled, by its own name or as own_<name>', () => {
  const names = new Set(exported());
  const missing = tables.calls
    .filter(({ name, support }) => support === 'modelled' && !name.endsWith('*'))
    .map(({ name, renamed }) => (renamed ? `own_${name}` : name))
    .filter((name) => !names.has(name));
  expect(missing).toEqual([]);
});

test('what the host exports is a call that is modelled', () => {
  const isModelled = (name: string): boolean => {
    const own = callRow(name.replace(/^own_/, ''));
    if (name.startsWith('own_')) return own?.support === 'modelled' && own.renamed;
    return name === '__libc_single_threaded' || callRow(name)?.support === 'modelled';
  };
  expect(exported().length).toBeGreaterThan(100);
  expect(exported().filter((name) => !isModelled(name))).toEqual([]);
});
