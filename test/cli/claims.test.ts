import { describe, expect, test } from '@jest/globals';
import { tables } from '../../lib/tables/tables';
import { run } from './command';

const models = tables.models.map(({ name, called }) => ({ name, called }));

/** What a command says, what it says beside its report first. */
async function lines(args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run(...args);
  expect(code).not.toBe(2);
  return `${stderr}\n${stdout}`.split('\n').filter((line) => line.trim());
}

/** Whether it says that a search saw everything: not `0 of 3 exhaustive`, nor `not exhaustive`. */
const claims = (line: string): boolean =>
  /(?<!\bnot |\d of \d+ )\bexhaustive\b|\bexhausted\b/.test(line) ||
  /^clean\b(?!.*\bnot exhaustive\b)/.test(line);

const names = (line: string, called: string): boolean => line.includes(called);

/** What says more than is known: a language or all weak memory, in the place of a model. */
const VAGUE = /\b(?:under|for|in|on) (?:all |any |every )?(?:C11|C\+\+|weak memory|hardware)\b/i;

describe.each(models)('under $name', ({ name, called }) => {
  const others = models.filter((model) => model.name !== name).map((model) => model.called);
  const limited = ['--strategy', 'stateful', '--states', '20'];

  test.each([
    ['explore', 'create-find', '--memory', name],
    ['explore', 'create-find', '--memory', name, '--strategy', 'stateful'],
    ['matrix', '--scenarios', 'create-find', '--patches', 'all', '--memory', name],
    ['verify', 'tas', '--memory', name],
  ])('what %s %s saw whole it says of that model alone: %j', async (...args) => {
    const claimed = (await lines(args)).filter(claims);
    expect(claimed.length).toBeGreaterThan(0);
    for (const line of claimed) {
      expect(line).toContain(called);
      expect(others.filter((other) => names(line, other))).toEqual([]);
    }
  });

  test.each([
    ['explore', 'create-find', '--memory', name, ...limited],
    ['explore', 'create-find', '--memory', name, '--strategy', 'random', '--executions', '50'],
    ['explore', 'create-find', '--memory', name, '--strategy', 'pct', '--executions', '50'],
    ['verify', 'mcs', '--memory', name, '--states', '20'],
  ])('what was cut off, or drawn by luck, claims nothing: %j', async (...args) => {
    const all = await lines(args);
    expect(all.filter(claims)).toEqual([]);
    expect(all.some((line) => names(line, called))).toBe(true);
  });
});

test('an order that is not needed is so at sizes that are named', async () => {
  const all = await lines(['verify', 'mcs', '--barriers', '--memory', 'rc11']);
  expect(all.filter((line) => /\bnot needed$/.test(line)).length).toBeGreaterThan(0);
  expect(all.join('\n')).toMatch(/RC11 without load buffering\. Not needed: at the sizes\s+that/);
  expect(all.at(-1)).toMatch(/RC11 without load buffering, at 2x1, 2x2, 3x1/);
});

test.each([
  [['list', 'models']],
  [['list', 'locks']],
  [['verify', '--help']],
  [['explore', '--help']],
  [['verify', 'mcs']],
])('no language and no class of CPUs stands for a model: %j', async (args) => {
  expect((await lines(args)).filter((line) => VAGUE.test(line))).toEqual([]);
});
