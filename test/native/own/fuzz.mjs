// Random C programs: what DPOR finds of each, against every interleaving; tickets of each, replayed.
//
//   node test/native/own/fuzz.mjs TRACES [SEED 1] [FILES 2] [PROGRAMS 50] [EXECUTIONS 20000] [tso|rc11]
//   node test/native/own/fuzz.mjs TICKETS [SEED 1] [FILES 2] [PROGRAMS 50] [TICKETS OF EACH]
//
// TRACES is the program own_traces of the C build, TICKETS is own_tickets. Files are compiled by gcc
// and clang in turn, as explore does it; dist has to be there. The long forms are 1 20 100 100000 and
// 1 25 100 100.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const [traces, ...rest] = process.argv.slice(2);
const [seed = 1, files = 2, programs = 50, executions = 20_000] = rest.slice(0, 4).map(Number);
const memory = rest.slice(4);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-fuzz-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
process.env.XDG_CACHE_HOME = folder;

const { compile } = await import(path.join(here, '../../../dist/own/compile.js'));

function run(command, args) {
  const { stdout, stderr, status } = spawnSync(command, args, { encoding: 'utf8' });
  if (stderr) process.stderr.write(stderr);
  return { stdout, status };
}

let wrong = 0;
for (let at = seed; at < seed + files; at++) {
  const file = path.join(folder, `programs${at}.c`);
  const more = at % 5 === 0 ? 1 : 0;
  const { stdout } = run(process.execPath, [
    path.join(here, 'generate.mjs'),
    `${at}`,
    `${programs}`,
    `${more}`,
    ...(memory.length > 0 ? ['weak'] : []),
  ]);
  fs.writeFileSync(file, stdout);
  const cc = at % 2 ? 'clang' : 'gcc';
  const { object } = await compile({ files: [file], cc, flags: [], optimize: false, allow: [] });
  const judged = run(traces, [object, '0', `${programs - 1}`, `${executions}`, ...memory]);
  console.log(`seed ${at}, ${cc}: ${judged.stdout.trim()}`);
  if (judged.status !== 0) wrong++;
}
// What only one part of a state tells apart.
for (const cc of path.basename(traces) === 'own_traces' ? ['gcc', 'clang'] : []) {
  const [name, last] = memory.length > 0 ? ['told_weakly.c', '4'] : ['told_apart.c', '12'];
  const file = path.join(here, name);
  const { object } = await compile({ files: [file], cc, flags: [], optimize: false, allow: [] });
  const judged = run(traces, [object, '0', last, '1000000', ...memory]);
  console.log(`${name}, ${cc}: ${judged.stdout.trim()}`);
  if (judged.status !== 0) wrong++;
}
process.exit(wrong ? 1 : 0);
