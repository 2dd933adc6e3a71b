'use strict';
// Gives an option that takes a value anything at all, over and over, in one process. Whatever it
// is, the command has to end with a documented exit code; where it refuses, it has to say in a
// sentence which option. Run it in an empty folder: options may name files.
//
//   node garbage.cjs SEED RUNS COMMAND
const fs = require('node:fs');
const fc = require('fast-check');
const { buildProgram, runCli } = require('../../dist/cli/program.js');

const TICKET = 'dmt2.AgQAAQEGAQEEAQAAAYWSCweAAoECBIECgAKBAocCAUA61kim';
const DOCUMENT = 'report.json';
/** A run has this long; then somebody presses Ctrl-C. */
const PATIENCE_MS = 150;
/** Never over before the end: the report that `report` reads is that of a whole run. */
const WHOLE_MS = 60_000;
const EXITS = [0, 1, 2, 4, 130];

/** What makes a command short, where it does not refuse. */
const SHORT = {
  stress: ['--duration', '20ms'],
  explore: ['create-find', '--executions', '200'],
  matrix: ['--scenarios', 'create-find'],
  bench: ['refcount', '--time', '50ms'],
  replay: [TICKET],
  report: [DOCUMENT],
  list: ['ops'],
  completion: ['bash'],
};

/** Where `error` stands at the front of a sentence, and nothing of a stack is seen. */
const SENTENCE = /^error: .*\S.*\n$/s;
const STACK = /\n {4}at |dmtorture bug/;

/** The written streams, as text; what the run has to say is not to be mixed with ours. */
function capture() {
  const heard = { stdout: '', stderr: '' };
  const originals = {};
  for (const name of Object.keys(heard)) {
    originals[name] = process[name].write;
    process[name].write = (text, encoding, done) => {
      heard[name] += text;
      const callback = typeof encoding === 'function' ? encoding : done;
      if (callback) process.nextTick(callback);
      return true;
    };
  }
  return () => {
    for (const name of Object.keys(heard)) process[name].write = originals[name];
    return heard;
  };
}

/** What an option made a file of is in the way of the next. */
function tidy() {
  for (const name of fs.readdirSync('.').filter((file) => file !== DOCUMENT)) {
    fs.rmSync(name, { recursive: true });
  }
}

/**
 * Presses Ctrl-C, and again while no run is under way: the process would end there, and this one
 * has more command lines to try. A busy machine may take longer than that to load a command.
 */
function impatience(patienceMs) {
  const { exit } = process;
  const press = () => process.emit('SIGINT', 'SIGINT');
  let timer = setTimeout(press, patienceMs);
  process.exit = () => {
    timer = setTimeout(press, patienceMs);
  };
  return () => {
    clearTimeout(timer);
    process.exit = exit;
  };
}

/** Runs a command line to its end, or until somebody would press Ctrl-C. */
async function run(args, patienceMs = PATIENCE_MS) {
  tidy();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
  const release = capture();
  const calm = impatience(patienceMs);
  try {
    const code = await runCli([process.execPath, 'dmtorture', ...args, '--quiet']);
    return { code, ...release() };
  } finally {
    calm();
    release();
  }
}

/** Texts that no option expects, or almost does. None leads out of the folder. */
const garbage = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme', maxLength: 5 }),
    fc.double().map(String),
    fc.bigInt().map(String),
    fc
      .integer({ min: -3, max: 300 })
      .map((n) => `${n}${['', 's', 'x', '%', ',', '-', '='][n & 3]}`),
    fc.constantFrom('', ' ', '-', '--', ',', ',,', '=', '0x10', '1e999', '-0', 'NaN', 'null', '١٢'),
    fc
      .array(
        fc.constantFrom('01', 'all', '-05', 'mcs', 'create', '=', '<', 'p99', '5us', 'R3', '1/2'),
      )
      .map((words) => words.join(',')),
  )
  .filter((text) => !text.includes('\0') && !text.startsWith('/') && !text.includes('..'))
  .map((text) => text.replaceAll('/', '|'));

/** The options of a command that take a value, the program's own among them. */
function optionsOf(name) {
  const program = buildProgram({ terminal: { print() {} }, isAsked: () => true });
  const command = program.commands.find((candidate) => candidate.name() === name);
  return [...command.options, ...program.options]
    .filter((option) => option.required || option.optional)
    .map(({ long }) => long);
}

/** Whether a sentence names the option, what was given to it, or the option that it does not match. */
function names(text, flag, given) {
  const others = text.match(/--[a-z][a-z-]+/g) ?? [];
  return text.includes(flag) || others.length > 0 || (given !== '' && text.includes(given));
}

function check(args, flag, given, { code, stdout, stderr }) {
  const seen = JSON.stringify({ args, code, stderr: stderr.slice(0, 2000) });
  if (!EXITS.includes(code)) throw new Error(`exit code: ${seen}`);
  if (STACK.test(stdout + stderr)) throw new Error(`a stack: ${seen}`);
  if (code !== 2) return;
  if (!SENTENCE.test(stderr)) throw new Error(`no sentence: ${seen}`);
  if (!names(stderr, flag, given)) throw new Error(`does not name ${flag}: ${seen}`);
}

async function main() {
  const [seed, runs, name] = process.argv.slice(2);
  // Each call listens to the streams of what is meant to be a process of its own.
  for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0);
  const first = await run(['explore', 'create-find', '--json'], WHOLE_MS);
  fs.writeFileSync(DOCUMENT, first.stdout);
  const codes = {};
  const property = fc.asyncProperty(
    fc.constantFrom(...optionsOf(name)),
    garbage,
    fc.boolean(),
    async (flag, text, joined) => {
      const given = joined ? [`${flag}=${text}`] : [flag, text];
      const args = [name, ...(SHORT[name] ?? []), ...given];
      const ended = await run(args);
      codes[ended.code] = (codes[ended.code] ?? 0) + 1;
      check(args, flag, text, ended);
    },
  );
  await fc.assert(property, { seed: Number(seed), numRuns: Number(runs) });
  console.log(JSON.stringify(codes));
}

module.exports = { check };

if (require.main === module) {
  main().catch((error) => {
    console.error(error.message, error.cause?.message ?? '');
    process.exitCode = 1;
  });
}
