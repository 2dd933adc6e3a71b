import { describe, expect, test } from '@jest/globals';
import type { Command, Option } from 'commander';
import { makeBenchPlan } from '../../../lib/bench/plan';
import { toBenchOptions } from '../../../lib/cli/bench/options';
import { toExploreOptions } from '../../../lib/cli/explore/options';
import { type TimeRow, timeText } from '../../../lib/cli/options/times';
import { describeFailure, flagOf } from '../../../lib/cli/options/usage';
import { buildProgram } from '../../../lib/cli/program';
import { toStressOptions } from '../../../lib/cli/stress/options';
import { makeExplorePlan } from '../../../lib/explore/plan';
import { ROUND_LIMIT } from '../../../lib/stress/own/plan';
import { makePlan } from '../../../lib/stress/plan';
import { type ParamRow, tables } from '../../../lib/tables/tables';
import { ownPlan, ownStressPlan } from './own-plans';

/** The plan of a command line, without running it. */
interface Planned {
  program: Command;
  command: Command;
  plan(): object;
}

type Row = TimeRow & Partial<ParamRow<string>>;

/** Of own C alone; these plans are of a program. */
const OWN_ROWS: readonly Row[] = [
  { ...ROUND_LIMIT, name: 'roundLimitMs' },
  { name: 'spurious', unit: 'wake-ups', min: 0, max: 16, fallback: 0 },
];

const SUFFIX: Record<string, string> = {
  nanoseconds: 'ns',
  microseconds: 'us',
  milliseconds: 'ms',
};
/** Beside what else a parameter is read. */
const BESIDE: Record<string, string[]> = {
  rounds: ['--scenario', 'create-find'],
  batch: ['--scenario', 'create-find'],
  preemptions: ['--strategy', 'dfs'],
  depth: ['--strategy', 'pct'],
  states: ['--strategy', 'stateful'],
  populations: ['minors'],
  objects: ['refcount'],
  readers: ['rwlocks'],
  executions: ['explore'],
  verifyMs: ['locks', '--locks', './my_lock.c'],
};

function planned(words: string[]): Planned {
  const program = buildProgram({
    terminal: { print: () => undefined },
    exitWith: () => undefined,
    isAsked: () => true,
    whole: () => program,
  } as never);
  const [name] = words;
  const command = program.commands.find((one) => one.name() === name) as Command;
  command.action(() => undefined);
  program.hook('preAction', () => undefined);
  program.parse(words, { from: 'user' });
  const { seed } = program.opts<{ seed?: string }>();
  const flags = command.opts();
  const isOwn = OWN_ROWS.some((row) => words.some((word) => word.startsWith(flagOf(row.name))));
  const plans: Record<string, () => object> = {
    stress: () =>
      isOwn ? ownStressPlan(flags, seed) : makePlan(toStressOptions(flags, seed)).report,
    explore: () =>
      isOwn
        ? ownPlan(flags, seed)
        : makeExplorePlan('create-find', toExploreOptions(flags, seed)).report,
    bench: () => makeBenchPlan(command.args[0] as 'locks', toBenchOptions(flags, seed)).report,
  };
  return { program, command, plan: plans[name ?? ''] ?? (() => ({})) };
}

const rowsOf: Record<string, readonly Row[]> = {
  stress: [...tables.params, ...OWN_ROWS],
  explore: [...tables.search, ...OWN_ROWS],
  bench: [...tables.bench, ...tables.benchLists],
};

/** Options that take a number or a time, by the command, and the parameters that they set. */
function numbered(name: string): [Option, Row[]][] {
  const { program, command } = planned(name === 'bench' ? [name, 'locks'] : [name]);
  const options = [...command.options, ...program.options].filter(({ flags }) =>
    /<(n|time|times|list)>/.test(flags),
  );
  return (
    options
      // The command counts these itself: no parameter of the library has them.
      .filter(({ long }) => long !== '--slices' && long !== '--runs')
      .map((option) => [
        option,
        (rowsOf[name] ?? []).filter((row) => flagOf(row.name) === option.long),
      ])
  );
}

const isTime = ({ unit }: Row): boolean => unit in SUFFIX;

const typed = (row: Row, value: number): string =>
  isTime(row) ? `${value}${SUFFIX[row.unit]}` : String(value);

function lineOf(name: string, row: Row, option: Option, text: string): string[] {
  const beside = BESIDE[row.name] ?? [];
  const players = 'field' in row && row.field === 'players';
  const suite = row.name in BESIDE && name === 'bench' ? beside : [players ? 'refcount' : 'locks'];
  const own = beside.filter((word, i) => name !== 'explore' || word !== 'explore' || i > 0);
  return [name, ...(name === 'bench' ? suite : own), `${option.long}=${text}`];
}

/** What is said of a command line; undefined: it is taken. */
function refusal(words: string[]): string | undefined {
  const { program, command, plan } = planned(words);
  try {
    plan();
    return undefined;
  } catch (error) {
    return describeFailure(error, command, program).text;
  }
}

const toCamel = (words: string): string =>
  words.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** What a plan has of a parameter: one value, or that of each cell. */
function valuesIn(plan: object, row: Row): unknown[] {
  const { name } = row;
  const ofCell = 'field' in row ? toCamel(String(row.field)) : name;
  const { cells = [], [name]: own } = plan as { cells?: Record<string, unknown>[] } & Record<
    string,
    unknown
  >;
  return own === undefined ? cells.map((cell) => cell[name] ?? cell[ofCell]) : [own].flat();
}

const cases = Object.keys(rowsOf).flatMap((name) =>
  numbered(name).flatMap(([option, rows]) =>
    (rows.length > 0 ? rows : [undefined]).map((row) => ({
      flag: `${name} ${option.long}${row && 'field' in row ? ` (${row.field})` : ''}`,
      name,
      option,
      row,
    })),
  ),
);

test('options with numbers are found, and each is a row of a table', () => {
  expect(cases.length).toBeGreaterThan(30);
  expect(cases.filter(({ row }) => row === undefined).map(({ flag }) => flag)).toEqual([]);
});

describe.each(cases)('$flag', ({ name, option, row }) => {
  const own = row as Row;
  const { min, max, unit } = own;

  test('takes both ends of its range, and they reach the plan', () => {
    for (const value of [min, max]) {
      const words = lineOf(name, own, option, typed(own, value));
      expect([words, refusal(words)]).toEqual([words, undefined]);
      expect(valuesIn(planned(words).plan(), own)).toContain(value);
      if (isTime(own)) {
        expect(refusal(lineOf(name, own, option, timeText(own, value)))).toBeUndefined();
      }
    }
  });

  test('refuses one beyond each end, and says what it takes', () => {
    for (const value of [min - 1, max + 1]) {
      const text = typed(own, value);
      const said = refusal(lineOf(name, own, option, text));
      const negative = isTime(own) && value < 0;
      const what = negative ? 'a time with its unit such as' : `${min}..${max} (${unit})`;
      expect(said).toContain(`Expected ${option.long} to be ${what}`);
      expect(said).toContain(`got \`${text}\``);
    }
  });

  test('names what was typed where that is not a number', () => {
    const said = refusal(lineOf(name, own, option, 'twelve'));
    expect(said).toContain(`Expected ${option.long} to be `);
    expect(said).toContain('got `twelve`');
    if (isTime(own)) expect(refusal(lineOf(name, own, option, '5'))).toContain('its unit');
  });
});
