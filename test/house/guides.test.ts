import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

interface Block {
  line: string;
  folder: string;
  way: string;
  roughly: boolean;
  shown: string;
}

const root = path.join(__dirname, '..', '..');
const load = createRequire(__filename);
const scripts: {
  guides(): string[];
  outputOf(line: string, folder?: string): string;
  blocksOf(text: string): Block[];
  sourcesIn(text: string): { file: string; isCurrent: boolean }[];
  fill(text: string, print: (line: string) => string): string;
  essence(output: string, roughly: boolean): string;
  shownOf(way: string, output: string): string;
} = load(path.join(root, 'scripts', 'guides.cjs'));

const textOf = (guide: string): string => readFileSync(path.join(root, guide), 'utf8');

describe.each(scripts.guides())('%s', (guide) => {
  const blocks = scripts.blocksOf(textOf(guide));

  test('shows commands, or code', () => {
    expect(textOf(guide)).toMatch(/^```(sh|ts)$/m);
  });

  if (blocks.length > 0)
    test.each(blocks)('dmtorture $line', ({ line, folder, way, roughly, shown }) => {
      expect(shown).not.toBe('');
      const printed = scripts.shownOf(way, scripts.outputOf(line, folder));
      expect(scripts.essence(printed, roughly)).toBe(scripts.essence(shown, roughly));
    });

  test('shows files as they are', () => {
    expect(scripts.sourcesIn(textOf(guide)).filter(({ isCurrent }) => !isCurrent)).toEqual([]);
  });

  test('its links lead to files', () => {
    const links = [...textOf(guide).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, to]) => to ?? '');
    for (const link of links)
      expect(() => readFileSync(path.join(root, path.dirname(guide), link))).not.toThrow();
  });
});

describe('the comparison', () => {
  const guide = '<!-- run: list sets -->\n<!-- /run -->';

  test('finds an output that is not the command’s', () => {
    const [block] = scripts.blocksOf(scripts.fill(guide, () => 'clean: 12 executions, 1.5 ms'));
    expect(block?.shown).toBe('clean: 12 executions, 1.5 ms');
    const same = (output: string) =>
      scripts.essence(output, false) === scripts.essence(block?.shown ?? '', false);
    expect(same('clean:  12 executions, 0.73 ms')).toBe(true);
    expect(same('clean: 13 executions, 1.5 ms')).toBe(false);
  });

  test('of a diagram looks at the first line and the diagram', () => {
    const output = 'BUG: x in y\n  what z\n\nstep | cpu1\n   1 | a\n\n  replay t';
    expect(scripts.shownOf('diagram', output)).toBe('BUG: x in y\n\nstep | cpu1\n   1 | a');
    const guide = '<!-- run diagram: explore -->\n<!-- /run -->';
    const [block] = scripts.blocksOf(scripts.fill(guide, () => output));
    expect(block).toMatchObject({ way: 'diagram', roughly: false });
    expect(block?.shown).toBe(scripts.shownOf('diagram', output));
  });

  test('does not look at which compiler it was, nor at its tickets', () => {
    const settled = (output: string) => scripts.essence(output, false);
    expect(settled('clean, clang 14.0.6 -O0; replay dmo1.Ab-_9')).toBe(
      settled('clean, gcc 12.2.0 -O0; replay dmo1.c0'),
    );
    expect(settled('clean, clang 14.0.6 -O0')).not.toBe(settled('clean, clang 14.0.6 -O1'));
  });

  test('finds a file that has changed', () => {
    const file = 'examples/start/queue.test.js';
    const guide = `<!-- source: ${file} -->\n<!-- /source -->`;
    const filled = scripts.fill(guide, () => '');
    expect(scripts.sourcesIn(filled)).toEqual([{ file, isCurrent: true }]);
    const other = filled.replace('queue.c', 'stack.c');
    expect(scripts.sourcesIn(other)).toEqual([{ file, isCurrent: false }]);
  });

  test('of what real threads print looks at what the lines are', () => {
    const rough = (output: string) => scripts.essence(output, true);
    expect(rough('fault use-after-free, 3 times\n  what  x')).toBe(
      rough('fault double-free, once\n  what  y'),
    );
    expect(rough('fault use-after-free\n  what  x')).not.toBe(rough('clean: no fault'));
  });

  test('does not look at which grades a run that ended at its first fault had beside it', () => {
    const rough = (...grades: string[]) => scripts.essence([...grades, 'BUG: x'].join('\n'), true);
    const acceptable = 'acceptable: also seen when the programs run one after another';
    expect(rough(acceptable, 'forbidden: a fault')).toBe(rough('forbidden: a fault'));
    expect(rough('forbidden: a fault')).not.toBe(rough(acceptable));
  });

  test('does not look at whose machine it was, nor at how noisy', () => {
    const printed = (cpu: string, ...more: string[]) => {
      const lines = [`${cpu}; 2 CPUs; load 0.10 before and 0.20 after`, ...more, 'measured: 1 row'];
      return scripts.essence(lines.join('\n'), true);
    };
    const noisy = 'warning a noisy machine: others took 44 % of the time before';
    expect(printed('AMD EPYC', noisy)).toBe(printed('Intel Xeon'));
    const other = 'warning 4 of 4 rows have fewer than 6 windows';
    expect(printed('AMD EPYC', other)).not.toBe(printed('AMD EPYC'));
  });
});
