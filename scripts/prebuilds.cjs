'use strict';
// Binaries for the tarball: built from a copy of what the tarball has, stripped, and checked for
// the oldest system that they ask for.
//
//   node scripts/prebuilds.cjs [--out FOLDER] [--compiled] [TARGET...]
//
// A target is a folder's name: that of this machine if none is given, or one of TARGETS. With
// --compiled this machine's are what was compiled in the checkout already.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const { parseArgs } = require('node:util');
const { compile } = require('./compile.cjs');
const { binariesOf, COMPILED, OOPS, PREBUILT, platformName, root } = require('./platform.cjs');

/** What can be built on a machine of another kind, with Debian's cross compilers. */
const TARGETS = {
  'linux-arm64-glibc': { arch: 'arm64', tools: 'aarch64-linux-gnu-' },
  'linux-x64-glibc': { arch: 'x64', tools: 'x86_64-linux-gnu-' },
};
const SOURCES = ['native', 'binding.gyp', 'package.json'];

function targetOf(name) {
  if (name === platformName()) return { arch: process.arch, tools: '' };
  const target = TARGETS[name];
  if (target) return target;
  const known = [platformName(), ...Object.keys(TARGETS)].join(', ');
  throw new Error(`Expected a target of this machine (${known}), got \`${name}\``);
}

/**
 * The environment that makes node-gyp use `tools`; the machine's own need none. Of CC and CC_target
 * gyp takes the second.
 */
function environment(tools) {
  if (!tools) return {};
  const [cc, cxx] = [`${tools}gcc`, `${tools}g++`];
  return { CC: cc, CXX: cxx, CC_target: cc, CXX_target: cxx, AR: `${tools}ar`, LINK: cxx };
}

/** A folder with the sources, in which to compile: two targets share nothing. */
function copySources() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-prebuilds-'));
  for (const name of SOURCES) {
    fs.cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  }
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

/**
 * Removes what only a debugger wants, and keeps what is exported; macOS needs -x for that. Where a
 * process died is said by the names of its functions, which stay.
 */
function strip(tools, file) {
  const named = path.basename(file) === OOPS ? ['--strip-debug', file] : [file];
  const args = process.platform === 'darwin' ? ['-x', file] : named;
  execFileSync(`${tools}strip`, args, { stdio: 'inherit' });
}

/**
 * The newest version of each library that an ELF binary asks for: `GLIBC 2.34`. No older system
 * loads it.
 */
function floors(file) {
  const text = execFileSync('objdump', ['-T', file], { encoding: 'utf8' });
  const newest = new Map();
  for (const [, library, version] of text.matchAll(/\((GLIBC|GLIBCXX|CXXABI)_([\d.]+)\)/g)) {
    const known = newest.get(library);
    const isNewer = !known || known.localeCompare(version, 'en', { numeric: true }) < 0;
    if (isNewer) newest.set(library, version);
  }
  return [...newest].map(([library, version]) => `${library} ${version}`).sort();
}

/** Compiles `name`'s binaries; `use` gets the folder that has them, while it is there. */
function compileApart(name, use) {
  const { arch, tools } = targetOf(name);
  const scratch = copySources();
  try {
    const problem = compile(scratch, ['rebuild', `--arch=${arch}`], environment(tools));
    if (problem) throw new Error(`${name}: ${problem}`);
    use(path.join(scratch, COMPILED));
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

function collect(platform, compiled, out) {
  const folder = path.join(out, platform);
  fs.mkdirSync(folder, { recursive: true });
  for (const name of binariesOf(platform)) {
    const file = path.join(folder, name);
    fs.copyFileSync(path.join(compiled, name), file);
    strip(targetOf(platform).tools, file);
    const asks = process.platform === 'linux' ? floors(file).join(', ') : 'not looked at';
    console.log(`${platform}/${name}: ${fs.statSync(file).size} bytes, asks for ${asks}`);
  }
}

module.exports = { floors };

if (require.main === module) {
  const { values, positionals } = parseArgs({
    options: {
      out: { type: 'string', default: path.join(root, PREBUILT) },
      compiled: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const names = positionals.length > 0 ? positionals : [platformName()];
  for (const name of names) {
    const use = (folder) => collect(name, folder, path.resolve(values.out));
    if (values.compiled && name === platformName()) use(path.join(root, COMPILED));
    else compileApart(name, use);
  }
}
