// Whether the tests notice: lib with one mistake at a time, as mutants.json lists them. For each
// the named test passes on lib as it is, and has to fail on the mutant.
//
//   node test/mutants/run.mjs            # all, by two workers
//   node test/mutants/run.mjs journal    # those whose file, name or test has this text
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '../..');
const jest = path.join(root, 'node_modules/jest/bin/jest.js');
const WORKERS = 2;
/** Tests have limits of their own; this is for a mutant that never lets go of its thread. */
const TIMEOUT_MS = 120_000;

const [wanted = ''] = process.argv.slice(2);
const mutants = JSON.parse(fs.readFileSync(path.join(here, 'mutants.json'), 'utf8')).filter(
  (mutant) => JSON.stringify(mutant).includes(wanted),
);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-mutants-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

/** A title of a test as a pattern of names: what `%s` of a table stands for can be anything. */
const patternOf = ({ test }) =>
  test
    .split(/%[sdijp]/)
    .map((text) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
    .join('.+');

let runs = 0;

/** Runs tests with one mutant, or none: what Jest says of each test; undefined: it did not end. */
async function runTests(files, pattern, mutant) {
  runs += 1;
  const output = path.join(folder, `${runs}.json`);
  const config = path.join(here, 'jest.config.cjs');
  const args = [jest, '--config', config, '--json', `--outputFile=${output}`, '--silent'];
  args.push(...(mutant ? ['--runInBand'] : []), '--testNamePattern', pattern);
  const child = spawn(process.execPath, [...args, '--runTestsByPath', ...new Set(files)], {
    cwd: root,
    env: { ...process.env, DMTORTURE_MUTANT: mutant ? JSON.stringify(mutant) : '' },
    stdio: 'ignore',
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS * (mutant ? 1 : 5));
  await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  if (!fs.existsSync(output)) return undefined;
  return JSON.parse(fs.readFileSync(output, 'utf8')).testResults;
}

/** How the named test of a mutant ended, in as many forms as it has. */
function statusesOf(results, mutant) {
  const isNamed = new RegExp(`^${patternOf(mutant)}$`);
  return results
    .filter(({ name }) => path.relative(root, name) === mutant.in)
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ title, status }) => isNamed.test(title) && status !== 'pending')
    .map(({ status }) => status);
}

/** What is wrong with a mutant; undefined: its test failed, as it must. */
async function judge(mutant) {
  const results = await runTests([mutant.in], `${patternOf(mutant)}$`, mutant);
  if (!results) return 'did not end, or Jest did not start';
  const broken = results.find(
    ({ assertionResults, message }) => assertionResults.length === 0 && message,
  );
  if (broken) return `does not run: ${broken.message.trim().split('\n').slice(0, 6).join('\n  ')}`;
  return statusesOf(results, mutant).includes('failed') ? undefined : 'is not caught';
}

/** The mutants whose tests do not pass on lib as it is. */
async function withoutMutants() {
  const patterns = [...new Set(mutants.map((mutant) => `${patternOf(mutant)}$`))];
  const results = await runTests(
    mutants.map((mutant) => mutant.in),
    patterns.join('|'),
  );
  return mutants.flatMap((mutant) => {
    const statuses = results ? statusesOf(results, mutant) : [];
    const passes = statuses.length > 0 && statuses.every((status) => status === 'passed');
    return passes ? [] : [`${mutant.name}: its test does not pass on lib as it is`];
  });
}

const beganMs = performance.now();
const wrong = mutants.length > 0 ? await withoutMutants() : [`no mutant has '${wanted}'`];
const queue = wrong.length > 0 ? [] : [...mutants];
await Promise.all(
  Array.from({ length: WORKERS }, async () => {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      const problem = await judge(mutant);
      process.stdout.write(`${problem ? 'NOT OK' : 'caught'}  ${mutant.file}: ${mutant.name}\n`);
      if (problem) wrong.push(`${mutant.file}: ${mutant.name}: ${problem}`);
    }
  }),
);
const seconds = Math.round((performance.now() - beganMs) / 1000);
for (const sentence of wrong) process.stderr.write(`${sentence}\n`);
if (wrong.length === 0)
  process.stdout.write(`all ${mutants.length} mutants caught in ${seconds} s\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
