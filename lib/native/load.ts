import fs from 'node:fs';
import path from 'node:path';
import { types } from 'node:util';
import { DmTortureError } from '../base/errors';
import { packageRoot } from '../base/version';
import type { NativeBench } from './bench';
import type { NativeExplore } from './explore';
import { platformName } from './platform';
import type { NativeStress } from './stress';
import type { NativeVerify } from './verify';

/** The native binaries, one per engine, and their functions. */
export interface Binaries {
  stress: NativeStress;
  explore: NativeExplore & NativeVerify;
  bench: NativeBench;
}
/** The name of a binary. */
export type BinaryName = keyof Binaries;

const root = packageRoot;

/** Where a binary may be: what was compiled here is wanted more than what was shipped. */
export function binaryPaths(name: BinaryName): string[] {
  return ['build/Release', `prebuilds/${platformName()}`].map((dir) =>
    path.join(root, dir, `${name}.node`),
  );
}

/** What compiles the binaries here, in the words of the package manager that installed them. */
function rebuildAdvice(): string {
  const script = require(path.join(root, 'scripts', 'rebuild.cjs')) as {
    rebuildAdvice(folder: string): string;
  };
  return script.rebuildAdvice(root);
}

/** Node runs with its addons disabled: no binary would help. */
function disabled(name: BinaryName, cause: unknown): DmTortureError {
  const message =
    `Node was started so that it loads no native addons, and dmtorture is one (\`${name}.node\`). ` +
    'With `--permission` add `--allow-addons` and `--allow-fs-read=*`; leave out `--no-addons`';
  return new DmTortureError('ERR_NATIVE_MISSING', message, { cause });
}

function missing(name: BinaryName, tried: string[], causes: unknown[]): DmTortureError {
  const reasons = tried.map((file, i) => {
    const cause = causes[i];
    return `  ${file}: ${types.isNativeError(cause) ? cause.message.split('\n')[0] : 'not there'}`;
  });
  const message =
    `No native binary \`${name}.node\` for ${platformName()} on Node ${process.version}. Tried:\n` +
    `${reasons.join('\n')}\nTo compile it: ${rebuildAdvice()}`;
  return new DmTortureError('ERR_NATIVE_MISSING', message, { cause: causes.find(Boolean) });
}

/** A loaded binary, and the file it came from. */
export interface LoadedBinary<Name extends BinaryName = BinaryName> {
  file: string;
  exports: Binaries[Name];
}

const loaded: { [Name in BinaryName]?: LoadedBinary<Name> } = {};

function load<Name extends BinaryName>(name: Name): LoadedBinary<Name> {
  const paths = binaryPaths(name);
  const causes: unknown[] = [];
  for (const [i, file] of paths.entries()) {
    if (!fs.existsSync(file)) continue;
    try {
      // A copy: an object that Node-API filled is a dictionary, and slow to look functions up in.
      return { file, exports: { ...(require(file) as Binaries[Name]) } };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_DLOPEN_DISABLED')
        throw disabled(name, error);
      causes[i] = error;
    }
  }
  throw missing(name, paths, causes);
}

/**
 * Load a native binary, once.
 *
 * @throws DmTortureError ERR_NATIVE_MISSING, saying what was tried and what to run
 */
export function loadBinary<Name extends BinaryName>(name: Name): LoadedBinary<Name> {
  const known: LoadedBinary<Name> | undefined = loaded[name];
  if (known) return known;
  const binary = load(name);
  Object.assign(loaded, { [name]: binary });
  return binary;
}

/** The functions of stress.node. */
export function native(): NativeStress {
  return loadBinary('stress').exports;
}

/** The functions of explore.node. */
export function nativeExplore(): NativeExplore & NativeVerify {
  return loadBinary('explore').exports;
}

/** The functions of bench.node. */
export function nativeBench(): NativeBench {
  return loadBinary('bench').exports;
}
