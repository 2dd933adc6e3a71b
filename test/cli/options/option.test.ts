import { describe, expect, test } from '@jest/globals';
import { type Command, Option } from 'commander';
import { makeBenchPlan } from '../../../lib/bench/plan';
import { toBenchOptions } from '../../../lib/cli/bench/options';
import { completionScript } from '../../../lib/cli/completion/scripts';
import { toExploreOptions } from '../../../lib/cli/explore/options';
import { ownOptionRows } from '../../../lib/cli/explore/own-options';
import {
  argumentText,
  DataArgument,
  DataOption,
  dataOf,
  optionText,
} from '../../../lib/cli/options/option';
import { listSettings } from '../../../lib/cli/options/settings';
import { buildProgram } from '../../../lib/cli/program';
import { toStressOptions } from '../../../lib/cli/stress/options';
import { programStressRows } from '../../../lib/cli/stress/program-options';
import { makeExplorePlan } from '../../../lib/explore/plan';
import { makePlan } from '../../../lib/stress/plan';
import { tables } from '../../../lib/tables/tables';
import { ownPlan, ownStressPlan } from './own-plans';

function parsed(words: string[]): { program: Command; command: Command } {
  const program = buildProgram({
    terminal: { print: () => undefined },
    exitWith: () => undefined,
    isAsked: () => true,
    whole: () => program,
  } as never);
  const command = program.commands.find((one) => one.name() === words[0]) as Command;
  command.action(() => undefined);
  program.parse(words, { from: 'user' });
  return { program, command };
}

/** What the library makes of a command line. */
function planOf(words: string[], isOwn = words.some(isOfOwn)): object {
  const { command } = parsed(words);
  const flags = command.opts();
  const seed = '1';
  if (words[0] === 'stress') {
    return isOwn ? ownStressPlan(flags, seed) : makePlan(toStressOptions(flags, seed)).report;
  }
  if (words[0] === 'explore') {
    if (isOwn) return ownPlan(flags, seed);
    return makeExplorePlan('create-find', toExploreOptions(flags, seed)).report;
  }
  return makeBenchPlan(words[1] as 'locks', toBenchOptions(flags, seed)).report;
}

/** Flags of own C alone: such a plan is of a program. */
const OF_OWN = [...ownOptionRows, ...programStressRows].map(({ flags }) => flags.split(' ')[0]);
const isOfOwn = (word: string): boolean => OF_OWN.includes(word.replace(/=.*/s, ''));
const LINES = [
  ['stress'],
  ['explore'],
  ['bench', 'locks'],
  ['bench', 'minors'],
  ['bench', 'rwlocks'],
  ['bench', 'explore'],
];
/** Beside what else an option is read, and which benchmark it is of. */
const BESIDE: Record<string, string[]> = {
  rounds: ['--scenario', 'create-find'],
  batch: ['--scenario', 'create-find'],
  preemptions: ['--strategy', 'dfs'],
  depth: ['--strategy', 'pct'],
  states: ['--strategy', 'stateful'],
  verify: ['--locks', './my_lock.c'],
};
/** What the command alone reads. */
const OWN = ['failOn', 'expect'];
/** What one benchmark alone reads; the others are tried with that of locks. */
const OF_SUITE: Record<string, string[]> = {
  explore: ['scenarios', 'strategies', 'executions'],
  minors: ['patches'],
  rwlocks: ['readers'],
};
const suiteOf = (option: Option): string =>
  Object.keys(OF_SUITE).find((suite) => OF_SUITE[suite]?.includes(option.attributeName())) ??
  'locks';
/** Words of an option that its benchmark takes: another one has locks of its own. */
const wordsOf = (option: Option): string[] => {
  const others: readonly string[] = tables.rwlocks.map(({ name }) => name);
  return (option.argChoices ?? []).filter((word) => !others.includes(word));
};

