'use strict';
// What commands print, in the guides: docs/guides/*.md hold blocks
//
//   <!-- run: explore create-find --patches all,-02 -->
//   <!-- /run -->
//
// that this script fills in with the command and its real output. `run roughly:` is for commands
// that real threads answer: there only the first words of the lines are compared.
//
//   node scripts/guides.cjs            say which blocks are not current (exit 1 if any)
//   node scripts/guides.cjs --update   run the commands and write what they print
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const COMMAND = path.join(root, 'dist', 'cli', 'main.js');
const BLOCK = /<!-- run( roughly)?: (.+?) -->\n([\s\S]*?)<!-- \/run -->/g;
const TIMEOUT_MS = 120_000;

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

/** What `npx dmtorture LINE` prints on standard output, without colours. */
function outputOf(line) {
  const { stdout, stderr, status, error } = spawnSync(process.execPath, [COMMAND, ...words(line)], {
    cwd: root,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (error) throw error;
  if (status !== 0 && status !== 1) throw new Error(`dmtorture ${line}: exit ${status}\n${stderr}`);
  return stdout.trimEnd();
}

/** The blocks of a guide: the command line, what the guide says it prints, how to compare. */
function blocksOf(text) {
  return [...text.matchAll(BLOCK)].map(([, roughly, line, body]) => ({
    line,
    roughly: roughly !== undefined,
    shown: /```\n\n```text\n([\s\S]*?)\n```/.exec(body)?.[1] ?? '',
  }));
}

/** `text` with every block filled in with what `print` says the command prints. */
function fill(text, print) {
  return text.replace(BLOCK, (_, roughly = '', line) =>
    [
      `<!-- run${roughly}: ${line} -->`,
      `\`\`\`sh\nnpx dmtorture ${line}\n\`\`\`\n`,
      `\`\`\`text\n${print(line)}\n\`\`\``,
      '<!-- /run -->',
    ].join('\n'),
  );
}

/** Output without what differs from run to run: times, and the width of columns of times. */
function settled(output) {
  return output
    .replace(/\d[\d.,]* ?(ns|µs|ms|s|min)\b/g, 'TIME')
    .replace(/[ -]{2,}/g, ' ')
    .trimEnd();
}

/** Lines about the machine alone: another has another processor, and may be quiet. */
const MACHINE = /; load .* before and |^warning a noisy machine/;

/** The first words of the lines that are not part of a diagram, and not of the machine. */
function skeleton(output) {
  const lines = output.split('\n').filter((line) => !MACHINE.test(line));
  const first = lines.map((line) => /^ {0,2}([a-z][\w-]*)/i.exec(line)?.[1]);
  return [...new Set(first.filter((word) => word !== undefined))].join('\n');
}

/** What is compared of `output`. */
const essence = (output, roughly) => (roughly ? skeleton(output) : settled(output));

module.exports = { guides, outputOf, blocksOf, fill, essence };

if (require.main === module) {
  for (const guide of guides()) {
    const file = path.join(root, guide);
    const before = fs.readFileSync(file, 'utf8');
    if (process.argv.includes('--update')) fs.writeFileSync(file, fill(before, outputOf));
    else
      for (const { line, shown, roughly } of blocksOf(before))
        if (essence(shown, roughly) !== essence(outputOf(line), roughly)) {
          console.error(`${guide}: not what it prints: dmtorture ${line}`);
          process.exitCode = 1;
        }
  }
}
