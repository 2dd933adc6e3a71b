import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Ended, main, start } from '../command';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-settings-'));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

/** A folder of its own with these files. */
function folder(files: Record<string, unknown>): string {
  const made = fs.mkdtempSync(path.join(scratch, 'f-'));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(made, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return made;
}

const CONFIG = 'dmtorture.config.json';

async function runIn(cwd: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return start(args, env, main, cwd).ended;
}

interface Printed {
  command: string;
  config: string | null;
  profile: string | null;
  settings: { option: string; value: unknown; source: string }[];
}

/** What `--print-config` says of an option: its value, and where it comes from. */
async function settingsIn(
  cwd: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<(option: string) => [value: unknown, source: string] | undefined> {
  const { code, stdout, stderr } = await runIn(cwd, [...args, '--print-config', '--json'], env);
  expect([code, stderr.replace(/^config: .*\n/, '')]).toEqual([0, '']);
  const { settings } = JSON.parse(stdout) as Printed;
  return (option) => {
    const found = settings.find((setting) => setting.option === option);
    return found && [found.value, found.source];
  };
}

describe('where options come from', () => {
  const cwd = folder({
    [CONFIG]: {
      $schema: 'ignored',
      seed: 1,
      patches: 'series',
      stress: { threads: 2, minors: 2, patches: 'merged', 'stop-on-fault': true },
      profiles: {
        ci: { quiet: true, minors: 5, stress: { threads: 3 } },
        calm: { stress: { latency: false, mix: { create: 3, remove: 2 } } },
      },
    },
  });

  test('the flag, then the environment, then the file, then what the library says', async () => {
    const env = { DMTORTURE_THREADS: '7' };
    const flag = await settingsIn(cwd, ['stress', '--threads', '9'], env);
    expect(flag('threads')).toEqual(['9', '--threads']);
    const variable = await settingsIn(cwd, ['stress'], env);
    expect(variable('threads')).toEqual(['7', 'DMTORTURE_THREADS']);
    const file = await settingsIn(cwd, ['stress']);
    expect(file('threads')).toEqual(['2', `${CONFIG}: stress.threads`]);
    const none = await settingsIn(cwd, ['stress', '--no-config']);
    expect(none('threads')).toEqual(['4', 'default']);
    expect(none('perturb')).toEqual(['delay', 'default']);
    expect(none('duration')).toEqual(['10s', 'default']);
  });

  test('what is there by default is shown as there', async () => {
    const stress = await settingsIn(cwd, ['stress', '--no-config']);
    expect(stress('latency')).toEqual([true, 'default']);
    expect(stress('tickets')).toEqual([true, 'default']);
    expect(stress('isolate')).toEqual([false, 'default']);
    const bench = await settingsIn(cwd, ['bench', 'locks', '--no-config']);
    expect(bench('pin')).toEqual([true, 'default']);
    const explore = await settingsIn(cwd, ['explore', '--no-config']);
    expect(explore('minimise')).toEqual([true, 'default']);
    const report = await settingsIn(cwd, ['report', 'x.json', '--no-config']);
    expect(report('github')).toEqual(['automatic', 'default']);
  });

  test('of the environment a name with the command is nearer', async () => {
    const env = { DMTORTURE_SEED: '5', DMTORTURE_STRESS_SEED: '6', DMTORTURE_JSON: '' };
    expect((await settingsIn(cwd, ['stress'], env))('seed')).toEqual([
      '6',
      'DMTORTURE_STRESS_SEED',
    ]);
    expect((await settingsIn(cwd, ['explore'], env))('seed')).toEqual(['5', 'DMTORTURE_SEED']);
  });

  test('of the file a profile is nearer, and in both the section of the command', async () => {
    const stress = await settingsIn(cwd, ['stress', '--profile', 'ci']);
    expect(stress('threads')).toEqual(['3', `${CONFIG}: profiles.ci.stress.threads`]);
    expect(stress('minors')).toEqual(['5', `${CONFIG}: profiles.ci.minors`]);
    expect(stress('patches')).toEqual(['merged', `${CONFIG}: stress.patches`]);
    expect(stress('stopOnFault')).toEqual([true, `${CONFIG}: stress.stop-on-fault`]);
    expect(stress('quiet')).toEqual([true, `${CONFIG}: profiles.ci.quiet`]);
    const explore = await settingsIn(cwd, ['explore'], { DMTORTURE_PROFILE: 'ci' });
    expect(explore('patches')).toEqual(['series', `${CONFIG}: patches`]);
    expect(explore('quiet')).toEqual([true, `${CONFIG}: profiles.ci.quiet`]);
  });

  test('switches, and values that are objects', async () => {
    const calm = await settingsIn(cwd, ['stress', '--profile', 'calm']);
    expect(calm('latency')).toEqual([false, `${CONFIG}: profiles.calm.stress.latency`]);
    expect(calm('mix')).toEqual(['create=3,remove=2', `${CONFIG}: profiles.calm.stress.mix`]);
    const off = await settingsIn(cwd, ['stress', '--no-latency'], { DMTORTURE_TICKETS: 'no' });
    expect(off('latency')).toEqual([false, '--no-latency']);
    expect(off('tickets')).toEqual([false, 'DMTORTURE_TICKETS']);
    expect(off('isolate')).toEqual([false, 'default']);
  });

  test('runs have them', async () => {
    const args = ['stress', '--ops', '1000', '--json', '--no-config'];
    const env = { DMTORTURE_THREADS: '3', DMTORTURE_QUIET: '1', DMTORTURE_SEED: '11' };
    const { code, stdout, stderr } = await runIn(cwd, args, env);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).plan).toMatchObject({ threads: 3, seed: 11, ops: 1000 });
    const filed = await runIn(cwd, ['stress', '--ops', '1000', '--json', '--profile', 'calm']);
    expect(JSON.parse(filed.stdout).plan).toMatchObject({
      threads: 2,
      latency: false,
      mix: { create: 3, remove: 2 },
      patches: { names: expect.arrayContaining(['06-merged']) },
    });
  });

  test('for people: a table, the file and the profile; nothing runs', async () => {
    const { code, stdout } = await runIn(cwd, ['stress', '--profile', 'ci', '--print-config']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^option +value +from$/m);
    expect(stdout).toMatch(/^threads +3 +dmtorture\.config\.json: profiles\.ci\.stress\.threads$/m);
    expect(stdout).toMatch(/^lock +ttas +default$/m);
    expect(stdout).toMatch(/\nconfig file: dmtorture\.config\.json, profile ci\n$/);
  });
});

