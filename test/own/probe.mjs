// What shows that an answer of own C is there: a program of the corpus, one of the rows of
// test/lib/own, a count of traces, or a test. Asked of a checkout with dist and a host.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { require } from '../robust/kit.mjs';

const judge = require('../own/judge.cjs');
const DRAWN = 64; // as in counts.test.ts

/** Questions to the checkout in `folder`; `scratch` is for what is written. Each says what is not as
 * it should be, and throws where it came to no answer. */
export async function askIn(folder, scratch) {
  const load = (file) => import(path.join(folder, 'dist', file));
  const { explore, program } = await load('index.mjs');
  const { compile } = await load('own/compile.js');
  const { symbolsOf } = await load('own/symbols.js');
  const host = path.join(folder, 'build/Release/dmtorture-own');
  const built = new Map();

  /** A program of the corpus, in one of its forms. */
  async function ofProgram({ program: name, form }) {
    const { flags, options } = judge.formOf(name, form);
    const source = program(path.join(judge.programs, name), { flags });
    return judge.flawsOf(name, form, explore(source, options));
  }

  async function buildRows(name) {
    fs.copyFileSync(path.join(judge.rows, 'rows.h'), path.join(scratch, 'rows.h'));
    const { text, marked } = judge.readRows(name);
    const file = path.join(scratch, name);
    fs.writeFileSync(file, text);
    const asked = { files: [file], cc: undefined, flags: [], optimize: false, allow: [] };
    return { object: (await compile(asked)).object, marked };
  }

  /** A program of a file of rows. */
  async function ofRow({ rows: name, program: row }) {
    if (!built.has(name)) built.set(name, await buildRows(name));
    const { object, marked } = built.get(name);
    const { stdout } = spawnSync(host, ['search', object, ...judge.ROW_SEARCH], {
      encoding: 'utf8',
      env: { ...process.env, PROGRAM: row },
    });
    const { faults, exhausted, type } = JSON.parse(stdout.trim().split('\n').at(-1));
    const [fault] = faults ?? [];
    let says = exhausted ? 'exhausted' : type;
    if (fault) {
      const places = await symbolsOf(object).places(fault.at ? [fault.at] : []);
      says = `${fault.kind}:${fault.at ? places.get(fault.at)?.line : 0}`;
    }
    return judge.isRowRight(row, says, marked) ? [] : [says];
  }

  /** A number of traces, each run once. */
  async function ofCount({ count: name, n }) {
    const counts = path.join(path.dirname(judge.programs), 'counts');
    const all = JSON.parse(fs.readFileSync(path.join(counts, 'traces.json'), 'utf8'));
    const source = program(path.join(counts, `${name}.c`), { flags: [`-DN=${n}`] });
    const report = await explore(source, { strategy: 'dpor', heap: 'fresh', time: '60s' });
    const { traces, executions, exhaustive } = report;
    const isRight = exhaustive && traces === all[name][n] && executions === traces + DRAWN;
    return isRight ? [] : [`${traces} traces in ${executions} executions`];
  }

  /** A test of Jest's, by its title. */
  function ofTest({ test: file, title }) {
    const pattern = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const { stdout, stderr } = spawnSync('npx', ['jest', file, '-t', pattern, '--json'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
    return judge.flawsOfTests(stdout, stderr);
  }

  return (probe) => {
    if (probe.test) return ofTest(probe);
    if (probe.rows) return ofRow(probe);
    return probe.count ? ofCount(probe) : ofProgram(probe);
  };
}

/** What a probe is called in a line of output. */
export function nameOf({ program, form, rows, count, n, test, title }) {
  if (test) return `${path.basename(test)}, "${title}"`;
  if (rows) return `${rows}, ${program}`;
  return count ? `${count}.c, N = ${n}` : `${program}, ${form}`;
}
