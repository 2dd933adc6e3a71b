import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { loadConfig } from '../../../lib/cli/options/config-find';
import { type Ended, main, start } from '../command';

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-find-')));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

const [JSON_FILE, CJS, MJS] = ['json', 'cjs', 'mjs'].map((end) => `dmtorture.config.${end}`) as [
  string,
  string,
  string,
];
const SEVEN = '{ "stress": { "threads": 7 } }';
/** Code that leaves a trace of having run. */
const ran = (file: string): string => `${file}.ran`;
const code = (file: string): string => {
  const trace = `require('node:fs').writeFileSync(${JSON.stringify(ran(file))}, '');`;
  return file.endsWith('.cjs')
    ? `${trace} module.exports = ${SEVEN};`
    : `import { createRequire } from 'node:module';
       const require = createRequire(import.meta.url); ${trace} export default ${SEVEN};`;
};

/** A folder with config files of these names; `.git` and names without an end are folders. */
function tree(...names: string[]): string {
  const top = fs.mkdtempSync(path.join(scratch, 'f-'));
  for (const name of names) {
    const file = path.join(top, name);
    const isFile = /\.(json|cjs|mjs)$/.test(name);
    fs.mkdirSync(isFile ? path.dirname(file) : file, { recursive: true });
    if (isFile) fs.writeFileSync(file, name.endsWith('.json') ? SEVEN : code(file));
  }
  return top;
}

async function threadsIn(cwd: string, args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const ended = await start(['stress', '--print-config', '--json', ...args], env, main, cwd).ended;
  const settings: { option: string; value: unknown }[] =
    ended.stdout === '' ? [] : JSON.parse(ended.stdout).settings;
  return { ...ended, threads: settings.find(({ option }) => option === 'threads')?.value };
}

describe('the config file', () => {
  test('of a folder above is read if it is JSON, and that is said once', async () => {
    const top = tree(JSON_FILE, 'a/b');
    const { threads, stderr } = await threadsIn(path.join(top, 'a', 'b'));
    expect(threads).toBe('7');
    expect(stderr).toBe(`config: options are read from ../../${JSON_FILE}\n`);
    expect((await threadsIn(top)).stderr).toBe('');
  });

  test.each([CJS, MJS])('of a folder above is not run if it is code: %s', async (name) => {
    const top = tree(name, 'a');
    const { threads, stderr } = await threadsIn(path.join(top, 'a'));
    expect(threads).toBe('4');
    expect(stderr).toBe(
      `config: ../${name} is code of another folder, and is not run; --config ../${name} reads it\n`,
    );
    expect(fs.existsSync(ran(path.join(top, name)))).toBe(false);
    expect((await threadsIn(path.join(top, 'a'), ['--config', `../${name}`])).threads).toBe('7');
    expect((await threadsIn(top)).threads).toBe('7');
    expect(fs.existsSync(ran(path.join(top, name)))).toBe(true);
  });

  test('is looked for as far up as the repository, and no further', async () => {
    const outside = tree(JSON_FILE, 'repository/.git', 'repository/a');
    const inside = tree(`repository/${JSON_FILE}`, 'repository/.git', 'repository/a');
    const at = path.join('repository', 'a');
    expect(await threadsIn(path.join(outside, at))).toMatchObject({ threads: '4', stderr: '' });
    expect(await threadsIn(path.join(inside, at))).toMatchObject({ threads: '7' });
    expect(await threadsIn(path.join(outside, 'repository'))).toMatchObject({ threads: '4' });
  });

  test('is looked for as far up as home, and no further', async () => {
    const outside = tree(JSON_FILE, 'home/a');
    const inside = tree(`home/${JSON_FILE}`, 'home/a');
    const [there, here] = [outside, inside].map((top) => {
      const home = path.join(top, 'home');
      return threadsIn(path.join(home, 'a'), [], { HOME: home });
    });
    expect(await there).toMatchObject({ threads: '4', stderr: '' });
    expect(await here).toMatchObject({ threads: '7' });
  });

  test.each([CJS, MJS])('`completion` runs none: %s', async (name) => {
    const top = tree(name);
    const { code: status, stdout } = await start(['completion', 'bash'], {}, main, top).ended;
    expect(status).toBe(0);
    expect(stdout).toContain('complete -F _dmtorture dmtorture');
    expect(fs.readdirSync(top)).toEqual([name]);
  });
});

