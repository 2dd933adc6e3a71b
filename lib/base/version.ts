import fs from 'node:fs';
import path from 'node:path';
import { DmTortureError } from './errors';

/** The folder of this package. */
export const packageRoot: string = path.join(__dirname, '../..');

interface Manifest {
  name: string;
  version: string;
}

function readManifest(): Manifest | undefined {
  try {
    return JSON.parse(fs.readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}

/**
 * The package's own manifest. Where there is none, or somebody else's, this file was moved: by a
 * bundler, as a rule, which leaves the binaries and the workers behind.
 */
function ownManifest(): Manifest {
  const manifest = readManifest();
  if (manifest?.name === 'dmtorture') return manifest;
  const message =
    'dmtorture runs from its own folder in node_modules, where its native binaries are, and ' +
    `cannot be bundled: ${__dirname} is not part of it. Keep it external ` +
    '(esbuild: `--external:dmtorture`; webpack: `externals`; Rollup and Vite: `external`)';
  throw new DmTortureError('ERR_NATIVE_MISSING', message);
}

/** The version of this package. */
export const version: string = ownManifest().version;
