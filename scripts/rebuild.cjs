'use strict';
// What to run where no binary loads, in the words of the package manager in use.
const fs = require('node:fs');
const path = require('node:path');

/** How each package manager compiles this package, also where it does not run scripts by itself. */
const ADVICE = {
  npm:
    '`npm rebuild dmtorture`; where npm blocks install scripts: ' +
    '`npm install-scripts approve dmtorture && npm rebuild dmtorture`',
  pnpm:
    '`pnpm rebuild dmtorture`; where pnpm blocks install scripts: ' +
    '`pnpm approve-builds dmtorture`',
  yarn: '`yarn rebuild dmtorture`, with `"dependenciesMeta": {"dmtorture": {"built": true}}` in package.json',
  'yarn 1': '`yarn install --force`, without `--ignore-scripts`',
  bun: '`bun pm trust dmtorture`',
  checkout: '`npm run build:native`',
};

/** Lock files, and whose they are. The text of Yarn's shows its version. */
const LOCKS = [
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
  ['pnpm-lock.yaml', 'pnpm'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['yarn.lock', 'yarn'],
];

function yarnOf(file) {
  return fs.readFileSync(file, 'utf8').includes('# yarn lockfile v1') ? 'yarn 1' : 'yarn';
}

/** Whose lock file is nearest above `folder`, or undefined. */
function managerByLock(folder) {
  for (let dir = path.dirname(folder); ; dir = path.dirname(dir)) {
    for (const [name, manager] of LOCKS) {
      const file = path.join(dir, name);
      if (fs.existsSync(file)) return manager === 'yarn' ? yarnOf(file) : manager;
    }
    if (dir === path.dirname(dir)) return undefined;
  }
}

/** Which program runs this script, as package managers announce themselves: `yarn/1.22.22 npm/? node/v20.20.2`. */
function managerByAgent(agent) {
  const [, name, major] = /^(npm|pnpm|yarn|bun)\/(\d+)/.exec(agent ?? '') ?? [];
  return name === 'yarn' && major === '1' ? 'yarn 1' : name;
}

/**
 * What compiles the package in `root`.
 *
 * @param agent the environment's `npm_config_user_agent` where the package manager runs us, else ''
 */
function rebuildAdvice(root, agent = '') {
  if (fs.existsSync(path.join(root, '.git'))) return ADVICE.checkout;
  if (process.versions.pnp) return ADVICE.yarn;
  return ADVICE[managerByAgent(agent) ?? managerByLock(root) ?? 'npm'];
}

module.exports = { rebuildAdvice };
