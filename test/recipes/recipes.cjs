'use strict';
// The recipes of CONTRIBUTING.md as data: what each changes, and the commands that prove it. The text
// is the truth, so nothing of a recipe stands anywhere else.
//
// A recipe is a heading `### NAME` under `## How to add`. Its blocks, in their order:
//
//   ```diff PATH    changes of a file, apart by `@@`: lines to find, and with + and - what they become;
//                   ` …` alone before the lines with + puts them at the end
//   ```c PATH       a new file, whole; so with any other language
//   ```sh           commands that succeed once all of it is done
const FIRST = '## How to add';
const BLOCK = /^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm;
const WHOLE = ' …';

/** The recipes that `text`, all of CONTRIBUTING.md, has, with their steps. */
function recipesOf(text) {
  const [, chapter = ''] = text.split(`\n${FIRST}\n`);
  const [own] = chapter.split('\n## ');
  return own
    .split('\n### ')
    .slice(1)
    .map((section) => ({
      name: section.split('\n', 1)[0],
      steps: [...section.matchAll(BLOCK)].map(([, language, file, body]) => ({
        kind: language === 'sh' ? 'commands' : language === 'diff' ? 'change' : 'file',
        file,
        body,
      })),
    }))
    .filter(({ steps }) => steps.length > 0);
}

/** The lines of a change that have one of these marks, without it; an empty line is one to find. */
const marked = (lines, ...marks) =>
  lines
    .filter((line) => marks.includes(line[0] ?? ' '))
    .map((line) => `${line.slice(1)}\n`)
    .join('');

function applyHunk(text, hunk, file) {
  const lines = hunk.replace(/\n$/, '').split('\n');
  const added = marked(lines, '+');
  if (lines[0] === WHOLE) return `${text}${added}`;
  const found = marked(lines, ' ', '-');
  const whole = `\n${text}`;
  const at = whole.indexOf(`\n${found}`);
  if (found === '' || at < 0) throw new Error(`${file} lacks:\n${found}`);
  if (whole.lastIndexOf(`\n${found}`) !== at) throw new Error(`${file} has twice:\n${found}`);
  return `${text.slice(0, at)}${marked(lines, ' ', '+')}${text.slice(at + found.length)}`;
}

/** A file's text after a step, or what is wrong as an error. @param text undefined: no such file */
function applyStep({ kind, file, body }, text) {
  if (kind === 'file') {
    if (text !== undefined) throw new Error(`${file} is there already`);
    return body;
  }
  if (text === undefined) throw new Error(`${file} is not there`);
  return body.split(/^@@.*\n/m).reduce((so, hunk) => applyHunk(so, hunk, file), text);
}

module.exports = { recipesOf, applyStep };
