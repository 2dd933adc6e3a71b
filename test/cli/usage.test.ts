import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { root, run, start } from './command';

/** What is typed, and what the message has to name. */
const wrong: [args: string[], ...names: (string | RegExp)[]][] = [
  [['strss'], "unknown command 'strss'. Did you mean 'stress'?"],
  [['xyzzy'], "unknown command 'xyzzy'. Expected demo, stress, explore, replay, matrix, "],
  [['stress', '--thread', '4'], "unknown option '--thread'. Did you mean '--threads'?"],
  [['stress', '--thread=4'], "unknown option '--thread'. Did you mean '--threads'?"],
  [['stress', '--xyzzy'], /unknown option '--xyzzy'\. See/],
  [['--jsn', 'doctor'], "unknown option '--jsn'. Did you mean '--json'?"],
  [['demo', '--threads', '4'], "unknown option '--threads'. It is an option of 'stress'."],
  [['--threads', '4', 'stress'], "option '--threads' goes after its command: 'stress --threads'."],
  [['stress', '--json=5'], "option '--json' takes no value."],
  [['stress', '--threads'], "option '--threads <n>' needs a value."],
  [['stress', 'foo'], "unexpected argument 'foo'."],
  [
    ['stress', 'remove-opn'],
    "unexpected argument 'remove-opn'. Did you mean '--scenario remove-open'?",
  ],
  [
    ['list'],
    'list needs one of patches|faults|invariants|ops|scenarios|locks|rwlocks|refcounts|strategies|models|sets|calls.',
  ],
  [['list', 'ops', 'sets'], "unexpected argument 'sets'."],
  [['list', 'fault'], "got 'fault'", "Did you mean 'faults'?"],
  [['list', 'calls', 'sem_wiat'], 'is not in the table of calls', "Did you mean 'sem_wait'?"],
  [
    ['list', 'xyzzy'],
    'patches|faults|invariants|ops|scenarios|locks|rwlocks|refcounts|strategies|models|sets',
    "got 'xyzzy'",
  ],
  [['stress', '--threads', '0'], '--threads', '1..64', '`0`'],
  [['stress', '--threads', '65'], '--threads', '1..64', '`65`'],
  [['stress', '--threads', '-1'], '--threads', '1..64', '`-1`'],
  [['stress', '--threads', '2.5'], '--threads', '1..64', '`2.5`'],
  [['stress', '--threads', 'abc'], '--threads', 'a number of 1..64', '`abc`'],
  [['stress', '--threads', ''], '--threads', 'a number of 1..64', '``'],
  [['stress', '--threads', '4x'], '--threads', 'a number of 1..64', '`4x`'],
  [['stress', '--minors', '1048577'], '--minors', '1..1048576', '`1048577`'],
  [['stress', '--fail-queue', '1001'], '--fail-queue', '0..1000', '`1001`'],
  [['stress', '--fail-layer', '-1'], '--fail-layer', '0..1000', '`-1`'],
  [['stress', '--max-faults', 'many'], '--max-faults', '`many`'],
  [['stress', '--ops', '1e300'], '--ops', '0..9007199254740991', '`1e+300`'],
  [['stress', '--scenario', 'remove-open', '--rounds', '-1'], '--rounds', '`-1`'],
  [['stress', '--scenario', 'remove-open', '--batch', '4097'], '--batch', '1..4096', '`4097`'],
  [['stress', '--duration', '5x'], '--duration', '`500ms`', '`5x`'],
  [['stress', '--duration', '-1s'], '--duration', '`-1s`'],
  [['stress', '--duration', ''], '--duration', '``'],
  [['stress', '--duration', '9999h'], '--duration', '0..2592000000', '`9999h`'],
  [['stress', '--duration', '5'], '--duration', 'its unit', '`5`', 'mean `5s` or `5ms`?'],
  [['stress', '--duration', '0.4ms'], '--duration', '0..2592000000', '`0.4ms`'],
  [['stress', '--epoch', 'soon'], '--epoch', '`soon`'],
  [['stress', '--epoch', '0'], '--epoch', '1..3600000', '`0`'],
  [['stress', '--watchdog', '1ms'], '--watchdog', '10..3600000', '`1ms`'],
  [
    ['stress', '--scenario', 'remov-open'],
    '--scenario',
    '`remov-open`',
    'did you mean `remove-open`?',
  ],
  [['stress', '--scenario', 'xyzzy'], '--scenario', 'storm, create-find', '`xyzzy`'],
  [['stress', '--patches', 'all,-09'], '--patches', '`all,-09`', '`09` names no patch'],
  [['stress', '--patches', 'all,-freing'], '--patches', 'did you mean `freeing`?'],
  [['stress', '--patches', '4-1'], '--patches', '`4-1` is not a range'],
  [['stress', '--patches', ''], '--patches', '``'],
  [['stress', '--patches', 'all,,05'], '--patches', '`all,,05`'],
  [['stress', '--perturb', 'dealy'], '--perturb', '`dealy`', 'did you mean `delay`?'],
  [['stress', '--lock', 'mc'], '--lock', 'ttas|broken|tas|', '`mc`', 'did you mean `mcs`?'],
  [['stress', '--mix', 'opne=3'], '--mix', '`opne`', 'did you mean `open`?'],
  [['stress', '--mix', 'create'], '--mix', '`create=3,open=5`', '`create`'],
  [['stress', '--mix', 'create=-1'], '--mix', '`create=-1`'],
  [['stress', '--mix', 'create=0'], '--mix', 'above 0'],
  [['stress', '--mix', 'create=1000001'], '--mix', '0..1000000', '`1000001`'],
  [['stress', '--seed', '-1'], '--seed', '0..9007199254740991', '`-1`'],
  [['stress', '--seed', 'abc'], '--seed', '0..9007199254740991', '`abc`'],
  [['demo', '--seed', 'abc'], '--seed', '`abc`'],
  [['history', 'R99'], '<row>', '`R99`'],
  [['history', 'destory'], '<row>', 'did you mean `destroy`?'],
  [['history', '--pattern', 'freed-nmber'], '--pattern', 'did you mean `freed-number`?'],
  [['history', 'R9', '--pattern', 'the-end'], 'either', 'not both'],
  [['history', '--html', ''], '--html', 'name a file'],
  [['--seed', '1.5', 'doctor'], '--seed', '`1.5`'],
  [['stress', '--rounds', '10'], '--rounds is for a scenario'],
  [['stress', '--batch', '10'], '--batch is for a scenario'],
  [['stress', '--scenario', 'remove-open', '--ops', '5'], '--ops is for a storm', '`remove-open`'],
  [
    ['stress', '--scenario', 'remove-open', '--mix', 'open=1'],
    '--mix is for a storm',
    '`remove-open`',
  ],
  [['stress', '--scenario', 'remove-open', '--epoch', '1s'], '--epoch is for a storm'],
  [['stress', '--scenario', 'remove-open', '--threads', '4'], '--threads is for a storm', 'has 2'],
  [['stress', '--json', '--ndjson'], 'either --json or --ndjson'],
  [['explore', 'remov-open'], '<scenario>', '`remov-open`', 'did you mean `remove-open`?'],
  [['explore', 'storm'], '<scenario>', '`storm`'],
  [['explore', 'create-find', 'create-get'], "unexpected argument 'create-get'."],
  [['explore', '--program', 'create 0'], '--program', '`create 0`'],
  [
    ['explore', '--program', 'cpu1: creat 0 ; cpu2: find 0'],
    'Expected cpu1 of --program to be operations',
    'did you mean `create`?',
  ],
  [['explore', '--program', 'cpu1: get 0 ; cpu3: get 0'], 'Expected --program to be cpu1 to'],
  [['explore', 'cpu1: get 0 ; cpu2:'], 'Expected cpu2 of <scenario> to be a program'],
  [['explore', 'create-find', '--program', 'cpu1: create 0'], 'either a scenario or --program'],
  [['explore', '--strategy', 'dpro'], '--strategy', '`dpro`', 'did you mean `dpor`?'],
  [['explore', '--preemptions', '-1'], '--preemptions', '0..4096', '`-1`'],
  [['explore', '--preemptions', 'few'], '--preemptions', '`few`'],
  [['explore', '--depth', '65'], '--depth', '1..64', '`65`'],
  [['explore', '--depth', '3', '--strategy', 'dfs'], '--depth', '`dfs`'],
  [['explore', '--executions', '1.5'], '--executions', '`1.5`'],
  [['explore', '--states', '1e300'], '--states', '0..4294967296', '`1e+300`'],
  [['explore', '--time', '5x'], '--time', '`5x`'],
  [['explore', '--time', '5'], '--time', '`5`', 'did you mean `5s` or `5ms`?'],
  [['explore', '--races', '--strategy', 'stateful'], '--races', '`stateful`'],
  [['explore', '--patches', 'all,-09'], '--patches', '`09` names no patch'],
  [['explore', '--lock', 'brokn'], '--lock', 'ttas|broken', 'did you mean `broken`?'],
  [['explore', '--seed', 'abc'], '--seed', '`abc`'],
  [['explore', '--strateg', 'dpor'], "unknown option '--strateg'. Did you mean '--strategy'?"],
  [['explore', '--json', '--ndjson'], 'either --json or --ndjson'],
  [['completion', 'bash', '--json'], '--json: completion prints a script for a shell'],
  [['replay'], 'replay needs <ticket>, the text that begins with dmt2.'],
  [['replay', 'dmt9.Af0FAAAB'], 'ticket'],
  [['replay', 'dmm1.Af0FAAAB'], 'belongs to a model in C', 'explore_model_replay()'],
  [['matrix', '--scenarios', 'create-fnid'], '--scenarios', 'did you mean `create-find`?'],
  [['matrix', '--scenarios', ''], '--scenarios', '``'],
  [['matrix', '--patches', '9'], '--patches', '`9` names no patch'],
  [['matrix', '--scenario', 'create-find'], "Did you mean '--scenarios'?"],
];

