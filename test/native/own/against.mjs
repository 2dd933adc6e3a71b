// Random C programs: how each may end, by the searches of own C and by a machine that shares nothing
// with them, under sequential consistency and under x86-TSO.
//
//   node test/native/own/against.mjs ENDS [SEED 1] [FILES 2] [PROGRAMS 100] [EXECUTIONS 3000]
//
// ENDS is the program own_ends of the C build. A search that remembers states has to end; one that
// tries every interleaving is left out of a program that takes it more than EXECUTIONS. The long form
// is 1 40 100 100000.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { endsOf } from './machine.mjs';
import { smallPrograms } from './small.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const [program, ...rest] = process.argv.slice(2);
const [seed = 1, files = 2, count = 100, executions = 3000] = rest.map(Number);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-against-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
process.env.XDG_CACHE_HOME = folder;

const { compile } = await import(path.join(here, '../../../dist/own/compile.js'));

/** What own_ends printed of each search. */
function* searches(text) {
  let one;
  for (const line of text.split('\n')) {
    const head = /^program (\d+) (\w+): (.*)$/.exec(line);
    if (head) {
      if (one) yield one;
      one = { program: Number(head[1]), strategy: head[2], says: head[3], ends: [] };
    } else if (line) one.ends.push(line.trim().split(' '));
  }
  if (one) yield one;
}

const LEFT = 24;
const told = { agree: 0, cut: 0, large: 0, ends: 0, stuck: 0, weak: 0 };
let wrong = 0;

function judge(search, expected, { results }, name) {
  if (search.strategy === 'dfs' && search.says.startsWith('cut')) {
    told.cut++;
    return;
  }
  const ends = new Set(
    search.ends.map((e) => [...e.slice(0, results), ...e.slice(LEFT)].join(' ')),
  );
  const says = `whole${expected.stuck ? ' stuck' : ''}`;
  if (
    search.says === says &&
    ends.size === expected.ends.size &&
    [...ends].every((end) => expected.ends.has(end))
  ) {
    told.agree++;
    told.ends += ends.size;
    told.stuck += expected.stuck;
    return;
  }
  wrong++;
  console.log(
    `${name}, program ${search.program}, ${search.strategy}: ${search.says}, not ${says}`,
  );
  for (const end of ends) if (!expected.ends.has(end)) console.log(`  too many: ${end}`);
  for (const end of expected.ends) if (!ends.has(end)) console.log(`  missing: ${end}`);
}

for (let at = seed; at < seed + files; at++) {
  const cc = at % 2 ? 'gcc' : 'clang';
  const file = path.join(folder, `small${at}.c`);
  const { programs, text } = smallPrograms(at, count);
  fs.writeFileSync(file, text);
  const { object } = await compile({ files: [file], cc, flags: [], optimize: false, allow: [] });
  const strong = programs.map((one, i) => endsOf(one, 'sc', i % 2 === 1));
  for (const memory of ['sc', 'tso']) {
    const args = [object, '0', `${count - 1}`, `${executions}`, memory];
    const ran = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
    if (ran.status !== 0) {
      wrong++;
      console.log(`seed ${at}, ${cc}, ${memory}: exit ${ran.status}: ${ran.stderr}`);
    }
    const weak =
      memory === 'sc' ? strong : programs.map((one, i) => endsOf(one, 'tso', i % 2 === 1));
    for (const search of searches(ran.stdout)) {
      const expected = weak[search.program];
      if (expected)
        judge(search, expected, programs[search.program], `seed ${at}, ${cc}, ${memory}`);
      else told.large++;
    }
    if (memory === 'tso')
      told.weak += weak.filter(
        (e, i) => e && strong[i] && e.ends.size > strong[i].ends.size,
      ).length;
  }
}
const { agree, cut, large, ends, stuck, weak } = told;
console.log(
  `${agree} searches agree (${ends} ends, ${stuck} with threads that are stuck), ${cut} cut off, ` +
    `${large} too large; ${weak} programs end otherwise under tso`,
);
process.exit(wrong ? 1 : 0);
