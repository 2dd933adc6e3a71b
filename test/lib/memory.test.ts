import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const child = path.join(__dirname, 'children', 'undisposed.cjs');

// The garbage collector is told of native memory. Without that, small objects in JavaScript stand
// for large ones that it never hears of, and none of them is collected.
test.each(['NumberIdr', 'DeviceMapper'])(
  '%s: most of what nobody disposes of is collected',
  (kind) => {
    const share = Number(execFileSync(process.execPath, [child, kind], { encoding: 'utf8' }));
    expect(share).toBeGreaterThan(0.3);
  },
);
