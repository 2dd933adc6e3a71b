import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { familyOf, findCompiler } from '../../../lib/own/compiler';
import { compilePlain } from '../../../lib/own/plain';
import { workshop } from './building';

const { folder, write, build } = workshop();

const MAIN = 'int main(void) { return 0; }\n';
/** A flag that one family has, and the other does not know. */
const FLAGS = { gcc: '-fanalyzer', clang: '-fapple-kext' } as const;

/** What a build says that fails. */
async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('nothing'),
    (reason: unknown) => reason,
  );
  return (error as Error).message;
}

/** A file with a command for main.c. */
function database(name: string, command: string): string {
  const entry = { directory: folder(), file: 'main.c', command: `${command} -c main.c` };
  return write(name, JSON.stringify([entry]));
}

describe('a flag that the compiler does not know', () => {
  test('has a hint where the compiler was chosen here', async () => {
    const file = write('main.c', MAIN);
    const { family } = await findCompiler();
    const other = family === 'gcc' ? 'clang' : 'gcc';
    const says = `hint: ${family} compiles here, since no compiler was named; a flag of ${other} needs --cc ${other}`;
    const flags = [FLAGS[other]];
    expect((await failure(build(file, { flags }))).split('\n').at(-1)).toBe(says);
    const source = { files: [file], flags, allow: [], optimize: false };
    const plain = { ...source, cc: undefined, compileCommands: undefined };
    expect((await failure(compilePlain(plain))).split('\n').at(-1)).toBe(says);
    expect(await failure(build(file, { flags, cc: family }))).not.toContain('hint');
  });

  test.each([
    ['gcc', 'ccache /usr/bin/gcc-12'],
    ['clang', 'clang++-14'],
  ] as const)('has one where a database has it for %s', async (family, command) => {
    const file = write('main.c', MAIN);
    const compileCommands = database('compile_commands.json', `${command} ${FLAGS[family]}`);
    const cc = family === 'gcc' ? 'clang' : 'gcc';
    expect(await failure(build(file, { cc, compileCommands }))).toContain(
      `\nhint: ${path.join(folder(), 'compile_commands.json')} has the flags for ${family}, and ${cc} compiles here; --cc ${family} names that one`,
    );
  });

  test('has none where a database does not say whose it is, or has it for the same', async () => {
    const file = write('main.c', MAIN);
    for (const command of ['cc', 'clang']) {
      const compileCommands = database(`${command}.json`, `${command} ${FLAGS.gcc}`);
      expect(await failure(build(file, { cc: 'clang', compileCommands }))).not.toContain('hint');
    }
    const { family } = await findCompiler();
    const flag = FLAGS[family === 'gcc' ? 'clang' : 'gcc'];
    const compileCommands = database('same.json', `${family} ${flag}`);
    expect(await failure(build(file, { compileCommands }))).not.toContain('hint');
  });

  test('is the only thing that has one', async () => {
    const says = await failure(build(write('wrong.c', 'int main(void) { return x; }\n')));
    expect(says).toContain('error');
    expect(says).not.toContain('hint');
  });
});

test('a command names its family, or does not', () => {
  const commands = [
    'gcc',
    '/usr/bin/x86_64-linux-gnu-g++-12',
    'clang-14.0',
    'cc',
    'clang-cl',
    'gcc2',
  ];
  expect(commands.map(familyOf)).toEqual(['gcc', 'gcc', 'clang', undefined, undefined, undefined]);
});