describe('patches in a config file', () => {
  test.each<[unknown, string]>([
    ['5', 'freeing'],
    [{ mask: 16 }, 'freeing'],
  ])('%j is patch 05', async (patches, name) => {
    const cwd = folder({ [CONFIG]: { stress: { patches } } });
    const args = ['stress', '--rounds', '1', '--scenario', 'create-find', '--json'];
    const { stdout } = await runIn(cwd, args);
    expect(JSON.parse(stdout)).toMatchObject({ plan: { patches: { mask: 16, names: [name] } } });
  });

  test('a bare number is refused, since it could be a patch or a mask', async () => {
    const { code, stderr } = await runIn(folder({ [CONFIG]: { patches: 5 } }), ['explore']);
    expect(code).toBe(2);
    expect(stderr).toContain('dmtorture.config.json: patches: Expected --patches to be');
    expect(stderr).toContain("patch 5 is `'5'`, the mask is `{ mask: 5 }`");
  });
});

describe('the config file', () => {
  test('is found above, or named; modules work as well', async () => {
    const cwd = folder({ [CONFIG]: { stress: { threads: 2 } }, 'a/b/here.txt': '' });
    const below = await settingsIn(path.join(cwd, 'a', 'b'), ['stress']);
    expect(below('threads')).toEqual(['2', `../../${CONFIG}: stress.threads`]);
    const modules = folder({
      'dmtorture.config.mjs': 'export default { stress: { threads: 2 + 3 } };',
      'other.cjs': 'module.exports = { seed: 4 };',
    });
    expect((await settingsIn(modules, ['stress']))('threads')?.[0]).toBe('5');
    const named = await settingsIn(modules, ['stress', '--config', 'other.cjs']);
    expect(named('seed')).toEqual(['4', 'other.cjs: seed']);
    const variable = await settingsIn(modules, ['stress'], { DMTORTURE_CONFIG: 'other.cjs' });
    expect(variable('seed')).toEqual(['4', 'other.cjs: seed']);
  });

  test.each([
    ['not JSON', '{ "seed": }', [], 'dmtorture.config.json: Unexpected token'],
    ['not an object', '[]', [], 'dmtorture.config.json: its content has to be an object'],
    ['an unknown option', { threds: 4 }, [], "nothing is called 'threds'. Did you mean 'threads'?"],
    [
      'an option of another command',
      { list: { threads: 4 } },
      [],
      "nothing is called 'threads' in 'list'.",
    ],
    [
      'an unknown option in a profile that is not even asked for',
      { profiles: { ci: { stress: { thread: 4 } } } },
      [],
      "nothing is called 'thread' in 'profiles.ci.stress'. Did you mean 'threads'?",
    ],
    ['profiles of a profile', { profiles: { ci: { profiles: {} } } }, [], "called 'profiles'"],
    [
      'a command that is not an object',
      { stress: [] },
      [],
      "'stress' has to be an object, got `an array`",
    ],
    [
      'a command that is not an object, in a profile',
      { profiles: { ci: { stress: 3 } } },
      [],
      "'profiles.ci.stress' has to be an object, got `3`",
    ],
    [
      'values that are 5,000 levels deep',
      `{"stress":{"mix":${'['.repeat(5000)}${']'.repeat(5000)}}}`,
      [],
      'dmtorture.config.json: its values are nested deeper than 8 levels',
    ],
    ['a time without a unit', { duration: '50' }, [], 'dmtorture.config.json: duration says so'],
    ...['constructor', 'toString', '__proto__'].map((name) => [
      `a profile that every object has: ${name}`,
      { profiles: { ci: {} } },
      ['--profile', name],
      `there is no profile '${name}'. It has ci.`,
    ]),
    ['what chooses the file', { config: 'x' }, [], "nothing is called 'config'"],
    ['no profile of that name', { profiles: { ci: {} } }, ['--profile', 'cj'], "mean 'ci'?"],
    ['no profile at all', {}, ['--profile', 'ci'], "there is no profile 'ci'. It has none."],
    ['no such file', {}, ['--config', 'nowhere.json'], 'nowhere.json: no such file'],
    ['a profile of no file', {}, ['--no-config', '--profile', 'ci'], 'needs a config file'],
    ['a wrong type', { stress: { threads: [[]] } }, [], 'stress.threads: expected --threads'],
    ['no value', { stress: { threads: null } }, [], 'to be a text or a number, got `null`'],
    ['a wrong switch', { quiet: 'perhaps' }, [], 'quiet: expected --quiet to be one of 1, true'],
    [
      'a value that the library refuses',
      { stress: { threads: 65 } },
      [],
      'got `65`; dmtorture.config.json: stress.threads says so',
    ],
  ] as [string, unknown, string[], string][])('%s', async (_, content, args, says) => {
    const cwd = folder({ [CONFIG]: content });
    const { code, stdout, stderr } = await runIn(cwd, ['stress', '--ops', '10', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: .*\n$/);
    expect(stderr).toContain(says);
  });

  test.each([
    ['throws null', 'throw null;', 'it threw null'],
    ['throws an object', 'throw { why: "not" };', "it threw { why: 'not' }"],
    ['holds itself', 'const a = {}; a.a = a; export default { stress: { mix: a } };', 'themselves'],
    [
      'has a getter that throws',
      'export default { get stress() { throw null } };',
      'it threw null',
    ],
    [
      'is 5,000 levels deep',
      'let a = 1; for (let i = 0; i < 5000; i++) a = { a }; export default { mix: a };',
      'deeper than 8 levels',
    ],
  ])('code that %s is named', async (_, code, says) => {
    const cwd = folder({ 'dmtorture.config.mjs': code });
    const ended = await runIn(cwd, ['stress', '--ops', '10']);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.stderr).toMatch(/^error: config file dmtorture\.config\.mjs: .*\n$/);
    expect(ended.stderr).toContain(says);
  });

  test('a number is a time of the unit that the library has, a text has a unit', async () => {
    const content = { duration: 50, epoch: '2s', bench: { hold: [0, 100], window: 3 } };
    const cwd = folder({ [CONFIG]: content });
    const stress = await settingsIn(cwd, ['stress']);
    expect([stress('duration')?.[0], stress('epoch')?.[0]]).toEqual(['50ms', '2s']);
    const bench = await settingsIn(cwd, ['bench', 'locks']);
    expect([bench('hold')?.[0], bench('window')?.[0]]).toEqual(['0ns,100ns', '3ms']);
  });

  test('one is enough', async () => {
    const cwd = folder({ [CONFIG]: {}, 'dmtorture.config.cjs': 'module.exports = {};' });
    const { code, stderr } = await runIn(cwd, ['stress', '--ops', '10']);
    expect(code).toBe(2);
    expect(stderr).toContain('dmtorture.config.json and dmtorture.config.cjs');
  });

  test('none is accepted', async () => {
    expect((await runIn(folder({}), ['stress', '--ops', '10', '--quiet'])).code).toBe(0);
  });
});

