import fs from 'node:fs';
import path from 'node:path';
import { filesUnder } from './rules';

/**
 * Phrases that make a reader read a sentence twice, each with what to write in its place. The list
 * grows: add what a reader stumbled over.
 */
export const BANNED: readonly { phrase: RegExp; write: string }[] = [
  { phrase: /\bbut for\b/i, write: 'except' },
  { phrase: /\bso often\b/i, write: 'every N' },
  { phrase: /\bso many\b/i, write: 'the number, or "N"' },
  {
    phrase: /(?<!\bthere )\b(?:is|are|was|were) no\b(?! longer)/i,
    write: '"is not a", or "has no"',
  },
  {
    phrase: /\b(?:tell|tells|telling)\b(?!\.\w)(?! (?:\w+ ){0,3}apart)/i,
    write: 'report, say or print',
  },
  { phrase: /\btold\b(?! apart)/i, write: 'reported, said or printed' },
  { phrase: /\bwhoever\b/i, write: '"the thread that", or "a reader who"' },
  {
    phrase:
      /(?<!\b(?:those|people|everybody|anybody|anyone|users?|author|engineers?|reader) )\bwho\b/i,
    write: 'the thread that, which thread',
  },
  { phrase: /\bas if not\b/i, write: 'say what it does' },
  { phrase: /\bunless (?:it is )?told\b/i, write: 'by default' },
  { phrase: /\bto be had\b/i, write: 'available' },
  { phrase: /\b(?:is|are) to be \w+(?:ed|en)\b/i, write: 'must be, should be' },
  { phrase: /\bonce more\b/i, write: 'again' },
  { phrase: /\bnot un\w+/i, write: 'the word without the double negation' },
  { phrase: /\bof (?:the )?\w+ what\b/i, write: 'put the subject first' },
  { phrase: /\b(?:all|both|each|most|none|one|some) of which\b/i, write: 'two sentences' },
  { phrase: /\bbe it\b/i, write: 'whether' },
  { phrase: /\blet alone\b/i, write: 'two sentences' },
  { phrase: /\bin so far as\b/i, write: 'if, where' },
  { phrase: /\bno longer than is\b/i, write: 'two sentences' },
];

/** A piece of prose: a comment, a text of a program, or a paragraph of a page. */
export interface Prose {
  file: string;
  line: number;
  text: string;
}

const CODE =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g;
const PAGE = /^(?!```)[^\n]+$/gm;

/** What is prose in a file of that name: all of a page, comments and texts of a program. */
export function proseOf(file: string, text: string): Prose[] {
  const pieces = [...text.matchAll(file.endsWith('.md') ? PAGE : CODE)];
  return pieces.map((piece) => ({
    file,
    line: text.slice(0, piece.index).split('\n').length,
    text: piece[0].replace(/\n\s*(?:\*|\/\/)?\s*/g, ' ').replace(/\$\{[^}]*\}/g, ''),
  }));
}

/** What is banned in a piece of prose, a line each. */
export function bannedIn({ file, line, text }: Prose): string[] {
  return BANNED.flatMap(({ phrase, write }) => {
    const found = phrase.exec(text);
    return found ? [`${file}:${line}: "${found[0]}"; write ${write}`] : [];
  });
}

/** Texts that are quoted as they were: what others said, and what is history. */
const QUOTED = [
  'CHANGELOG.md',
  'benchmarks/NOTES.md',
  'test/house/words.ts',
  'test/house/words.test.ts',
];

/** Every banned phrase in the tree under `root`. */
export function bannedPhrases(root: string): string[] {
  const files = [
    ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'],
    ...filesUnder(root, 'docs', '.md'),
    ...filesUnder(root, 'lib', '.ts', '.mjs'),
    ...filesUnder(root, 'native', '.c', '.cc', '.h', '.def'),
    ...filesUnder(root, 'test', '.ts', '.mjs', '.c', '.cc', '.h', '.cjs'),
    ...filesUnder(root, 'scripts', '.cjs'),
    ...filesUnder(root, 'benchmarks', '.cjs', '.mjs', '.c', '.h'),
    ...filesUnder(root, 'examples', '.c', '.h', '.ts', '.js', '.yaml', '.yml'),
  ].filter((file) => !QUOTED.includes(file) && !file.endsWith('.gen.ts'));
  return files.flatMap((file) =>
    proseOf(file, fs.readFileSync(path.join(root, file), 'utf8')).flatMap(bannedIn),
  );
}
