'use strict';
// What binding.gyp has the host of own C compiled and linked with, so that its parts are optimised
// as one: the options for that, where the compilers that make is about to call can do it; nothing
// otherwise. Run with `link` it says what else the linker needs to hear.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');

/** As make has them: a command may have arguments. */
const { CC = 'cc', CXX = 'g++', CFLAGS = '', CPPFLAGS = '', LDFLAGS = '' } = process.env;
const { LINK = CXX } = process.env;

/** In one piece: gcc would begin as many processes as it has pieces. Clang knows no pieces. */
const WAYS = ['-flto -flto-partition=none', '-flto'];
/** The warning is about a call between files, of which none is left. */
const LINKED = '-O2 -Wno-psabi';

const SOURCES = {
  'one.c': 'int other(void);\nint main(void) { return other(); }\n',
  'other.c':
    '__attribute__((visibility("default"))) int other(void) { return 0; }\n' +
    '__asm__(".text\\n.globl apart\\n.hidden apart\\napart:\\n");\n',
};

function run(folder, command) {
  return spawnSync('sh', ['-c', command], { cwd: folder, stdio: 'ignore' }).status === 0;
}

/** Whether a program of two files comes out of it, without a warning. */
function works(folder, way) {
  const compile = (file) =>
    run(folder, `${CC} -Werror -fPIC -O2 ${way} ${CPPFLAGS} ${CFLAGS} -c ${file}.c -o ${file}.o`);
  const link = `${LINK} -Werror -rdynamic ${way} ${LINKED} ${LDFLAGS} one.o other.o -o program`;
  return compile('one') && compile('other') && run(folder, link);
}

/** Undefined, too, where the folder for temporary files takes none: then it is not tried. */
function wayThatWorks() {
  let folder;
  try {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-lto-'));
    for (const [name, text] of Object.entries(SOURCES))
      fs.writeFileSync(path.join(folder, name), text);
    return WAYS.find((way) => works(folder, way));
  } catch {
    return undefined;
  } finally {
    if (folder) fs.rmSync(folder, { recursive: true, force: true });
  }
}

// Sanitizers look at each file as it is.
const way = /-fsanitize/.test(`${CFLAGS} ${LDFLAGS}`) ? undefined : wayThatWorks();
if (way) console.log(process.argv[2] === 'link' ? `${way} ${LINKED}` : way);
