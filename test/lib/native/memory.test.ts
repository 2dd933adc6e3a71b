import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const child = path.join(__dirname, '../children', 'undisposed.cjs');

// The garbage collector knows of native memory. Without that, small objects in JavaScript stand
// for large ones that it never hears of, and none of them is collected.
test.each(['NumberIdr', 'DeviceMapper'])(
  '%s: most of what nobody disposes of is collected',
  (kind) => {
    const share = Number(execFileSync(process.execPath, [child, kind], { encoding: 'utf8' }));
    expect(share).toBeGreaterThan(0.3);
  },
);

const run = (script: string, ...flags: string[]): string =>
  execFileSync(process.execPath, [...flags, path.join(__dirname, '../children', script)], {
    encoding: 'utf8',
  });

test('an Idr takes what it uses, also where there are more of them than mappings', () => {
  expect(Number(run('many-idrs.cjs'))).toBeLessThan(40_000);
});

// Skipped elsewhere alone: macOS does not enforce the limit of address space that a shell sets.
(process.platform === 'linux' ? test : test.skip)('out of memory is an error with a code', () => {
  const script = path.join(__dirname, '../children', 'no-memory.cjs');
  const command = `ulimit -v 3000000; exec "${process.execPath}" "${script}"`;
  const text = execFileSync('sh', ['-c', command], { encoding: 'utf8' });
  expect(JSON.parse(text)).toEqual({
    DeviceMapper: 'DmTortureError ERR_NO_RESOURCES: There is no memory for a DeviceMapper',
    full: -12,
    found: 100_001,
    again: true,
  });
});

test('the registers of direct calls are memory of the addon', () => {
  expect(run('detached-registers.cjs', '--expose-gc')).toBe('survived');
});
