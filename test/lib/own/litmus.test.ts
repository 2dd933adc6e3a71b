import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { explore } from '../../../lib/explore/explore';
import { program } from '../../../lib/own/program';
import { COMPILERS, workshop } from './building';

/** The litmus table of the memory models, as ordinary C: its rows are those of the C tests. */

const table = path.join(__dirname, '../../native/memory/table.def');
const ORDERS: Record<string, string> = {
  rlx: 'relaxed',
  acq: 'acquire',
  rel: 'release',
  ar: 'acq_rel',
  sc: 'seq_cst',
};
const FAILURES: Record<string, string> = { ...ORDERS, rel: 'relaxed', ar: 'acquire' };
/** Of these not every execution is run within the limit; states are few. */
const TOO_LARGE = ['fr+w+w+w+reads', 'inc+inc+RR+W+RR'];

const ROW = /ROW\("([^"]+)",\s*"([^"]+)",\s*"([^"]+)",\s*([YN]), [YN], ([YN]), ([YN])/g;
const rows = [...fs.readFileSync(table, 'utf8').matchAll(ROW)].map(
  ([, name = '', text = '', outcome = '', rc11, tso, sc]) => ({
    name,
    text,
    outcome,
    allowed: { rc11: rc11 === 'Y', tso: tso === 'Y', sc: sc === 'Y' },
  }),
);

/** A litmus test as C, and the names of what it records, in the order of the table's digits. */
class Litmus {
  readonly text: string;
  readonly names: readonly string[];
  readonly #places = new Set<string>();
  #registers = 0;

  constructor(text: string) {
    const threads = text.split('|').map((thread) => this.#thread(thread.trim().split(/\s+/)));
    const places = ['x', 'y', 'z', 'w'].filter((name) => this.#places.has(name));
    const registers = Array.from({ length: this.#registers }, (_, at) => `r${at}`);
    this.names = [...registers, ...places];
    const count = threads.length;
    this.text = [
      '#include <dmtorture.h>\n#include <pthread.h>\n#include <stdatomic.h>',
      'static atomic_int x, y, z, w;\nstatic int r[16];',
      ...threads.map((body, at) => `static void *t${at}(void *u)\n{\n${body}\nreturn u;\n}`),
      `int main(void)\n{\npthread_t t[${count}];`,
      ...threads.map((_, at) => `pthread_create(&t[${at}], 0, t${at}, 0);`),
      `for (int i = 0; i < ${count}; i++)\npthread_join(t[i], 0);`,
      ...registers.map((name, at) => `record("${name}", r[${at}]);`),
      ...places.map((name) => `record("${name}", ${name});`),
      '}\n',
    ].join('\n');
  }

  #thread(operations: readonly string[]): string {
    let last = '0';
    return operations
      .map((operation) => {
        const [what = '', order = 'rlx'] = operation.split('.');
        const [kind, place = '', value = '0', other = ''] = what;
        const by = `memory_order_${ORDERS[order]}`;
        if (kind === 'F') return `atomic_thread_fence(${by});`;
        this.#places.add(place);
        if (kind === 'W') {
          return `atomic_store_explicit(&${place}, ${value === 'r' ? last : value}, ${by});`;
        }
        last = `r[${this.#registers}]`;
        this.#registers += 1;
        if (kind === 'R') return `${last} = atomic_load_explicit(&${place}, ${by});`;
        if (kind !== 'C') {
          const name = kind === 'A' ? 'fetch_add' : 'exchange';
          return `${last} = atomic_${name}_explicit(&${place}, ${value}, ${by});`;
        }
        const orders = `${by}, memory_order_${FAILURES[order]}`;
        const call = 'atomic_compare_exchange_strong_explicit';
        return `${last} = ${value};\n${call}(&${place}, &${last}, ${other}, ${orders});`;
      })
      .join('\n');
  }
}

const { write } = workshop();

test('the whole table is read', () => {
  expect(rows).toHaveLength(73);
  expect(rows.filter(({ allowed }) => allowed.rc11 && !allowed.sc).length).toBeGreaterThan(20);
});

describe.each(COMPILERS)('%s', (cc) => {
  test.each(rows)('$name', async ({ name, text, outcome, allowed }) => {
    const litmus = new Litmus(text);
    const file = write(`${name.replace(/\W/g, '_')}.c`, litmus.text);
    const digits = new RegExp(`^${outcome.replaceAll('?', '.')}$`);
    for (const memory of ['rc11', 'tso', 'sc'] as const) {
      const report = await explore(program(file, { cc }), { memory, executions: 200_000 });
      const ends = report.outcomes.map(({ results }) => {
        const recorded = new Map(
          results.split(' ').map((one) => one.split('=') as [string, string]),
        );
        return litmus.names.map((one) => recorded.get(one)).join('');
      });
      expect(report.faults).toEqual([]);
      expect([memory, report.exhaustive]).toEqual([memory, true]);
      expect([memory, ends.some((end) => digits.test(end))]).toEqual([memory, allowed[memory]]);
    }
  });

  test.each(rows.filter(({ text }) => text.split('|').length === 2))(
    '$name: states show the outcomes that all executions show under tso',
    async ({ name, text }) => {
      const file = write(`${name.replace(/\W/g, '_')}.c`, new Litmus(text).text);
      const [all, states] = await Promise.all(
        (['dfs', 'stateful'] as const).map((strategy) =>
          explore(program(file, { cc }), { memory: 'tso', strategy, executions: 200_000 }),
        ),
      );
      const seen = (report = all) => [
        report?.exhaustive,
        report?.outcomes.map(({ results }) => results).toSorted(),
      ];
      expect(seen(states)).toEqual(seen(all));
      expect(seen(all)[0]).toBe(true);
    },
  );

  test.each(rows.filter(({ name }) => !TOO_LARGE.includes(name)))(
    '$name: states show the outcomes that all executions show',
    async ({ name, text }) => {
      const file = write(`${name.replace(/\W/g, '_')}.c`, new Litmus(text).text);
      const [all, states] = await Promise.all(
        (['dfs', 'stateful'] as const).map((strategy) =>
          explore(program(file, { cc }), { memory: 'rc11', strategy, executions: 200_000 }),
        ),
      );
      const seen = (report = all) => [
        report?.exhaustive,
        report?.outcomes.map(({ results }) => results).toSorted(),
      ];
      expect(seen(states)).toEqual(seen(all));
      expect(seen(all)[0]).toBe(true);
    },
  );
});
