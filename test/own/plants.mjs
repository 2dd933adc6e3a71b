// Whether something notices what own C answers to its traps: each answer is taken out of a copy of
// this checkout, which is built, and what is named must not behave as it should any more. The rows
// that have to have a plant are in plants/rows.json. dist has to be there.
//
//   node test/own/plants.mjs              # all
//   node test/own/plants.mjs errno        # those whose row or name has this text
//   node test/own/plants.mjs --part 2/5   # every fifth, from the second on
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ask, copyCheckout, makeFolder, root } from '../robust/kit.mjs';
import { askIn, nameOf } from './probe.mjs';

const sections = fs.readdirSync(path.join(root, 'test/own/plants'));
const read = (name) =>
  JSON.parse(fs.readFileSync(path.join(root, 'test/own/plants', name), 'utf8'));
const plants = sections.filter((name) => name !== 'rows.json').flatMap(read);

/** Those that the arguments ask for, file by file: what is compiled again is little then. */
function asked([first = '', second = '']) {
  const part = /^(\d+)\/(\d+)$/.exec(first === '--part' ? second : '');
  const isAsked = part
    ? (_, at) => at % Number(part[2]) === Number(part[1]) % Number(part[2])
    : ({ row, name }) => `${row}: ${name}`.includes(first);
  return plants.filter(isAsked).sort((a, b) => a.file.localeCompare(b.file));
}

const folder = copyCheckout('plants');
const scratch = makeFolder('probes');
process.env.XDG_CACHE_HOME = scratch;
fs.cpSync(path.join(root, 'dist'), path.join(folder, 'dist'), { recursive: true });

const built = path.join(folder, 'build-cmake');
const target = path.join(folder, 'build/Release/dmtorture-own');
fs.mkdirSync(path.dirname(target), { recursive: true });
ask('cmake', ['-S', folder, '-B', built, '-DCMAKE_BUILD_TYPE=None', '-DCMAKE_C_FLAGS=-O1 -w']);

/** Build the host. Returns what the compiler says where it cannot. */
function build() {
  const args = ['--build', built, '--target', 'dmtorture-own', '-j', '2'];
  const { status, stdout, stderr } = spawnSync('cmake', args, { encoding: 'utf8' });
  if (status !== 0) return `does not build: ${stdout}${stderr}`;
  // Beside it first: what runs is not written to.
  fs.copyFileSync(path.join(built, 'native/own/dmtorture-own'), `${target}.new`);
  fs.renameSync(`${target}.new`, target);
  return undefined;
}

const failure = build();
if (failure) throw new Error(failure);
const flawsOf = await askIn(folder, scratch);
const holds = new Map();

/** What a probe says: its flaws, or why it came to no answer. */
async function answerOf(plant) {
  try {
    return { flaws: await flawsOf(plant) };
  } catch (error) {
    return { failure: `${nameOf(plant)} came to no answer: ${error.message}` };
  }
}

/** The same of the host as it is, asked once. */
async function answerWithout(plant) {
  const probe = nameOf(plant);
  if (!holds.has(probe)) holds.set(probe, await answerOf(plant));
  return holds.get(probe);
}

/** What a plant comes to: how it is noticed, or what is wrong with it. */
async function judge(plant) {
  const file = path.join(folder, plant.file);
  const text = fs.readFileSync(file, 'utf8');
  const without = await answerWithout(plant);
  if (without.failure) return { wrong: without.failure };
  if (without.flaws.length > 0) {
    return { wrong: `${nameOf(plant)} fails without it: ${without.flaws}` };
  }
  if (text.split(plant.from).length !== 2) {
    return { wrong: `its text has to stand once in ${plant.file}` };
  }
  fs.writeFileSync(
    file,
    text.replace(plant.from, () => plant.to),
  );
  const failure = build();
  const answer = failure ? { failure } : await answerOf(plant);
  fs.writeFileSync(file, text);
  if (answer.failure) return { wrong: answer.failure };
  if (answer.flaws.length === 0) return { wrong: `${nameOf(plant)} does not notice` };
  return { noticed: answer.flaws.join('; ').split('\n')[0] };
}

const beganMs = performance.now();
const chosen = asked(process.argv.slice(2));
const wrong = chosen.length > 0 ? [] : ['no plant is called that'];
// All probes first, of the host as it is: a build less for each.
for (const plant of chosen) await answerWithout(plant);
for (const plant of chosen) {
  const startMs = performance.now();
  const { wrong: problem, noticed } = await judge(plant);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  console.log(`${problem ? 'NOT OK' : 'noticed'}  ${plant.row}: ${plant.name} (${seconds} s)`);
  if (noticed) console.log(`         ${noticed}`);
  if (problem) wrong.push(`${plant.row}: ${plant.name}: ${problem}`);
}
for (const sentence of wrong) console.error(sentence);
const seconds = Math.round((performance.now() - beganMs) / 1000);
if (wrong.length === 0) console.log(`all ${chosen.length} plants noticed in ${seconds} s`);
process.exitCode = wrong.length > 0 ? 1 : 0;
