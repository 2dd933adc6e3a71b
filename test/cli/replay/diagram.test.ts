import { describe, expect, test } from '@jest/globals';
import { type RowRole, splitKeys, stepLines, Walk } from '../../../lib/cli/replay/walk';
import { type DiagramRow, layOutDiagram, wrapCode } from '../../../lib/story/diagram';
import { bugTitle, storyFault, storyRows } from '../../../lib/story/story';
import { siteText, type TraceStep, wholeStep } from '../../../lib/story/trace';

describe('wrapCode', () => {
  test.each([
    ['short', 10, ['short']],
    ['two words', 7, ['two', '  words']],
    [
      'f: atomic_dec_and_lock(&md->holders, &lock) [1 -> 0]',
      30,
      ['f: atomic_dec_and_lock(', '  &md->holders, &lock)', '  [1 -> 0]'],
    ],
    ['idr_find(&_minor_idr) [= the md]', 24, ['idr_find(&_minor_idr)', '  [= the md]']],
    ['abcdefghij', 4, ['abcd', '  ef', '  gh', '  ij']],
  ] as const)('%j at %d', (text, width, lines) => {
    expect(wrapCode(text, width, 2)).toEqual(lines);
  });

  test('loses nothing, and never runs over', () => {
    const text =
      'drop_reference: atomic_dec_and_lock(&md->holders, &dm->minor_spin) [= 1, from step 18]';
    for (let width = 8; width < 100; width += 1) {
      const lines = wrapCode(text, width, 4);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }
  });
});

describe('layOutDiagram', () => {
  const rows: DiagramRow[] = [
    { cpu: 1, who: 'cpu1', part: 'op', text: 'create 0' },
    {
      cpu: 1,
      who: 'cpu1',
      part: 'line',
      step: 6,
      text: 'specific_minor: idr_get_new_above(&_minor_idr, md)',
    },
    { cpu: 1, who: 'cpu1', part: 'note', text: '(now is in IDR)' },
    { cpu: 2, who: 'cpu2', part: 'line', step: 7, text: 'find_md: md->disk' },
    { cpu: 2, who: 'cpu2', part: 'fault', text: '*** use-uninitialized' },
    { cpu: 0, part: 'fault', text: '*** reference-leak' },
  ];

  test('one column a CPU, as wide as what it says', () => {
    const { head, rows: bodies } = layOutDiagram(['cpu1: create 0', 'cpu2: find 0'], rows, 100);
    expect([...head, ...bodies.flat()]).toEqual([
      'step | cpu1: create 0                                       | cpu2: find 0',
      '     | create 0                                             |',
      '   6 |   specific_minor: idr_get_new_above(&_minor_idr, md) |',
      '     |   (now is in IDR)                                    |',
      '   7 |                                                      |   find_md: md->disk',
      '     |                                                      | *** use-uninitialized',
      '*** reference-leak',
    ]);
  });

  test('fits wherever two columns fit at all', () => {
    for (let width = 45; width < 130; width += 1) {
      const { head, rows: bodies } = layOutDiagram(['cpu1: create 0', 'cpu2: find 0'], rows, width);
      for (const line of [...head, ...bodies.flat()]) {
        expect(line.length).toBeLessThanOrEqual(width);
      }
    }
  });

  test('where no columns fit it is a list, that does not run over either', () => {
    for (const width of [24, 30, 40, 41]) {
      const { head, rows: bodies } = layOutDiagram(['cpu1: create 0', 'cpu2: find 0'], rows, width);
      expect(head).toEqual(['cpu1: create 0', 'cpu2: find 0', 'step']);
      for (const line of bodies.flat()) expect(line.length).toBeLessThanOrEqual(width);
      for (const [i, [first = '']] of bodies.entries()) {
        const { cpu, step = '' } = rows[i] ?? {};
        if (cpu) expect(first.slice(0, 10)).toBe(`${String(step).padStart(4)} cpu${cpu} `);
      }
    }
    expect(layOutDiagram(['cpu1: create 0', 'cpu2: find 0'], rows, 42).head[0]).toContain(' | ');
  });

  test('color does not move a column', () => {
    const titles = ['cpu1: create 0', 'cpu2: find 0'];
    const plain = layOutDiagram(titles, rows, 60).rows.flat();
    const painted = layOutDiagram(titles, rows, 60, (_, text) => `{${text}}`).rows.flat();
    expect(painted).not.toEqual(plain);
    expect(painted.map((line) => line.replace(/\{(.*?)\}/g, '$1'))).toEqual(plain);
  });
});

