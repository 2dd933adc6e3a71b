// Whether a host of oops mode that was compiled for another machine, or with another C library, dies as
// it must: without 02, 04, 05, 06 and 07, and never with all patches in. Each death has to say what was
// touched, and its trace has to have the names of functions. Up to TRIES seeds, so that luck does not
// decide.
//
//   node test/robust/oops.mjs HOST [RUNNER]      RUNNER: what runs it, such as qemu-aarch64
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { require, root } from './kit.mjs';

const { makeOopsPlan } = require(path.join(root, 'dist/stress/oops/plan.js'));
const { describeDeath } = require(path.join(root, 'dist/stress/oops/report.js'));
const { Functions } = require(path.join(root, 'dist/stress/oops/symbols.js'));

const TRIES = 5;
const LIVES_MS = 1000;
const TOUCHES = ['freed', 'bug', 'wild', 'freed-twice'];
const DEATHS = [
  ['create-find', '02', ['wild']],
  ['remove-get', '04', TOUCHES],
  ['remove-open', '05', TOUCHES],
  ['remove-get', '06', TOUCHES],
  ['get-unload', '07', ['unloaded']],
];

const [host, ...runner] = process.argv.slice(2);
if (host === undefined) {
  console.error('Expected HOST [RUNNER]');
  process.exit(2);
}
const functions = new Functions(host);
let failed = false;

/** The last line of a run, with its death in words. */
function run(scenario, options) {
  const { args, report } = makeOopsPlan(scenario, options);
  const [program, ...rest] = [...runner, host, ...args];
  const { status, stdout, stderr } = spawnSync(program, rest, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${host}: exit ${status}\n${stderr}`);
  const end = JSON.parse(stdout.trimEnd().split('\n').at(-1));
  const { death, signal } = end;
  return { end, death: death && describeDeath(death, functions, report.threads, signal) };
}

function problemOf(death, by) {
  if (!death) return 'it did not die';
  if (!by.includes(death.by)) return `died of ${death.says}`;
  const isNamed = ({ function: name }) => /^[a-z_]+$/.test(name);
  if (death.trace.length === 0 || !death.trace.every(isNamed)) return 'its trace has no names';
  return death.by === 'freed' && !death.freed ? 'it does not say which thread freed it' : undefined;
}

for (const [scenario, no, by] of DEATHS) {
  let [death, problem] = [];
  for (let seed = 1; seed <= TRIES; seed += 1) {
    ({ death } = run(scenario, { patches: `all,-${no}`, time: '10s', seed }));
    problem = problemOf(death, by);
    if (problem !== 'it did not die') break;
  }
  console.log(
    `without ${no}  ${problem ?? `${death.signal}: ${death.says}, ${death.trace[0].function}`}`,
  );
  failed ||= problem !== undefined;
}
const { end } = run('remove-get', { time: LIVES_MS, seed: 1 });
const lived = !end.death && end.signal === 0 && Object.keys(end.lived).length === 0;
console.log(`with all    ${lived ? `lived for ${end.rounds} rounds` : JSON.stringify(end)}`);
process.exitCode = failed || !lived ? 1 : 0;