describe('a wrong command line', () => {
  test.each(wrong)('%j', async (args, ...names) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: .*\n$/);
    for (const name of names) {
      if (typeof name === 'string') expect(stderr).toContain(name);
      else expect(stderr).toMatch(name);
    }
  });

  test('nothing at all: the help, as an error', async () => {
    const { code, stdout, stderr } = await run();
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Usage: dmtorture <command>');
  });
});

const commands = fs
  .readdirSync(path.join(root, 'lib', 'cli'))
  .filter((name) => fs.existsSync(path.join(root, 'lib', 'cli', name, 'command.ts')))
  .sort();

describe('help and version', () => {
  test('lists what is built, and nothing else', async () => {
    const { code, stdout, stderr } = await run('--help');
    expect([code, stderr]).toEqual([0, '']);
    const names = [...stdout.matchAll(/^ {2}([a-z]+)[ <[].* {2}/gm)].map(([, name]) => name);
    expect(names.filter((name) => name !== 'dmtorture').sort()).toEqual(commands);
    expect(stdout).toContain('Exit codes: 0 clean, 1 fault found');
  });

  test.each(commands)(
    '%s --help has its own and the global options, with an example',
    async (name) => {
      const { code, stdout, stderr } = await run(name, '--help');
      expect([code, stderr]).toEqual([0, '']);
      for (const text of [
        `Usage: dmtorture ${name}`,
        '--json',
        '--quiet',
        '--seed <n>',
        '--config <file>',
        '--profile <name>',
        '--print-config',
        'Example',
      ]) {
        expect(stdout).toContain(text);
      }
      const [, examples = ''] = stdout.split(/Examples?:\n/);
      expect(examples).toMatch(new RegExp(`^ {2}.*dmtorture ${name}\\b`, 'm'));
    },
  );

  test('every option of the contract is there', async () => {
    const { stdout } = await run('stress', '--help');
    const names = [
      'scenario',
      'patches',
      'threads',
      'minors',
      'duration',
      'rounds',
      'ops',
      'mix',
      'perturb',
      'stop-on-fault',
      'max-faults',
      'isolate',
      'epoch',
      'fail-queue',
      'fail-layer',
      'latency',
      'no-latency',
      'ndjson',
      'no-tickets',
    ];
    for (const name of names) expect(stdout).toMatch(new RegExp(`^ {2}--${name}[ \\n]`, 'm'));
    expect(stdout).toContain('(1..64, default 4)');
  });

  test('explore, replay and matrix have theirs', async () => {
    const options: Record<string, string[]> = {
      explore: [
        'program',
        'patches',
        'strategy',
        'preemptions',
        'depth',
        'executions',
        'states',
        'time',
        'all-faults',
        'races',
        'run-on',
        'no-minimise',
        'lock',
        'ndjson',
      ],
      replay: ['step', 'all'],
      matrix: ['scenarios', 'patches'],
    };
    for (const [command, names] of Object.entries(options)) {
      const { stdout } = await run(command, '--help');
      for (const name of names) expect(stdout).toMatch(new RegExp(`^ {2}--${name}[ \\n]`, 'm'));
    }
    expect((await run('replay', '--help')).stdout).toContain('1 the fault of the ticket was');
  });

  test('--version', async () => {
    const { version } = require('../../package.json') as { version: string };
    expect(await run('--version')).toEqual({
      code: 0,
      signal: null,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  /** The modules that a command line loads, ours as they stand in dist. */
  async function loaded(...args: string[]): Promise<string[]> {
    const preload = path.join(__dirname, 'loaded.cjs');
    const { stderr } = await start(args, { NODE_OPTIONS: `--require ${preload}` }).ended;
    const files = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as string[];
    return files.map((file) => path.relative(path.join(root, 'dist'), file));
  }

  test('help loads what it prints and nothing else, so that it is quick', async () => {
    const names = (await loaded('--help')).filter((name) => !name.includes('node_modules'));
    expect(names).toContain('cli/main.js');
    const light =
      /^(cli\/(main|program|exit)|cli\/\w+\/command|cli\/terminal\/(ending|interrupt|outlet|terminal|why-not)|cli\/options\/(option|scenario|split|usage|usage-error)|cli\/list\/names|cli\/completion\/shells|bench\/suites|base\/(bounds|errors|files|suggest|version)|base\/sinks\/(inert|terminal)|programs\/storm)\.js$/;
    expect(names.filter((name) => !light.test(name) && !name.includes('loaded.cjs'))).toEqual([]);
    const packages = (await loaded('--help')).filter((name) => name.includes('node_modules'));
    expect(packages.length).toBeGreaterThan(1);
    for (const name of packages) expect(name).toMatch(/node_modules\/(commander|picocolors)\//);
  });

  test.each(commands)('%s --help loads no engine, no plots, and no schemas', async (name) => {
    const names = await loaded(name, '--help');
    const heavy =
      /\.node$|vega|valibot|page\/|plots|\/run\.js$|^(native\/load|stress\/stress|explore\/(explore|matrix|replay))\.js$/;
    const own = names.filter((one) => !one.endsWith('/command.js'));
    expect(own.filter((one) => heavy.test(one))).toEqual([]);
  });

  test('what is looked for is found where it is loaded', async () => {
    const names = await loaded('explore', 'create-find', '--quiet', '--json');
    expect(names.filter((name) => name.endsWith('explore.node'))).toHaveLength(1);
    expect(names).toContain('explore/explore.js');
  });
});