/** `place`: the function, and the access. */
function step(
  n: number,
  cpu: number,
  place: readonly [string, string],
  more: Partial<TraceStep> = {},
): TraceStep {
  const [name, code] = place;
  return wholeStep({
    step: n,
    cpu,
    op: cpu === 1 ? 'remove' : 'get',
    minor: 0,
    kind: 'read',
    text: siteText({ function: name, code }),
    notes: [],
    key: true,
    faulted: false,
    function: name,
    code,
    ...more,
  });
}

const holders = { object: 'md', field: 'holders' };
const trace = [
  step(1, 2, ['find_md', 'idr_find(&_minor_idr, minor)'], {
    text: 'find_md: idr_find(&_minor_idr, minor)  [= the md]',
    read: 'the md',
  }),
  step(1, 2, ['minor_unlock', 'spin_unlock(&_minor_lock)'], {
    kind: 'unlock',
    notes: ['found, lock dropped, no reference yet'],
  }),
  step(2, 1, ['drop_reference', 'atomic_dec_and_test(&md->holders)'], {
    kind: 'update',
    was: '1',
    wrote: '0',
    ...holders,
  }),
  step(3, 1, ['destroy_pool', 'mempool_destroy(pool)'], { kind: 'free', object: 'pool' }),
  step(4, 1, ['free_dev', 'kfree(md)'], { kind: 'free', object: 'md' }),
  step(5, 2, ['dm_get', 'atomic_inc(&md->holders)'], {
    kind: 'update',
    faulted: true,
    ...holders,
  }),
];
const fault = storyFault('use-after-free', {
  site: 'dm_get: atomic_inc(&md->holders)',
  message: 'the object is freed',
  function: 'dm_get',
  code: 'atomic_inc(&md->holders)',
  ...holders,
});

describe('the story of a trace', () => {
  test('the title names the free of the object, whatever else was freed', () => {
    const queue = step(4, 1, ['put_queue', 'kfree(queue)'], { kind: 'free', object: 'queue' });
    const more = [...trace.slice(0, -1), queue, ...trace.slice(-1)];
    expect(bugTitle(fault, more, true)).toBe('BUG: use-after-free in dm_get / free_dev');
    const stranger = { ...fault, object: null };
    expect(bugTitle(stranger, more, true)).toBe('BUG: use-after-free in dm_get / put_queue');
    expect(bugTitle(fault, trace, false)).toBe('BUG: use-after-free in dm_get');
  });

  test('or the thread that changed the field last', () => {
    const other = { ...fault, kind: 'refcount-resurrect' };
    expect(bugTitle(other, trace, true)).toBe('BUG: refcount-resurrect in dm_get / drop_reference');
  });

  test('key steps, notes, and the fault with its cause', () => {
    const texts = storyRows(trace, fault, false).map(({ text }) => text);
    expect(texts).toEqual([
      'get 0',
      'find_md: idr_find(&_minor_idr, minor) [= the md]',
      '(found, lock dropped, no reference yet)',
      'remove 0',
      'drop_reference: atomic_dec_and_test(&md->holders) [1 -> 0]',
      '...',
      'free_dev: kfree(md)',
      'dm_get: atomic_inc(&md->holders)',
      '*** use-after-free: the object is freed',
      'freed by cpu1 at step 4',
    ]);
    const all = storyRows(trace, fault, true).map(({ text }) => text);
    expect(all).toContain('find_md: idr_find(&_minor_idr, minor) [= the md]');
    expect(all).toContain('destroy_pool: mempool_destroy(pool)');
  });

  test('a fault that nobody met goes across', () => {
    const rows = storyRows(trace.slice(0, 2), { ...fault, site: 'world_check: ' }, false);
    expect(rows.at(-1)).toMatchObject({ cpu: 0, part: 'fault' });
  });

  test('a document of 0.1 is shown as it is', () => {
    const old = trace.map(({ step, cpu, op, minor, kind, text, notes, key, faulted }) =>
      wholeStep({ step, cpu, op, minor, kind, text, notes, key, faulted }),
    );
    const told = storyFault(fault.kind, { site: fault.site, message: fault.message });
    const texts = storyRows(old, told, false).map(({ text }) => text);
    expect(texts).toContain('dm_get: atomic_inc(&md->holders)');
    expect(texts).toContain('*** use-after-free: the object is freed');
    expect(bugTitle(told, old, false)).toBe(`BUG: use-after-free in ${fault.site}`);
  });

  test('steps that every operation begins and ends with are left out, but where all stop for it', () => {
    const quiet = step(2, 1, ['module_put', 'module_put(THIS_MODULE)'], {
      background: true,
      kind: 'update',
      from: { step: 1, cpu: 2 },
      read: '1',
    });
    const rows = (lines: TraceStep[]): string[] =>
      storyRows(lines, undefined, false).map(({ text }) => text);
    const between = (line: TraceStep): TraceStep[] => [...trace.slice(0, 2), line];
    expect(rows(between(quiet)).join()).not.toContain('module_put');
    expect(rows(between({ ...quiet, background: false })).join()).toContain('module_put');
  });
});

