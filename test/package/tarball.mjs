import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { binariesOf, manifest, require, root, run, tarball, tarballFiles, tryRun } from './kit.mjs';

const { floors } = require('../../scripts/prebuilds.cjs');

/** With binaries of two platforms, of some 1,070 KB each; that which dies of real memory has 76 KB. */
const BYTES_MAX = 4_200_000;
const DEPENDENCIES_MAX = 6;

/** The oldest systems that a prebuilt binary may ask for: what Debian 12 compiles asks for this. */
const FLOORS = { GLIBC: '2.34', GLIBCXX: '3.4.29', CXXABI: '1.3.9' };

/** Names that belong to a checkout and not to a package. */
const STRAY = /^(test|lib|benchmarks|build|\.ci|\.github)\/|\.map$|\.tsbuildinfo$|\.log$|\.tgz$/;

const tool = (name) => path.join(root, 'node_modules', '.bin', name);

test('publint has nothing to say', () => {
  const output = run(tool('publint'), ['run', tarball(), '--strict']);
  assert.match(output, /All good/);
});

test('the types are right for every kind of import', () => {
  const output = run(tool('attw'), [tarball(), '--format', 'ascii', '--no-color', '--no-emoji']);
  assert.match(output, /No problems found/);
});

test('a wrong manifest does not pass publint', () => {
  const folder = fs.mkdtempSync(path.join(path.dirname(tarball()), 'wrong-'));
  run('tar', ['xzf', tarball(), '-C', folder]);
  const file = path.join(folder, 'package', 'package.json');
  const wrong = { ...manifest, exports: { '.': { types: './dist/nowhere.d.ts' } } };
  fs.writeFileSync(file, JSON.stringify(wrong));
  const { status } = tryRun(tool('publint'), ['run', path.dirname(file), '--strict']);
  assert.notEqual(status, 0);
});

test(`it is smaller than ${BYTES_MAX} bytes and needs few packages`, (context) => {
  const { size } = fs.statSync(tarball());
  const dependencies = Object.keys(manifest.dependencies);
  context.diagnostic(`${size} bytes; needs ${dependencies.join(', ')}`);
  assert.ok(size < BYTES_MAX, `${size} bytes`);
  assert.ok(dependencies.length <= DEPENDENCIES_MAX, dependencies.join(', '));
});

test('it has a binary of every engine for each platform, the C sources, and nothing stray', () => {
  const names = tarballFiles().map(({ name }) => name);
  const platforms = fs.readdirSync(path.join(root, 'prebuilds'));
  for (const platform of platforms) {
    for (const binary of binariesOf(platform)) {
      assert.ok(names.includes(`prebuilds/${platform}/${binary}`), `${platform} ${binary}`);
    }
  }
  const sources = Object.values(require('../../native/sources.json').parts).flat();
  assert.deepEqual(
    [...sources, 'CMakeLists.txt', 'binding.gyp'].filter((name) => !names.includes(name)),
    [],
  );
  assert.deepEqual(
    names.filter((name) => STRAY.test(name)),
    [],
  );
});

test('it has what README.md and the guides link to, and says where it comes from', () => {
  const names = new Set(tarballFiles().map(({ name }) => name));
  // CONTRIBUTING.md is for those who have the repository.
  const pages = [...names].filter((name) => /^(README\.md|docs\/.*\.md)$/.test(name));
  assert.ok(pages.includes('README.md') && pages.includes('docs/guides/library.md'));
  const broken = pages.flatMap((page) => {
    const text = fs.readFileSync(path.join(root, page), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, to]) => to);
    return links
      .map((to) => path.posix.join(path.posix.dirname(page), to))
      .filter((to) => !names.has(to) && ![...names].some((name) => name.startsWith(`${to}/`)))
      .map((to) => `${page}: ${to}`);
  });
  assert.deepEqual(broken, []);
  for (const member of ['repository', 'homepage', 'bugs']) assert.ok(manifest[member], member);
});

test('prebuilt binaries ask for no newer system than is said', { skip: !isLinux() }, (context) => {
  const folder = path.join(root, 'prebuilds');
  for (const platform of fs.readdirSync(folder).filter((name) => name.endsWith('-glibc'))) {
    for (const binary of binariesOf(platform)) {
      const asked = floors(path.join(folder, platform, binary));
      context.diagnostic(`${platform}/${binary}: ${asked.join(', ')}`);
      for (const line of asked) {
        const [library, version] = line.split(' ');
        const order = version.localeCompare(FLOORS[library], 'en', { numeric: true });
        assert.ok(order <= 0, `${platform}/${binary} asks for ${line}`);
      }
    }
  }
});

function isLinux() {
  return process.platform === 'linux';
}
