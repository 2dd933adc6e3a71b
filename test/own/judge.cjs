'use strict';
// What the programs of the corpus say of themselves, and whether a report says the same. Jest's tests
// and plants.mjs ask the same questions: the one of the sources, the other of a build with a fault.
const fs = require('node:fs');
const path = require('node:path');

const programs = path.join(__dirname, 'programs');
const rows = path.join(__dirname, '../lib/own/rows');

/** What a source says of itself: the kinds of fault at each line, and how it is explored. */
function readMarks(name) {
  const text = fs.readFileSync(path.join(programs, name), 'utf8');
  const lines = text.split('\n').map((line) => /expect: ([a-z, -]+)/.exec(line)?.[1]);
  return {
    kinds: lines.map((kinds) => kinds?.trim().split(', ') ?? []),
    leaks: text.includes('options: leaks'),
    bugIsUnfinished: text.includes('bug: unfinished'),
    fixIsUnfinished: text.includes('fix: unfinished'),
    fixHasNothing: text.includes('fix: nothing to interleave'),
  };
}

/** The flags and the options of explore() with which a form of a program is judged. */
function formOf(name, form) {
  const { leaks, fixIsUnfinished } = readMarks(name);
  const isFix = form === 'fix';
  return {
    flags: isFix ? ['-DFIXED'] : [],
    options: { leaks, time: fixIsUnfinished && isFix ? '2s' : '60s' },
  };
}

const placed = ({ file, line }) => `${file}:${line}`;

/** What is wrong with a fault of a program, beside its being there. */
function flawsOfFault(name, fault, kinds) {
  const isMarked = (kind, { file, line }) =>
    file !== null && path.basename(file) === name && (kinds[(line ?? 0) - 1] ?? []).includes(kind);
  const { kind, waits, other } = fault;
  const places = waits.length > 0 ? [fault, ...waits] : [fault];
  const flaws = [];
  if (fault.line === null) flaws.push(`${kind} has no line`);
  if (!places.some((place) => isMarked(kind, place)))
    flaws.push(`${kind} at ${places.map(placed).join(', ')}`);
  if (kind === 'data-race' && other && !isMarked(kind, other))
    flaws.push(`${kind} beside ${placed(other)}`);
  return flaws;
}

/** What is wrong with the report of a program with its bug; none: it is as its source says. */
function flawsOfBug(name, { faults, verdict, limit }) {
  const { kinds, bugIsUnfinished } = readMarks(name);
  const wanted = bugIsUnfinished ? 'unfinished' : 'fault';
  const flaws = verdict === wanted ? [] : [`the verdict is ${verdict}, not ${wanted}`];
  if (bugIsUnfinished && limit !== 'steps') flaws.push(`the limit is ${limit}`);
  // A race does not end the search: what comes of it is found as well, where it is marked.
  const isMore = (kind) => kind !== 'data-race';
  if (faults.some(({ kind }) => isMore(kind)) !== kinds.flat().some(isMore))
    flaws.push(`of other faults than races: ${faults.map(({ kind }) => kind).join(', ')}`);
  return [...flaws, ...faults.flatMap((fault) => flawsOfFault(name, fault, kinds))];
}

/** The same without its bug. */
function flawsOfFix(name, { faults, verdict, exhaustive }) {
  const { fixIsUnfinished } = readMarks(name);
  const wanted = fixIsUnfinished ? 'unfinished' : 'clean';
  const flaws = faults.map((fault) => `${fault.kind} at ${placed(fault)}`);
  if (verdict !== wanted) flaws.push(`the verdict is ${verdict}, not ${wanted}`);
  if (exhaustive === fixIsUnfinished) flaws.push(`exhaustive is ${exhaustive}`);
  return flaws;
}

/** What is wrong with what exploring a form of a program came to; `explored` may reject. */
async function flawsOf(name, form, explored) {
  const hasNothing = form === 'fix' && readMarks(name).fixHasNothing;
  let report;
  try {
    report = await explored;
  } catch (error) {
    return hasNothing && error.code === 'ERR_PROGRAM' ? [] : [error.message];
  }
  if (hasNothing) return ['there is something to interleave'];
  return form === 'fix' ? flawsOfFix(name, report) : flawsOfBug(name, report);
}

/* --- files of several programs, each with its bug and without it --- */

/** A file with the main() that runs the program which the environment names, and its marks. */
function readRows(name) {
  const text = fs.readFileSync(path.join(rows, name), 'utf8');
  const names = [...text.matchAll(/^PROGRAM\((\w+)\)/gm)].map(([, program]) => program);
  const calls = names.map((one) => `\tif (!strcmp(getenv("PROGRAM"), "${one}"))\n\t\t${one}();`);
  return {
    text: `${text}\nint main(void)\n{\n\tbegin();\n${calls.join('\n')}\n\treturn 0;\n}\n`,
    programs: names,
    /** `kind:line` of each fault that the text marks. */
    marked: text.split('\n').flatMap((line, at) => {
      const kind = /fault: ([a-z-]+)/.exec(line)?.[1];
      return kind ? [`${kind}:${at + 1}`] : [];
    }),
  };
}

/** What the host is asked for such a program. */
const ROW_SEARCH = ['--strategy=portfolio', '--seed=1', '--executions=100000', '--time-ms=20000'];

/** Whether what the host finds first, or that it came to the end, is as it should be. */
function isRowRight(program, says, marked) {
  if (program.endsWith('_right') || program === 'spurious_wrong') return says === 'exhausted';
  if (program.endsWith('_refused')) return says.startsWith('refused');
  return marked.includes(says);
}

/* --- tests of Jest's --- */

/** What is wrong with tests that Jest ran, as its --json says. Throws where none of them ran, or where
 * Jest failed though no test did: that shows nothing about what they test. */
function flawsOfTests(json, stderr) {
  let told;
  try {
    told = JSON.parse(json);
  } catch {
    throw new Error(`Jest did not start: ${stderr}`);
  }
  const { numPassedTests, numFailedTests, success, testResults } = told;
  const messages = testResults.map(({ message }) => message).join('\n');
  if (numPassedTests + numFailedTests === 0) throw new Error(`no test ran: ${messages}`);
  if (numFailedTests > 0) return [`${numFailedTests} failed`];
  if (!success) throw new Error(`Jest failed, and no test did: ${messages}`);
  return [];
}

module.exports = {
  programs,
  rows,
  readMarks,
  formOf,
  flawsOf,
  readRows,
  ROW_SEARCH,
  isRowRight,
  flawsOfTests,
};
