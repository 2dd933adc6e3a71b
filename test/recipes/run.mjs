// Whether the recipes of CONTRIBUTING.md hold: all of them are followed on one copy of this checkout,
// which is built, and the commands at the end of each have to succeed.
//
//   node test/recipes/run.mjs             # all
//   node test/recipes/run.mjs lock        # those whose name has this text
//   node test/recipes/run.mjs --without   # then each step left out, which must not go unnoticed
import fs from 'node:fs';
import path from 'node:path';
import { copyCheckout, require, root, show } from '../robust/kit.mjs';

const { applyStep, recipesOf } = require('../recipes/recipes.cjs');
const { binariesOf, COMPILED, platformName } = require('../../scripts/platform.cjs');

const words = process.argv.slice(2);
const without = words.includes('--without');
const [wanted = ''] = words.filter((word) => !word.startsWith('-'));
const text = fs.readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8');
const recipes = recipesOf(text).filter(({ name }) => name.includes(wanted));
const folder = copyCheckout('recipes');
// As after `npm ci`: a recipe that changes no C compiles none.
fs.mkdirSync(path.join(folder, COMPILED), { recursive: true });
for (const file of binariesOf(platformName()).map((name) => path.join(COMPILED, name)))
  fs.copyFileSync(path.join(root, file), path.join(folder, file));
fs.cpSync(path.join(root, 'dist'), path.join(folder, 'dist'), { recursive: true });
const before = new Map();
const wrong = [];

const read = (file) =>
  fs.existsSync(path.join(folder, file))
    ? fs.readFileSync(path.join(folder, file), 'utf8')
    : undefined;

function write(file, content) {
  if (content === undefined) fs.rmSync(path.join(folder, file), { force: true });
  else fs.writeFileSync(path.join(folder, file), content);
}

/** The files of all recipes with every step done but `left`. */
function follow(left) {
  const files = new Map(before);
  for (const { steps } of recipes)
    for (const step of steps)
      if (step.kind !== 'commands' && step !== left)
        files.set(step.file, applyStep(step, files.get(step.file)));
  for (const [file, content] of files) if (read(file) !== content) write(file, content);
}

/** Whether the commands of a recipe succeed, one after another. */
function succeeds({ steps }) {
  const env = { ...process.env, NO_COLOR: '1' };
  return steps
    .filter(({ kind }) => kind === 'commands')
    .every(
      ({ body }) => show('bash', ['-euo', 'pipefail', '-xc', body], { cwd: folder, env }) === 0,
    );
}

if (recipes.length === 0) wrong.push(`no recipe has '${wanted}'`);
for (const { file, kind } of recipes.flatMap(({ steps }) => steps))
  if (kind !== 'commands') before.set(file, before.get(file) ?? read(file));
follow();
for (const recipe of recipes) {
  if (!succeeds(recipe)) wrong.push(`${recipe.name}: what proves it fails`);
}
if (without && wrong.length === 0) {
  for (const recipe of recipes) {
    for (const step of recipe.steps.filter(({ kind }) => kind !== 'commands')) {
      follow(step);
      const holds = succeeds(recipe);
      console.log(`${recipe.name} without ${step.file}: ${holds ? 'holds' : 'is seen'}`);
      if (holds) wrong.push(`${recipe.name}: holds without the change of ${step.file}`);
    }
  }
}
console.log(`recipes: ${recipes.map(({ name }) => name).join(', ')}`);
for (const sentence of wrong) console.error(sentence);
process.exitCode = wrong.length > 0 ? 1 : 0;
