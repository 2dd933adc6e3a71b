import path from 'node:path';
import { packageRoot } from '../base/version';

/** Where `<dmtorture.h>` is. */
export const INCLUDE = path.join(packageRoot, 'include');

/** The name of a file for people: below the working directory relative to it, else absolute. */
export function nameOf(file: string): string {
  const relative = path.relative(process.cwd(), file);
  const isBelow = relative !== '' && !/^\.\.(\/|\\|$)/.test(relative);
  return (isBelow ? relative : path.resolve(file)).split(path.sep).join('/');
}

/** Folders of headers that came with the system or the compiler. */
const SYSTEM = /^\/(usr|lib|lib64|opt|nix|gnu)\/|\/lib\/(clang|gcc)\//;

/** Folders of what is compiled into a program of the user's, or around it. */
const OURS = [
  INCLUDE,
  ...['bench', 'locks/threads', 'machine'].map((room) => path.join(packageRoot, 'native', room)),
];

/** Whether a file came with the system, the compiler, or with us. */
export const isSystemFile = (file: string): boolean =>
  SYSTEM.test(file) || OURS.some((folder) => file.startsWith(folder + path.sep));
