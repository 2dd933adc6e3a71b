import { beforeAll, describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import { runReplay } from '../../../lib/cli/replay/run';
import type { ReplayReport } from '../../../lib/explore/replay';
import type { ExploreReport } from '../../../lib/explore/report';
import { patches } from '../../../lib/tables/patches';
import { run, runJson } from '../command';

let ticket = '';
let steps = 0;

beforeAll(async () => {
  const { json } = await runJson('explore', 'create-get', '--patches', 'all,-02');
  const [fault] = (json as ExploreReport).faults;
  ticket = fault?.ticket ?? '';
  steps = fault?.steps ?? 0;
});

/** The rows of a diagram. */
function diagram(text: string): string {
  return text
    .split('\n')
    .filter((line) => /^(step| *\d*) +\|/.test(line))
    .join('\n');
}

describe('replay', () => {
  test('another process draws the same diagram: exit code 1, since it is a fault', async () => {
    const explored = await run('explore', 'create-get', '--patches', 'all,-02');
    const replayed = await run('replay', ticket);
    expect(replayed.code).toBe(1);
    expect(diagram(replayed.stdout).split('\n').length).toBeGreaterThan(8);
    expect(diagram(replayed.stdout)).toBe(diagram(explored.stdout));
    expect(replayed.stdout).toMatch(
      /^reproduced: use-uninitialized; create-get, patches all,-02, seed 0$/m,
    );
    expect((await run('replay', ticket)).stdout).toBe(replayed.stdout);
  });

  test('--json', async () => {
    const { code, json } = await runJson('replay', ticket);
    expect(code).toBe(1);
    expect(json).toMatchObject({
      tool: 'dmtorture',
      kind: 'replay',
      verdict: 'fault',
      complete: true,
      plan: { seed: 0, scenario: 'create-get', patches: { mask: patches.parse('all,-02').mask } },
      reproduced: true,
      expected: 'use-uninitialized',
      fault: { kind: 'use-uninitialized', preventedBy: ['02'], steps, cpu: 2 },
      ticket,
    });
    expect((json as ReplayReport).trace.at(-1)).toMatchObject({ faulted: true, cpu: 2 });
  });

  test('--all: every step is in the diagram', async () => {
    const { stdout } = await run('replay', ticket, '--all');
    const numbers = [...stdout.matchAll(/^ *(\d+) \|/gm)].map(([, n]) => Number(n));
    expect(numbers).toEqual(Array.from({ length: steps }, (_, i) => i + 1));
  });

  test('--lines: below each access its file and line, and explore has the same', async () => {
    const plain = await run('replay', ticket);
    const replayed = await run('replay', ticket, '--lines');
    const explored = await run('explore', 'create-get', '--patches', 'all,-02', '--lines');
    expect(diagram(replayed.stdout)).toBe(diagram(explored.stdout));
    const isPlace = (line: string): boolean => /^ +\|.* native\/core\/dm\/dm\.c:\d+/.test(line);
    const rows = diagram(replayed.stdout).split('\n');
    expect(rows.filter(isPlace).length).toBe(3);
    expect(rows.filter((line) => !isPlace(line)).join('\n')).toBe(diagram(plain.stdout));
    const { json } = await runJson('replay', ticket);
    const { fault } = json as ReplayReport;
    expect(replayed.stdout).toContain(`${fault?.file}:${fault?.line}`);
    const { stdout } = await run('replay', ticket, '--step', '--lines');
    expect(stdout).toMatch(/md->disk +\(native\/core\/dm\/dm\.c:\d+\) +\*\*\* the fault/);
  });

  test('--step without a terminal: a line for each access, in words', async () => {
    const { code, stdout } = await run('replay', ticket, '--step');
    expect(code).toBe(1);
    const told = stdout.trimEnd().split('\n');
    for (let step = 1; step <= steps; step += 1) {
      expect(stdout).toMatch(new RegExp(`^step ${step} of ${steps}, cpu[12] \\w+ 0: \\S`, 'm'));
    }
    expect(stdout).toMatch(/\(now is in IDR\)/);
    expect(told.find((line) => line.endsWith('*** the fault'))).toContain('find_md: md->disk');
    expect(told.at(-1)).toMatch(/^reproduced: use-uninitialized/);
  });

  test('white space around a ticket is let pass', async () => {
    expect((await run('replay', ` ${ticket}\n`)).code).toBe(1);
  });
});

test('--step on a terminal: the diagram comes key by key', async () => {
  let printed = '';
  const terminal = {
    out: pc.createColors(false),
    err: pc.createColors(false),
    width: () => 80,
    progressWidth: () => 80,
    live: true,
    closed: new AbortController().signal,
    print: (text: string) => {
      printed += text;
    },
    tell: () => undefined,
    annotate: () => undefined,
    see: () => undefined,
    settle: async () => undefined,
  };
  async function* keys(): AsyncGenerator<string> {
    for (const key of ['n', 'n', 'b', 'a', 'q', 'n']) yield key;
  }
  const mode = { json: false, quiet: false, step: true, all: false, lines: false };
  expect(await runReplay(ticket, mode, terminal, keys())).toBe(1);
  const prompts = [...printed.matchAll(/\[(\d+) of (\d+)\]/g)].map(([, at]) => Number(at));
  expect(prompts).toEqual([0, 1, 2, 1, steps]);
  expect(diagram(printed.replaceAll('\r\x1b[2K', ''))).toContain('*** use-uninitialized');
  expect(printed).toMatch(/reproduced: use-uninitialized.*\n$/);
});

describe('a ticket that is refused: a sentence, exit code 2', () => {
  /** Another character at a place. */
  const change = (text: string, at: number): string =>
    text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);

  async function refused(text: string, ...words: RegExp[]): Promise<void> {
    const { code, stdout, stderr } = await run('replay', text);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: .*\n$/);
    for (const word of words) expect(stderr).toMatch(word);
  }

  test('foreign', () => refused('hello', /not a ticket/, /dmt2\..*dmo2\./));
  test('empty', () => refused('', /not a ticket/));
  test('cut short', () => refused(ticket.slice(0, -3), /damaged/));
  test('one character changed', () => refused(change(ticket, 20), /damaged/));
  test('one character more', () => refused(`${ticket}x`, /damaged/));
  test('an odd character', () => refused(`${ticket.slice(0, 10)}!${ticket.slice(11)}`, /damaged/));
});
