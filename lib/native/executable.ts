import fs from 'node:fs';
import path from 'node:path';
import { DmTortureError } from '../base/errors';
import { packageRoot } from '../base/version';
import { platformName } from './platform';

/** Where an executable may be: what was compiled here is wanted more than what was shipped. */
export function executablePaths(name: string): string[] {
  return ['build/Release', `prebuilds/${platformName()}`].map((dir) =>
    path.join(packageRoot, dir, name),
  );
}

/**
 * The executable of that name that is there.
 *
 * @param does - What it does, for the message: `runs own C`.
 * @throws DmTortureError ERR_NATIVE_MISSING
 */
export function findExecutable(name: string, does: string): string {
  const paths = executablePaths(name);
  const found = paths.find((file) => fs.existsSync(file));
  if (found !== undefined) return found;
  const tried = paths.map((file) => `  ${file}: not there`).join('\n');
  const { rebuildAdvice } = require(path.join(packageRoot, 'scripts', 'rebuild.cjs')) as {
    rebuildAdvice(folder: string): string;
  };
  const message =
    `No \`${name}\`, which ${does}, for ${platformName()}. Tried:\n${tried}\n` +
    `To compile it: ${rebuildAdvice(packageRoot)}`;
  throw new DmTortureError('ERR_NATIVE_MISSING', message);
}
