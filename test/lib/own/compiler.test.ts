import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { findCompiler, findOnPath } from '../../../lib/own/compiler';
import { installAdvice } from '../../../lib/own/packages';
import { workshop } from './building';

const { folder, write } = workshop();
const before = process.env.PATH;
afterEach(() => {
  process.env.PATH = before;
});

const BINUTILS = ['objcopy', 'objdump', 'addr2line', 'c++filt', 'ld.bfd'];

/** A command that prints what a compiler of that version prints. */
function fake(name: string, says: string): string {
  const file = write(name, `#!/bin/sh\n/bin/cat >&2 <<'END'\n${says}\nEND\n`);
  fs.chmodSync(file, 0o755);
  return file;
}

const gcc = (version: string): string =>
  `Using built-in specs.\nTarget: x86_64-linux-gnu\ngcc version ${version} (Debian ${version}-1) `;
const clang = (version: string): string =>
  `Debian clang version ${version}\nTarget: x86_64-pc-linux-gnu\nThread model: posix`;

/** A PATH of fakes, and of the real tools. */
function pathOf(name: string, fakes: Record<string, string>, tools = BINUTILS): void {
  const bin = path.join(folder(), name);
  fs.mkdirSync(bin);
  for (const tool of tools) fs.symlinkSync(findOnPath(tool) ?? '', path.join(bin, tool));
  for (const [command, says] of Object.entries(fakes)) fake(path.join(name, command), says);
  process.env.PATH = bin;
}

describe('which compiler is taken', () => {
  test.each([
    ['clang where there are both', { clang: clang('14.0.6'), gcc: gcc('12.2.0') }, 'clang 14.0.6'],
    ['gcc where it is alone', { gcc: gcc('13.2.1') }, 'gcc 13.2.1'],
    ['gcc where clang is too old', { clang: clang('13.0.1'), gcc: gcc('12.2.0') }, 'gcc 12.2.0'],
    ['one with a number', { gcc: gcc('10.2.0'), 'gcc-12': gcc('12.1.0') }, 'gcc 12.1.0'],
    [
      'the newest of those',
      { 'clang-15': clang('15.0.7'), 'clang-19': clang('19.1.0') },
      'clang 19.1.0',
    ],
  ])('%s', async (name, fakes, taken) => {
    pathOf(name, fakes as unknown as Record<string, string>);
    const { family, version } = await findCompiler();
    expect(`${family} ${version}`).toBe(taken);
  });

  test('any command is one, by what it says of itself: a path with blanks, or two words', async () => {
    const file = fake('my tools/c c', clang('16.0.0'));
    expect(await findCompiler(file)).toMatchObject({ family: 'clang', words: [file] });
    const wrapper = write('wrapper', '#!/bin/sh\nexec "$@"\n');
    fs.chmodSync(wrapper, 0o755);
    expect(await findCompiler(`${wrapper} gcc`)).toMatchObject({
      family: 'gcc',
      command: `${wrapper} gcc`,
      words: [wrapper, 'gcc'],
    });
  });

  test('tools of another target come with its compiler', async () => {
    pathOf('cross', { 'aarch64-linux-gnu-gcc': gcc('12.2.0') });
    fake('cross/aarch64-linux-gnu-objdump', '');
    const { tools } = await findCompiler('aarch64-linux-gnu-gcc');
    expect(path.basename(tools.objdump)).toBe('aarch64-linux-gnu-objdump');
    expect(path.basename(tools.objcopy)).toBe('objcopy');
  });
});

describe('what cannot be taken', () => {
  test.each([
    ['none', {}, undefined, 'No C compiler was found on the PATH: '],
    [
      'too old',
      { gcc: gcc('11.4.0') },
      undefined,
      'Expected `cc` to be clang 14 or gcc 12, or newer, got `gcc`, which is gcc 11.4.0. To get one: ',
    ],
    [
      'asked for, too old',
      { gcc: gcc('12.2.0'), 'clang-11': clang('11.0.1') },
      'clang-11',
      'Expected `cc` to be clang 14 or gcc 12, or newer, got `clang-11`, which is clang 11.0.1.',
    ],
    [
      'another',
      { tcc: 'tcc version 0.9.27' },
      'tcc',
      'Expected `cc` to be gcc or clang, got `tcc`, ',
    ],
    [
      'of Apple',
      { clang: 'Apple clang version 15.0.0\nTarget: arm64-apple-darwin' },
      'clang',
      'Expected `cc` to be gcc or clang, got `clang`, ',
    ],
    [
      'not there',
      {},
      'nowhere',
      'Expected `cc` to be the command of a C compiler, got `nowhere`: not found',
    ],
  ])('is refused: %s', async (name, fakes, cc, says) => {
    pathOf(name, fakes as unknown as Record<string, string>);
    const error = await findCompiler(cc).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_NO_COMPILER', option: 'cc' });
    expect((error as Error).message.slice(0, says.length)).toBe(says);
  });

  test.each(BINUTILS)('without %s binutils must be installed', async (tool) => {
    const rest = BINUTILS.filter((name) => name !== tool);
    pathOf(`without ${tool}`, { gcc: gcc('12.2.0') }, rest);
    await expect(findCompiler()).rejects.toThrow(
      `${tool} of GNU binutils is not on the PATH: ${installAdvice(['binutils'])}`,
    );
  });
});

test.each([
  ['debian', '`apt install clang binutils`'],
  ['linuxmint ubuntu debian', '`apt install clang binutils`'],
  ['"rhel centos fedora"', '`dnf install clang binutils`'],
  ['arch', '`pacman -S clang binutils`'],
  ['"opensuse suse"', '`zypper install clang binutils`'],
  ['alpine', '`apk add clang binutils`'],
  ['nixos', 'install clang and binutils'],
])('packages of %s', (names, advice) => {
  expect(installAdvice(['clang', 'binutils'], names)).toBe(advice);
});

test('packages that are called otherwise', () => {
  expect(installAdvice(['g++'], 'fedora')).toBe('`dnf install gcc-c++`');
});
