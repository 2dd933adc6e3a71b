import fs from 'node:fs';
import path from 'node:path';
import { shortened } from './errors';

/** What stands in a name for bytes that are not UTF-8: such a name no longer leads to its file. */
const REPLACEMENT = '\ufffd';

/** The names in a folder, byte by byte; none where it cannot be read. */
function namesIn(folder: string): Buffer[] {
  try {
    return fs.readdirSync(folder, { encoding: 'buffer' });
  } catch {
    return [];
  }
}

/** The file or folder on the way to `file` that is there, and whose name is not UTF-8. */
function notUtf8(file: string): string | undefined {
  let folder = path.parse(file).root;
  for (const part of file.slice(folder.length).split(path.sep)) {
    const next = path.join(folder, part);
    if (!fs.existsSync(next)) {
      const isThere =
        part.includes(REPLACEMENT) && namesIn(folder).some((name) => name.toString() === part);
      return isThere ? next : undefined;
    }
    folder = next;
  }
  return undefined;
}

/** Why a file that was asked for is not there, in words. */
export function whyMissing(file: string): string {
  const broken = notUtf8(path.resolve(file));
  if (broken === undefined) return 'no such file';
  return `the name of \`${shortened(broken)}\` is not UTF-8, rename it`;
}
