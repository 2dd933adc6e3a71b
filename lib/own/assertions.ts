import fs from 'node:fs';
import path from 'node:path';

/** One source, and how it is compiled. */
interface Source {
  name: string;
  file: string;
  flags: readonly string[];
  directory: string;
}

const MACRO = /^NDEBUG(=.*)?$/s;

/** Whether flags define NDEBUG, which takes each `assert()` away: the last that names it decides. */
export function takesAssertionsAway(flags: readonly string[]): boolean {
  let isDefined = false;
  flags.forEach((flag, i) => {
    const [, letter, joined = ''] = /^-([DU])(.*)$/s.exec(flag) ?? [];
    const macro = joined === '' ? (flags[i + 1] ?? '') : joined;
    if (letter !== undefined && MACRO.test(macro)) isDefined = letter === 'D';
  });
  return isDefined;
}

const asserts = (file: string): boolean => /\bassert\s*\(/.test(fs.readFileSync(file, 'utf8'));

/** The sources that have assertions, which their flags take away. */
export function withoutAssertions(sources: readonly Source[]): Source[] {
  return sources.filter(
    ({ file, flags, directory }) =>
      takesAssertionsAway(flags) && asserts(path.resolve(directory, file)),
  );
}

/** A sentence on each of them: a verdict of `clean` says less there than it seems to. */
export const assertionWarnings = (sources: readonly Source[]): string[] =>
  withoutAssertions(sources).map(
    ({ name }) =>
      `${name} is compiled with -DNDEBUG: its assert() checks nothing; ` +
      '`--flag -UNDEBUG` brings it back',
  );