describe('the environment', () => {
  test.each([
    [{ DMTORTURE_THREADS: 'abc' }, '--threads to be a number of 1..64 (threads), got `abc`; '],
    [{ DMTORTURE_STRESS_DURATION: '5x' }, 'DMTORTURE_STRESS_DURATION says so'],
    [{ DMTORTURE_DURATION: '5' }, '`5`; did you mean `5s` or `5ms`?; DMTORTURE_DURATION says so'],
    [{ DMTORTURE_STOP_ON_FAULT: 'maybe' }, 'DMTORTURE_STOP_ON_FAULT: expected --stop-on-fault'],
    [{ DMTORTURE_PROFILE: 'ci' }, '--profile ci needs a config file'],
  ] as [NodeJS.ProcessEnv, string][])('%j is refused by its name', async (env, says) => {
    const { code, stderr } = await runIn(folder({}), ['stress', '--ops', '10'], env);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });

  test('a variable that sets nothing is a warning, not an error', async () => {
    const env = { DMTORTURE_THREDS: '4', DMTORTURE_MINORS: '4' };
    const { code, stderr } = await runIn(folder({}), ['stress', '--ops', '10'], env);
    expect(code).toBe(0);
    expect(stderr).toContain(
      "warning: DMTORTURE_THREDS sets nothing. Did you mean 'DMTORTURE_THREADS'?\n",
    );
    expect(stderr).not.toContain('DMTORTURE_MINORS');
    const quiet = await runIn(folder({}), ['stress', '--ops', '10', '--quiet'], env);
    expect(quiet.stderr).toBe('');
  });

  test('what is empty is not set', async () => {
    const { code } = await runIn(folder({}), ['stress', '--ops', '10'], { DMTORTURE_THREADS: '' });
    expect(code).toBe(0);
  });
});
