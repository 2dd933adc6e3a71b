// Whether the corpus notices what own C answers to its traps: each answer is taken out of a copy of this
// checkout, which is built, and the program that is named must not behave as its test says any more.
//
//   node test/own/plants.mjs          # all
//   node test/own/plants.mjs errno    # those whose name has this text
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { copyCheckout, root, show } from '../robust/kit.mjs';

const [wanted = ''] = process.argv.slice(2);
const plants = JSON.parse(fs.readFileSync(path.join(root, 'test/own/plants.json'), 'utf8'));
const folder = copyCheckout('plants');
const env = { ...process.env, NO_COLOR: '1', DMTORTURE_CI_LONG: '1' };
const wrong = [];

const build = () => show('npm', ['run', 'build:native'], { cwd: folder, env }) === 0;

/** Whether the test of a program holds in the copy. */
function holds({ program, form }) {
  const name = `${program} has ${form === 'bug' ? 'its bug' : 'none without it'}`;
  const args = ['jest', 'test/own/corpus', '-t', name.replaceAll('.', '\\.')];
  const { status, stderr } = spawnSync('npx', args, { cwd: folder, env, encoding: 'utf8' });
  if (!/ passed| failed/.test(stderr)) throw new Error(`no test ran: ${stderr}`);
  return status === 0;
}

for (const script of ['build:native', 'build:ts'])
  if (show('npm', ['run', script], { cwd: folder, env }) !== 0) throw new Error(script);
for (const plant of plants.filter(({ name }) => name.includes(wanted))) {
  const file = path.join(folder, plant.file);
  const text = fs.readFileSync(file, 'utf8');
  if (text.split(plant.from).length !== 2) {
    wrong.push(`${plant.name}: its text has to stand once in ${plant.file}`);
    continue;
  }
  fs.writeFileSync(
    file,
    text.replace(plant.from, () => plant.to),
  );
  if (!build()) wrong.push(`${plant.name}: does not build`);
  else if (holds(plant)) wrong.push(`${plant.name}: ${plant.program} does not notice`);
  else console.log(`${plant.name}: noticed by ${plant.program}`);
  fs.writeFileSync(file, text);
}
for (const sentence of wrong) console.error(sentence);
process.exitCode = wrong.length > 0 ? 1 : 0;
