import fs from 'node:fs';
import path from 'node:path';

/** Made by scripts/bundle.cjs; sources and dist both find it from where they are. */
const FOLDER = path.join(__dirname, '../../dist/page');

function read(name: string): string {
  const file = path.join(FOLDER, name);
  if (!fs.existsSync(file)) throw new Error(`dmtorture bug: no ${file}; npm run build:ts`);
  return fs.readFileSync(file, 'utf8').trim();
}

/** The script and the style of the page. */
export const pageScript = (): string => read('page.js');
export const pageStyle = (): string => read('page.css');
