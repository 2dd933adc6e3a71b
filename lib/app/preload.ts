import fs from 'node:fs';
import path from 'node:path';
import { DmTortureError } from '../base/errors';
import { packageRoot } from '../base/version';
import { platformName } from '../native/platform';
import type { LockName } from '../tables/tables';

/** The library that is preloaded, and what it cannot reach. */

const NAME = 'dmtorture-preload.node';
const PLATFORM = /^linux-(x64|arm64)-glibc$/;

/** Why this machine cannot do it; undefined: it can. */
export function whyNoPreload(): string | undefined {
  const platform = platformName();
  if (PLATFORM.test(platform)) return undefined;
  return (
    `replacing the locks of an application needs Linux with glibc on x86-64 or ARM64, ` +
    `and this is ${platform}`
  );
}

/**
 * The library that replaces the locks of a program.
 *
 * @throws DmTortureError ERR_NATIVE_MISSING
 */
export function findPreload(): string {
  const refused = whyNoPreload();
  if (refused !== undefined) throw new DmTortureError('ERR_NATIVE_MISSING', refused);
  const files = ['build/Release', `prebuilds/${platformName()}`].map((folder) =>
    path.join(packageRoot, folder, NAME),
  );
  const found = files.find((file) => fs.existsSync(file));
  if (found !== undefined) return found;
  const { rebuildAdvice } = require(path.join(packageRoot, 'scripts', 'rebuild.cjs')) as {
    rebuildAdvice(folder: string): string;
  };
  throw new DmTortureError(
    'ERR_NATIVE_MISSING',
    `No \`${NAME}\`, which replaces locks, for ${platformName()}. ` +
      `To compile it: ${rebuildAdvice(packageRoot)}`,
  );
}

/** The file that a command means, as execvp() finds it; undefined: none. */
export function programFile(program: string): string | undefined {
  const folders = program.includes('/') ? [''] : (process.env.PATH ?? '').split(path.delimiter);
  return folders
    .map((folder) => path.resolve(folder, program))
    .find((file) => {
      try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
      } catch {
        return false;
      }
    });
}

const INTERPRETER = 3;
const SET_ID = 0o6000;

/** The loader that an executable names; undefined: it has none. */
function loaderOf(bytes: Buffer): string | undefined {
  const table = Number(bytes.readBigUInt64LE(0x20));
  const size = bytes.readUInt16LE(0x36);
  for (let i = 0; i < bytes.readUInt16LE(0x38); i += 1) {
    const at = table + i * size;
    if (at + size > bytes.length) break;
    if (bytes.readUInt32LE(at) !== INTERPRETER) continue;
    const from = Number(bytes.readBigUInt64LE(at + 8));
    return bytes.toString('latin1', from, from + Number(bytes.readBigUInt64LE(at + 0x20)) - 1);
  }
  return undefined;
}

const LOOKED_AT_BYTES = 65536;

/** Why the library does not reach a program; undefined: it does, or this cannot be known here. */
export function whyNotReached(file: string): string | undefined {
  const bytes = Buffer.alloc(LOOKED_AT_BYTES);
  try {
    const opened = fs.openSync(file, 'r');
    fs.readSync(opened, bytes);
    fs.closeSync(opened);
  } catch {
    return undefined;
  }
  // A script runs what it names, and that is reached.
  if (bytes.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  if (bytes[4] !== 2) return 'it is a program of 32 bits';
  if (((fs.statSync(file).mode ?? 0) & SET_ID) !== 0) {
    return 'it is set-user-id or set-group-id, and the system preloads nothing into such a program';
  }
  const loader = loaderOf(bytes);
  if (loader === undefined) return 'it is statically linked, so that nothing can be preloaded';
  return loader.includes('musl') ? 'it runs on musl, and glibc is needed' : undefined;
}

/** What the environment of an application is, beside what it would be. */
export function preloadEnvironment(
  library: string,
  {
    lock,
    count,
    force,
    folder,
  }: { lock: LockName; count: boolean; force: boolean; folder: string },
): Record<string, string> {
  const before = process.env.LD_PRELOAD;
  return {
    LD_PRELOAD: before ? `${library}:${before}` : library,
    // As native/preload/begin.c reads it.
    DMTORTURE_PRELOAD: `${lock} ${count ? 'count' : 'plain'} ${force ? 'force' : 'refuse'} ${folder}`,
  };
}
