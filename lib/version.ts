import fs from 'node:fs';
import path from 'node:path';

const manifest = path.join(__dirname, '..', 'package.json');

/** The version of this package. */
export const version = (JSON.parse(fs.readFileSync(manifest, 'utf8')) as { version: string })
  .version;
