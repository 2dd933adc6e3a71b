'use strict';
// The tables in README.md, docs/reference.md and the guides, from the same source as everything else.
//
//   node scripts/docs.cjs            say whether they are current (exit 1 if not)
//   node scripts/docs.cjs --update   write them
const fs = require('node:fs');
const path = require('node:path');

const benchmarks = require('../benchmarks/targets.cjs');

const root = path.join(__dirname, '..');

const cell = (text) => String(text).replaceAll('|', '\\|');

function markdown(head, rows) {
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Trials of the benchmarks, each in the newest file that has it. */
const GROUPS = ['stress', 'explore', 'locks', 'minors', 'refcount', 'calls'];

/** Where and when a group was measured. */
function whereOf(group) {
  const { machine, date } = benchmarks.readNewest(group);
  const { cpus, cpu, arch, node } = machine;
  return `${cpus} CPUs (${cpu}), ${arch}, Node ${node}, ${date.slice(0, 10)}`;
}

function targetTable() {
  const { show } = benchmarks;
  const judged = benchmarks.judge(benchmarks.newestResults(GROUPS));
  const rows = judged.map(({ no, says, is, worst, verdict, cases }) => [
    no,
    cases.length > 1 ? `${says}; the nearest of ${cases.length}: ${worst.name}` : says,
    worst ? `${is} ${show(worst.value)}` : '-',
    worst ? `${show(worst.figure)} [${worst.ci95.map(show).join(', ')}]` : '-',
    verdict,
  ]);
  const table = markdown(['no', 'what', 'target', 'measured', 'verdict'], rows);
  return `${table}\n\nOn ${whereOf('locks')}.`;
}

const millions = (perSecond) => `${Number((perSecond / 1e6).toPrecision(3))}`;

/** A cell of the lock benchmark: throughput, its interval, and what makes it worth something. */
function lockCell(row, more) {
  if (!row) return '-';
  const [low, high] = row.ci95.map(millions);
  const interval = row.windows.length > 1 ? ` [${low}, ${high}]` : '';
  return `${millions(row.opsPerSecond)}${interval}, ${more(row)}`;
}

const handoffs = ({ handoffRatio }) => `${Math.round(handoffRatio * 100)} %`;
const jain = ({ jain: index }) => index.toFixed(2);
const nsOf = (perSecond) => (1e9 / perSecond).toFixed(1);

/** Nanoseconds of an acquire and a release. */
function pairCell(row) {
  if (!row) return '-';
  const [low, high] = row.ci95;
  return `${nsOf(row.opsPerSecond)} [${nsOf(high)}, ${nsOf(low)}]`;
}

function lockTable({ tables }) {
  const { rows } = benchmarks.readNewest('locks').results.contention;
  const [alone, both, held, crowd] = tables.benchCells;
  const find = (lock, { threads, holdNs }) =>
    rows.find((row) => row.lock === lock && row.threads === threads && row.holdNs === holdNs);
  const lines = tables.locks
    .filter(({ name }) => rows.some(({ lock }) => lock === name))
    .map(({ name, waits, fifo }) => [
      `\`${name}\``,
      fifo ? `${waits}, in order` : waits,
      pairCell(find(name, alone)),
      lockCell(find(name, both), handoffs),
      lockCell(find(name, held), handoffs),
      lockCell(find(name, crowd), jain),
    ]);
  const head = [
    'lock',
    'waits',
    'alone, ns a pair',
    `${both.threads} threads, M/s and handoffs`,
    `the same, ${held.holdNs} ns held and ${held.outsideNs} outside`,
    `${crowd.threads} threads so, M/s and Jain`,
  ];
  return `${markdown(head, lines)}\n\nOn ${whereOf('locks')}.`;
}

/** The options of a command, or of all commands, as a table. */
function optionTable(command) {
  const help = command.createHelp();
  const rows = command.options
    .filter(({ hidden }) => !hidden)
    .map((option) => [`\`${option.flags}\``, help.optionDescription(option)]);
  return markdown(['option', 'is'], rows);
}

/** Every command with its arguments and options. */
function optionTables({ program }) {
  const parts = program.commands.map((command) => {
    const named = command.registeredArguments.map((argument) => {
      const text = `${argument.name()}${argument.variadic ? '...' : ''}`;
      return argument.required ? `<${text}>` : `[${text}]`;
    });
    const head = `### ${['dmtorture', command.name(), ...named].join(' ')}`;
    const says = command.description();
    const table = command.options.length > 0 ? `\n\n${optionTable(command)}` : '';
    return `${head}\n\n${says[0].toUpperCase()}${says.slice(1)}.${table}`;
  });
  return [...parts, '### All commands', optionTable(program)].join('\n\n');
}

const scenarioTable = (rows, formatPrograms) =>
  markdown(
    ['scenario', 'shows', 'programs'],
    rows.map((row) => [`\`${row.name}\``, row.says, `\`${formatPrograms(row)}\``]),
  );

/** The text of each block, by its name. */
const blocks = {
  options: optionTables,
  patches: ({ patches }) =>
    markdown(
      ['no', 'name', 'prevents', 'what it changes'],
      patches
        .rows(patches.parse('all,06m'))
        .map(({ no, slug, prevents, changes }) => [no, `\`${slug}\``, prevents, changes]),
    ),
  patches_whole: ({ tables, formulaInWords }) =>
    markdown(
      ['no', 'name', 'kind', 'prevents', 'what it changes', 'keeps', 'builds on'],
      tables.patches.map((row) => [
        row.no,
        `\`${row.slug}\``,
        row.kind,
        row.prevents,
        row.changes,
        row.invariant,
        formulaInWords(row.needs) || '-',
      ]),
    ),
  sets: ({ tables }) =>
    markdown(
      ['set', 'patches', 'is', 'leaves out'],
      tables.sets.map(({ name, rows, means, leavesOut }) => [
        `\`${name}\``,
        rows.join(' ') || '-',
        means,
        leavesOut,
      ]),
    ),
  invariants: ({ tables }) =>
    markdown(
      ['', 'invariant'],
      tables.invariants.map(({ name, says }) => [name, says]),
    ),
  faults: ({ tables }) =>
    markdown(
      ['fault', 'means', 'breaks', 'can be let in by leaving out'],
      tables.faults.map(({ slug, means, invariant, preventedBy }) => [
        `\`${slug}\``,
        means,
        invariant,
        preventedBy.join(' ') || '-',
      ]),
    ),
  ops: ({ tables }) =>
    markdown(
      ['operation', 'weight', 'does'],
      tables.ops.map(({ slug, weight, does }) => [`\`${slug}\``, weight, does]),
    ),
  strategies: ({ tables }) =>
    markdown(
      ['strategy', 'decides'],
      tables.strategies.map(({ name, says }) => [`\`${name}\``, says]),
    ),
  calls: ({ callGroups }) =>
    markdown(
      ['', 'is', 'calls'],
      callGroups().map(({ support, says, names }) => [
        support,
        says,
        names.map((name) => `\`${name}\``).join(' '),
      ]),
    ),
  scenarios: ({ scenarios, formatPrograms }) => scenarioTable(scenarios, formatPrograms),
  scenarios_history: ({ historyScenarios, formatPrograms }) =>
    scenarioTable(historyScenarios, formatPrograms),
  benchmarks: targetTable,
  locks: lockTable,
};

/** Pages that have tables, as paths from the top of the repository. */
function pages() {
  const folder = (name) =>
    fs
      .readdirSync(path.join(root, name))
      .filter((file) => file.endsWith('.md'))
      .map((file) => `${name}/${file}`);
  return ['README.md', ...folder('docs'), ...folder('docs/guides')];
}

/** A page with every table block filled in. */
function fill(text, library) {
  return text.replace(
    /(<!-- table: (\w+) -->\n)[\s\S]*?(<!-- \/table -->)/g,
    (_, open, name, close) => {
      const block = blocks[name];
      if (!block) throw new Error(`A page has a block \`${name}\` that nothing fills`);
      return `${open}\n${block(library)}\n\n${close}`;
    },
  );
}

/** What the blocks are made from: the library, and the command with every option. */
function sources() {
  const { buildProgram } = require(path.join(root, 'dist', 'cli', 'program.js'));
  const program = buildProgram({ isAsked: () => true });
  const { callGroups } = require(path.join(root, 'dist', 'tables', 'calls.js'));
  return { ...require(path.join(root, 'dist', 'index.js')), callGroups, program };
}

module.exports = { fill, markdown, pages, sources };

if (require.main === module) {
  const from = sources();
  for (const page of pages()) {
    const file = path.join(root, page);
    const before = fs.readFileSync(file, 'utf8');
    const after = fill(before, from);
    if (process.argv.includes('--update')) fs.writeFileSync(file, after);
    else if (before !== after) {
      console.error(`The tables in ${page} are not current: node scripts/docs.cjs --update`);
      process.exitCode = 1;
    }
  }
}
