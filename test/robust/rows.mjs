// Whether the table of patches has room: find-put becomes row 53, behind rows that do nothing, in a
// copy of this checkout that is built. Bit 52 then has to come through C, addon, library, command,
// tickets, JSON, the matrix and its page, and what depends on find-put has to stay as it is.
//
//   node test/robust/rows.mjs
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { copyCheckout, require, root, show } from './kit.mjs';

const ROWS_BEFORE = 52;
const BIT = 2 ** ROWS_BEFORE;
const SERIES = 2 ** 8 - 1;
const folder = copyCheckout('rows');

/** Puts rows in front of find-put and all of them behind the others, so that it is the last of all. */
function plantRows() {
  const file = path.join(folder, 'native/tables/patches.def');
  const text = fs.readFileSync(file, 'utf8');
  const at = text.indexOf('PATCH(R3,');
  const end = text.indexOf('PATCH(', at + 1);
  const others = text.slice(0, at) + text.slice(end);
  const there = others.match(/^PATCH\(/gm)?.length ?? 0;
  const planted = Array.from(
    { length: ROWS_BEFORE - there },
    (_, i) =>
      `PATCH(X${i}, "planted-${i}", FIX, planted_${i}, "", NO_ROWS, "I8", "nothing", "nothing")\n`,
  );
  fs.writeFileSync(file, others + planted.join('') + text.slice(at, end));
}

/** Runs the command of a folder; its exit code and output. */
function run(where, ...words) {
  const main = path.join(where, 'dist/cli/main.js');
  const env = { ...process.env, NO_COLOR: '1' };
  const child = spawnSync(process.execPath, [main, ...words], { encoding: 'utf8', env });
  return { code: child.status, stdout: child.stdout, stderr: child.stderr };
}

/** Its JSON document, where it ends with this code. */
function ask(code, ...words) {
  const { code: ended, stdout, stderr } = run(folder, ...words, '--json');
  assert.equal(ended, code, `${words.join(' ')}: ${stderr}`);
  return JSON.parse(stdout);
}

plantRows();
for (const script of ['build:native', 'gen']) {
  assert.equal(show('npm', ['run', script], { cwd: folder }), 0, `npm run ${script}`);
}

const rows = ask(0, 'list', 'patches');
const row = rows.find(({ no }) => no === 'R3');
const REST = rows.find(({ no }) => no === 'R2').mask;
assert.deepEqual([row.mask, row.needs], [BIT, ['06 or 06m']]);
assert.equal(ask(0, 'list', 'sets').find(({ name }) => name === 'all').mask, BIT + REST + SERIES);

// C and the addon: the row acts, and its mask comes back whole.
const clean = ask(0, 'explore', 'create-find');
assert.deepEqual([clean.verdict, clean.plan.patches.mask], ['clean', BIT + REST + SERIES]);
assert.ok(clean.plan.patches.names.includes('find-put'));
const leak = ask(1, 'explore', 'create-find', '--patches', 'all,-R3');
assert.equal(leak.plan.patches.mask, REST + SERIES);
assert.deepEqual([leak.faults[0].kind, leak.faults[0].preventedBy], ['reference-leak', ['R3']]);
const storm = ['stress', '--scenario', 'create-find', '--duration', '20s', '--rounds', '20000'];
assert.equal(ask(0, ...storm).plan.patches.mask, BIT + REST + SERIES);
const stressed = ask(1, ...storm, '--patches', 'all,-find-put', '--stop-on-fault');
assert.equal(stressed.faults[0].kind, 'reference-leak');

// Tickets name row 53, and a table without it says that the ticket is of a newer one.
const { ticket } = ask(1, 'explore', 'remove-open', '--patches', 'all,-05').faults[0];
const again = ask(1, 'replay', ticket);
assert.deepEqual([again.reproduced, again.plan.patches.mask], [true, BIT + REST + SERIES - 2 ** 4]);
assert.match(run(folder, 'replay', ticket).stdout, /patches all,-05$/m);
const refused = run(root, 'replay', ticket);
assert.equal(refused.code, 2, refused.stderr);
assert.match(refused.stderr, /newer version of dmtorture, or names a patch/);

// The library's direct calls.
const { DeviceMapper, patches } = require(path.join(folder, 'dist/index.js'));
for (const [set, faults] of [
  ['all', []],
  ['all,-R3', ['reference-leak']],
]) {
  const dm = new DeviceMapper({ patches: set });
  const minor = dm.create();
  dm.open(minor);
  dm.remove(minor);
  dm.find(minor);
  dm.close(minor);
  dm.check();
  assert.deepEqual(
    dm.faults.map(({ kind }) => kind),
    faults,
  );
}
assert.equal(patches.format({ mask: BIT + REST + SERIES - 2 ** 4 }), 'all,-05');
assert.throws(() => patches.parse({ mask: 2 * BIT }), { code: 'ERR_OUT_OF_RANGE' });

// The matrix, whose cells have the row as a follow-up, and the page of its report.
const scenarios = ['--scenarios', 'create-find'];
const matrix = run(folder, 'matrix', ...scenarios, '--json');
assert.equal(matrix.code, 0, matrix.stderr);
const { plan, disagreements, cells } = JSON.parse(matrix.stdout);
assert.deepEqual([plan.patches.mask, disagreements, cells.length], [BIT + REST, [], SERIES + 1]);
assert.deepEqual(cells.at(-1).faults, []);
const without = ask(0, 'matrix', ...scenarios, '--patches', 'none');
assert.deepEqual(without.cells.at(-1).faults, ['reference-leak']);
const [file, page] = ['matrix.json', 'matrix.html'].map((name) => path.join(folder, name));
fs.writeFileSync(file, matrix.stdout);
assert.ok((run(folder, 'report', file, '--html', page).code ?? 2) < 2);
assert.match(fs.readFileSync(page, 'utf8'), new RegExp(`R2,R3 \\(mask ${BIT + REST}\\)`));

console.log(
  `row ${ROWS_BEFORE + 1} comes through: C, addon, library, command, tickets, matrix, page`,
);
