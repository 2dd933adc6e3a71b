'use strict';
// Writes lib/tables/verified.gen.ts: under which memory models and sizes each lock is verified, and
// which of its orders are stronger than needed there.
//
//   node scripts/verified.cjs            say whether the table is current (exit 1 if not)
//   node scripts/verified.cjs --update   verify every lock and write it
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const TARGET = path.join(root, 'lib', 'tables', 'verified.gen.ts');

const quote = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const listOf = (texts) => `[${texts.map(quote).join(', ')}]`;

/** Of a lock the sizes that were exhausted without a fault under each of the models. */
function rowOf(lock, { plan, rows, relaxed }) {
  const own = rows.filter((row) => row.lock === lock && row.verdict === 'clean' && row.exhaustive);
  const models = [...new Set(own.map(({ memory }) => memory))];
  const sizes = plan.sizes.filter(({ threads, rounds }) =>
    models.every((memory) =>
      own.some((row) => row.memory === memory && row.threads === threads && row.rounds === rounds),
    ),
  );
  const orders = relaxed.find((one) => one.lock === lock)?.orders ?? {};
  const spare = Object.entries(orders).map(([site, order]) => `${order} at ${site}`);
  return { lock, models, sizes: sizes.map(({ threads, rounds }) => `${threads}x${rounds}`), spare };
}

/** The text of lib/tables/verified.gen.ts, from the report of `verify all --barriers`. */
function render(report) {
  const lines = report.plan.locks.map((lock) => {
    const row = rowOf(lock, report);
    const [models, sizes, spare] = [row.models, row.sizes, row.spare].map(listOf);
    return `  { lock: ${quote(lock)}, models: ${models}, sizes: ${sizes}, spare: ${spare} },`;
  });
  return (
    '/** What is verified of each lock: models, sizes, and weaker orders that hold together there. */\n' +
    `export const verifiedRows = [\n${lines.join('\n')}\n] as const;\n`
  );
}

/** The table as it would be written now. */
async function current() {
  const { verify } = require(path.join(root, 'dist', 'index.js'));
  return render(await verify('all', { barriers: true, minimise: false }));
}

module.exports = { TARGET, render, current };

if (require.main === module) {
  current().then((text) => {
    if (process.argv.includes('--update')) fs.writeFileSync(TARGET, text);
    else if (fs.readFileSync(TARGET, 'utf8') !== text) {
      console.error(
        'lib/tables/verified.gen.ts is not current: node scripts/verified.cjs --update',
      );
      process.exitCode = 1;
    }
  });
}
