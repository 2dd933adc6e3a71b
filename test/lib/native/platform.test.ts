import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';

import { platformName, runsOnGlibc } from '../../../lib/native/platform';

describe('platform', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-platform-'));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** An executable that begins as one of `loader` does. */
  const executable = (loader: string): string => {
    const file = path.join(folder, path.basename(loader));
    fs.writeFileSync(file, `\x7fELF${'\0'.repeat(700)}${loader}\0${'\0'.repeat(5000)}`);
    return file;
  };

  test.each([
    ['/lib64/ld-linux-x86-64.so.2', true],
    ['/lib/ld-linux-aarch64.so.1', true],
    ['/lib/ld-musl-x86_64.so.1', false],
    ['/lib/ld-musl-aarch64.so.1', false],
  ])('node that %s loads: glibc is %s', (loader, glibc) => {
    expect(runsOnGlibc(executable(loader))).toBe(glibc);
  });

  test('a node that names no loader is asked itself', () => {
    const report = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
    const glibc = Boolean(report.header.glibcVersionRuntime);
    expect(runsOnGlibc(executable('/no/loader'))).toBe(glibc);
    expect(runsOnGlibc(path.join(folder, 'missing'))).toBe(glibc);
    if (process.platform === 'linux') {
      expect(platformName()).toBe(`linux-${process.arch}-${glibc ? 'glibc' : 'musl'}`);
    }
  });
});