describe('is refused, and not run:', () => {
  const refusal = async (ended: Promise<Ended>, says: string, file: string): Promise<void> => {
    const { code: status, stdout, stderr } = await ended;
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(says);
    expect(fs.existsSync(ran(file))).toBe(false);
  };

  test.each([JSON_FILE, CJS, MJS])('what every user can write: %s', async (name) => {
    const top = tree(name);
    const file = path.join(top, name);
    fs.chmodSync(file, 0o666);
    const says = `error: config file ${name}: every user of this machine can write it`;
    await refusal(threadsIn(top), says, file);
    await refusal(threadsIn(top, ['--config', name]), says, file);
    fs.chmodSync(file, 0o664);
    expect((await threadsIn(top)).threads).toBe('7');
  });

  test.each([JSON_FILE, CJS, MJS])('what is in a folder that they can write: %s', async (name) => {
    const top = tree(`a/${name}`);
    const folder = path.join(top, 'a');
    const says = 'every user of this machine can write its folder, ';
    for (const mode of [0o777, 0o1777]) {
      fs.chmodSync(folder, mode);
      await refusal(threadsIn(folder), says, path.join(folder, name));
    }
    // Where only its owner can replace a file, the one that was named is that one.
    const named = ['--config', path.join('a', name)];
    expect((await threadsIn(top, named)).threads).toBe('7');
    fs.chmodSync(folder, 0o777);
    fs.rmSync(ran(path.join(folder, name)), { force: true });
    await refusal(threadsIn(top, named), says, path.join(folder, name));
  });

  test('a link to what they can write', async () => {
    const [top, other] = [tree('a'), tree(CJS)];
    const file = path.join(other, CJS);
    fs.chmodSync(file, 0o666);
    fs.symlinkSync(file, path.join(top, CJS));
    await refusal(threadsIn(top), 'every user of this machine can write it', file);
  });

  test('code of another user, unless it is named', async () => {
    const file = path.join(tree(CJS), CJS);
    const [root, stranger] = [0, 4711];
    if (process.getuid?.() === root) fs.chownSync(file, stranger, stranger);
    else jest.spyOn(process, 'getuid').mockReturnValue(stranger);
    await expect(loadConfig({ file, isNamed: false })).rejects.toThrow(
      /it is another user's code; --config .* runs it all the same$/,
    );
    expect(fs.existsSync(ran(file))).toBe(false);
    jest.restoreAllMocks();
    expect((await threadsIn(scratch, ['--config', file])).threads).toBe('7');
  });

  test.each([
    ['a folder', (file: string) => fs.mkdirSync(file)],
    ['a device', (file: string) => fs.symlinkSync('/dev/zero', file)],
    ['a fifo', (file: string) => expect(spawnSync('mkfifo', [file]).status).toBe(0)],
  ])('%s: it is not a regular file', async (_, make) => {
    for (const name of [JSON_FILE, MJS]) {
      const top = tree('a');
      make(path.join(top, name));
      const says = `error: config file ${name}: it is not a regular file\n`;
      await refusal(threadsIn(top), says, path.join(top, name));
      await refusal(threadsIn(top, ['--config', name]), says, path.join(top, name));
    }
  });

  test('more than anybody writes by hand', async () => {
    const top = tree(JSON_FILE);
    fs.truncateSync(path.join(top, JSON_FILE), 2 << 20);
    await refusal(threadsIn(top), 'it has more than 1048576 bytes', JSON_FILE);
  });
});
