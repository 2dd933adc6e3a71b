'use strict';
// What commands print, in the guides: docs/guides/*.md hold blocks
//
//   <!-- run: explore create-find --patches all,-02 -->
//   <!-- /run -->
//
// that this script fills in with the command and its real output. `run roughly:` is for commands
// that real threads answer: there only the first words of the lines are compared. `run diagram:` shows
// the name of the fault and its diagram alone. `run in examples/own:` runs in that folder. A file of
// the repository stands in
//
//   <!-- source: examples/start/queue.c -->
//   <!-- /source -->
//
//   node scripts/guides.cjs            say which blocks are not current (exit 1 if any)
//   node scripts/guides.cjs --update   run the commands and write what they print
//
// Pages that are named, such as docs/guides/explore.md, are the only ones then.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const COMMAND = path.join(root, 'dist', 'cli', 'main.js');
const BLOCK = /<!-- run( roughly| diagram)?(?: in (\S+))?: (.+?) -->\n([\s\S]*?)<!-- \/run -->/g;
const SOURCE = /<!-- source: (\S+) -->\n([\s\S]*?)<!-- \/source -->/g;
const TIMEOUT_MS = 120_000;
/** The exit code of `demo` when it did not see each fault. */
const MISSED = 4;

/** README.md and the guides, as paths from the top of the repository. */
function guides() {
  const names = fs.readdirSync(path.join(root, 'docs', 'guides'));
  const pages = names.filter((name) => name.endsWith('.md')).map((name) => `docs/guides/${name}`);
  return ['README.md', ...pages];
}

/** Words of a command line; double quotes keep blanks together. */
function words(line) {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
}

/**
 * What `npx dmtorture LINE` prints on standard output in `folder`, without colours. Real threads may miss a race
 * in the time that they have, most of all on a busy machine, and then get another try.
 */
function outputOf(line, folder = '.', tries = 3) {
  const { stdout, stderr, status, error } = spawnSync(process.execPath, [COMMAND, ...words(line)], {
    cwd: path.join(root, folder),
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (error) throw error;
  if (status === MISSED && tries > 1) return outputOf(line, folder, tries - 1);
  if (status !== 0 && status !== 1) throw new Error(`dmtorture ${line}: exit ${status}\n${stderr}`);
  return stdout.trimEnd();
}

/** The first line and the diagram of what `explore` or `replay` prints. */
function diagramOf(output) {
  const parts = output.split('\n\n');
  const diagram = parts.find((part) => part.startsWith('step |'));
  return [output.split('\n', 1)[0], diagram].join('\n\n');
}

/** What a block of `way` shows of `output`. */
const shownOf = (way, output) => (way === 'diagram' ? diagramOf(output) : output);

/** The blocks of a guide: the command line, what the guide says it prints, how to compare. */
function blocksOf(text) {
  return [...text.matchAll(BLOCK)].map(([, way, folder = '.', line, body]) => ({
    line,
    folder,
    way: way?.trim() ?? 'whole',
    roughly: way?.trim() === 'roughly',
    shown: /```\n\n```text\n([\s\S]*?)\n```/.exec(body)?.[1] ?? '',
  }));
}

/** A file of the repository as it stands in a guide, without its licence. */
function sourceOf(file) {
  const text = fs.readFileSync(path.join(root, file), 'utf8');
  const code = text.replace(/^\/\* SPDX-License-Identifier: MIT \*\/\n/, '').trimEnd();
  return `\`\`\`${path.extname(file).slice(1)}\n${code}\n\`\`\`\n`;
}

/** The files that a guide shows, each with whether it is as the repository has it. */
function sourcesIn(text) {
  return [...text.matchAll(SOURCE)].map(([, file, body]) => ({
    file,
    isCurrent: body === sourceOf(file),
  }));
}

/** `text` with every block filled in with what `print` says the command prints. */
function fill(text, print) {
  const withSources = text.replace(
    SOURCE,
    (_, file) => `<!-- source: ${file} -->\n${sourceOf(file)}<!-- /source -->`,
  );
  return withSources.replace(BLOCK, (_, way = '', folder, line) =>
    [
      `<!-- run${way}${folder === undefined ? '' : ` in ${folder}`}: ${line} -->`,
      `\`\`\`sh\nnpx dmtorture ${line}\n\`\`\`\n`,
      `\`\`\`text\n${shownOf(way.trim(), print(line, folder))}\n\`\`\``,
      '<!-- /run -->',
    ].join('\n'),
  );
}

/**
 * Output without what differs from run to run, times and the width of columns of times, and from one
 * machine to another: the compiler of own C, where it puts what is shared, and what tickets have of
 * its code.
 */
function settled(output) {
  return output
    .replace(/\b(clang|gcc) \d+(\.\d+)+/g, 'COMPILER')
    .replace(/\bdmo[12]\.[\w-]+/g, 'TICKET')
    .replace(/\b0x2[0-9a-f]{11}\b/g, 'ADDRESS')
    .replace(/\d[\d.,]* ?(ns|µs|ms|s|min)\b/g, 'TIME')
    .replace(/[ -]{2,}/g, ' ')
    .trimEnd();
}

/** Lines about the machine alone: another has another processor, and may be quiet. */
const MACHINE = /; load .* before and |^warning (a noisy machine|\S+ drifts: )/;

/** What a grade means: a run that ends at its first fault may have had no other outcome. */
const GRADE = /^(acceptable|interesting): /;

/** The first words of the lines that are not part of a diagram, of the machine, or of luck. */
function skeleton(output) {
  const isChance = (line) => MACHINE.test(line) || GRADE.test(line);
  const lines = output.split('\n').filter((line) => !isChance(line));
  const first = lines.map((line) => /^ {0,2}([a-z][\w-]*)/i.exec(line)?.[1]);
  return [...new Set(first.filter((word) => word !== undefined))].join('\n');
}

/** What is compared of `output`. */
const essence = (output, roughly) => (roughly ? skeleton(output) : settled(output));

module.exports = { guides, outputOf, blocksOf, sourcesIn, fill, essence, shownOf };

if (require.main === module) {
  const named = process.argv.slice(2).filter((argument) => argument !== '--update');
  for (const guide of named.length > 0 ? named : guides()) {
    const file = path.join(root, guide);
    const before = fs.readFileSync(file, 'utf8');
    if (process.argv.includes('--update')) fs.writeFileSync(file, fill(before, outputOf));
    else {
      for (const { file: source, isCurrent } of sourcesIn(before))
        if (!isCurrent) {
          console.error(`${guide}: not what is in ${source}`);
          process.exitCode = 1;
        }
      for (const { line, folder, way, shown, roughly } of blocksOf(before))
        if (essence(shown, roughly) !== essence(shownOf(way, outputOf(line, folder)), roughly)) {
          console.error(`${guide}: not what it prints: dmtorture ${line}`);
          process.exitCode = 1;
        }
    }
  }
}