const dataOptions = LINES.flatMap((line) =>
  parsed(line)
    .command.options.filter((option) => option instanceof DataOption)
    .filter((option) => !OWN.includes(option.attributeName()))
    .filter((option) => line[1] === undefined || line[1] === suiteOf(option))
    .map((option) => ({ line, option, name: `${line.join(' ')} ${option.long}` })),
);

const lineWith = (line: string[], option: Option, ...more: string[]): string[] => [
  ...line,
  ...(BESIDE[option.attributeName()] ?? []),
  ...more,
];

describe('what an option says is so', () => {
  const withDefault = dataOptions.filter(
    ({ option }) =>
      option.required &&
      dataOf(option).fallback &&
      !dataOf(option).list &&
      // What is there, or the strategy, decides on these.
      !['--cc', '--heap'].includes(option.long ?? ''),
  );

  test('there are options to try', () => {
    expect(withDefault.length).toBeGreaterThan(25);
  });

  test.each(withDefault)('$name is its default where nobody gives it', ({ line, option }) => {
    const { fallback } = dataOf(option);
    const given = planOf(lineWith(line, option, `${option.long}=${fallback}`));
    expect(given).toEqual(planOf(lineWith(line, option), isOfOwn(option.long ?? '')));
  });

  const withChoices = dataOptions.filter(({ option }) => option.argChoices);

  test.each(withChoices)('$name takes each of its words, and none that it lacks', (one) => {
    const { line, option } = one;
    for (const word of wordsOf(option)) {
      const fixed = option.long === '--strategy' ? line : lineWith(line, option);
      expect(planOf([...fixed, `${option.long}=${word}`])).toBeDefined();
    }
    expect(() => planOf([...line, `${option.long}=no-such-word`])).toThrow();
  });

  test.each(withChoices)('$name takes several where it says so', ({ line, option }) => {
    const [first, second] = option.argChoices ?? [];
    const { list, minus } = dataOf(option);
    const several = (): object => planOf([...line, `${option.long}=${first},${second}`]);
    const without = (): object => planOf([...line, `${option.long}=${first},-${second}`]);
    if (list) expect(several()).toBeDefined();
    else expect(several).toThrow();
    if (minus) expect(without()).toBeDefined();
    else expect(without).toThrow();
  });
});

describe('the help', () => {
  const text = (data: Partial<DataOption['data']>): string =>
    optionText(new DataOption({ flags: '--lock <kind>', says: 'what it is', ...data }));

  test.each([
    ['what it is', {}],
    ['what it is: a|b', { choices: ['a', 'b'] }],
    ['what it is: a|b (default a)', { choices: ['a', 'b'], fallback: 'a' }],
    ['what it is (1..64, default 4)', { range: '1..64', fallback: '4' }],
    ['what it is (1..64)', { range: '1..64' }],
    ['what it is (default)', { fallback: true as const }],
    [
      "what it is (default a); see 'dmtorture list locks'",
      { choices: [...'abcdefghi'], fallback: 'a', table: 'locks' as const },
    ],
  ])('%s', (expected, data) => {
    expect(text(data)).toBe(expected);
  });

  test('an argument has its words, too', () => {
    const shells = new DataArgument('<shell>', 'which shell', { choices: ['bash', 'zsh'] });
    expect(argumentText(shells)).toBe('which shell: bash|zsh');
  });

  test('an option of commander is what it says', () => {
    expect(optionText(new Option('--quiet', 'say little'))).toBe('say little');
  });
});

test('what is said of an option changes nothing else', () => {
  const { program, command } = parsed(['explore']);
  const before = listSettings(program, command);
  const script = completionScript('bash', program);
  for (const option of [...command.options, ...program.options]) {
    option.description = "a|b (default c); see 'dmtorture list locks' (automatic)";
  }
  expect(listSettings(program, command)).toEqual(before);
  expect(completionScript('bash', program)).toBe(script);
  expect(before.find(({ option }) => option === 'lock')?.value).toBe('ttas');
  expect(before.find(({ option }) => option === 'time')?.value).toBe('0');
});