describe('walking', () => {
  const laidOut = { head: ['HEAD'], rows: [['op'], ['one', 'more'], ['note'], ['op2'], ['two']] };
  const roles: RowRole[] = ['heading', 'step', 'more', 'heading', 'step'];

  test('forth, back, to the end, and out', () => {
    const walk = new Walk(laidOut, roles, 80);
    expect(walk.open()).toBe('HEAD\n[0 of 2] Enter next, a all, b back, q quit ');
    expect(walk.press('b')).toEqual({ text: '', done: false });
    expect(walk.press('\r').text).toContain('op\none\nmore\nnote\n[1 of 2]');
    expect(walk.press('n').text).toContain('op2\ntwo\n[2 of 2] Enter ends');
    const back = walk.press('b').text;
    expect(back).toContain('HEAD\nop\none\nmore\nnote\n[1 of 2]');
    expect(back).not.toContain('two');
    expect(walk.press('a').text).toContain('op2\ntwo\n[2 of 2]');
    expect(walk.press('x')).toEqual({ text: '', done: false });
    expect(walk.press('n').done).toBe(true);
    expect(walk.press('q').done).toBe(true);
  });

  test('the prompt fits on a line, since it is wiped as one', () => {
    for (const width of [10, 20, 30, 40, 44, 45]) {
      const prompt = new Walk(laidOut, roles, width).open().replace('HEAD\n', '');
      expect(prompt.length).toBeLessThan(width);
    }
    expect(new Walk(laidOut, roles, 40).open()).toBe('HEAD\n[0 of 2] Enter, a, b, q ');
  });

  test('keys that come in one piece', () => {
    expect(splitKeys('nb\x1b[Cq')).toEqual(['n', 'b', '\x1b[C', 'q']);
    expect(splitKeys('')).toEqual([]);
  });

  test('in words', () => {
    const told = stepLines(Object.assign([...trace], {}));
    expect(told[0]).toBe(
      'step 1 of 5, cpu2 get 0: find_md: idr_find(&_minor_idr, minor)  [= the md]',
    );
    expect(told.at(-1)).toBe(
      'step 5 of 5, cpu2 get 0: dm_get: atomic_inc(&md->holders)  *** the fault',
    );
  });

  test('in words, a line of a step that has nothing to say is left out', () => {
    const [first] = trace;
    if (!first) throw new Error('no step');
    const told = (text: string, ...notes: string[]) =>
      stepLines([first, { ...first, text, notes }]);
    expect(told('unlock')).toHaveLength(2);
    expect(told('')).toHaveLength(1);
    expect(told('', 'prints "1"')[1]).toMatch(/^ +\(prints "1"\)$/);
    expect(stepLines([{ ...first, text: '' }])).toHaveLength(1);
  });
});
