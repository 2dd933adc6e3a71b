import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  explore,
  formatTrace,
  replay,
  scenarios,
  type TraceStep,
  tables,
} from '../../../lib/index';

/** What a step's text is, made of its fields. */
function textOf({ function: name, code, kind, read, was, wrote, from }: TraceStep): string {
  const where = `${name}: ${code}`;
  if (wrote !== null) return `${where}  [${was === wrote ? '' : `${was} -> `}${wrote}]`;
  if (read !== null && from) {
    return `${where}  [= ${read}, from step ${from.step} of cpu${from.cpu}]`;
  }
  if (read !== null) return `${where}  [= ${read}]`;
  const remark = tables.accesses.find((row) => row.name === kind)?.remark;
  return remark ? `${where}  [${remark}]` : where;
}

/** The lines of the sources around a place: a call may be broken into three. */
function sourceAt(file: string, line: number): string {
  const lines = fs.readFileSync(path.join(__dirname, '../../..', file), 'utf8').split('\n');
  expect(line).toBeLessThanOrEqual(lines.length);
  return lines.slice(line - 3, line + 2).join('\n');
}

describe('a trace', () => {
  test('is an array in JSON, and a diagram as text', async () => {
    const { faults } = await explore('create-find', { patches: 'all,-02' });
    const trace = faults[0]?.trace ?? [];
    expect(JSON.parse(JSON.stringify(trace))).toEqual([...trace]);
    const [head, ...lines] = String(trace).split('\n');
    expect(head).toMatch(/^step \| cpu1: create 0 +\| cpu2: find 0$/);
    expect(lines.join('\n')).toContain('*** use-uninitialized');
    expect(lines.join('\n')).toContain('| create 0');
  });

  test('has steps in order, notes of the tables and one fault', async () => {
    const { faults } = await explore('remove-open', { patches: 'none', allFaults: true });
    const notes = tables.notes.map(({ text }) => text);
    expect(faults.map(({ kind }) => kind).sort()).toEqual(['open-of-freeing', 'use-after-free']);
    for (const { trace, cpu } of faults) {
      const steps = trace.map(({ step }) => step);
      expect(steps).toEqual(steps.toSorted((a, b) => a - b));
      for (const line of trace) {
        expect([1, 2]).toContain(line.cpu);
        expect(line.text).not.toBe('');
        for (const note of line.notes) expect(notes).toContain(note);
      }
      expect(trace.filter(({ faulted }) => faulted).map((line) => line.cpu)).toEqual([cpu]);
    }
  });

  test('says in fields what its text says, and names the source', async () => {
    const seen = new Set<string>();
    for (const { name } of scenarios) {
      const { faults } = await explore(name, { patches: 'none', allFaults: true });
      for (const step of faults.flatMap(({ trace }) => [...trace])) {
        expect(textOf(step)).toBe(step.text);
        const { file, line, object, field } = step;
        expect(file).toMatch(/^native\/core\/.*\.[ch]$/);
        if (object === null) expect(field).toBeNull();
        else expect(tables.objects.map((row) => row.name)).toContain(object);
        seen.add(`${object}.${field}`);
        if (field === null) continue;
        expect(tables.fields.some((row) => row.object === object && row.name === field)).toBe(true);
        if (!step.code.includes(`${object}->${field}`)) continue;
        expect(sourceAt(file ?? '', line ?? 0)).toContain(field);
      }
    }
    expect([...seen]).toEqual(
      expect.arrayContaining(['md.disk', 'dm.minor_idr', 'module.state', 'md.null', 'null.null']),
    );
  });

  test('a fault names the field that it is about, in its message and beside it', async () => {
    const { faults } = await explore('create-find', { patches: 'all,-02' });
    expect(faults[0]).toMatchObject({
      kind: 'use-uninitialized',
      site: 'find_md: md->disk',
      function: 'find_md',
      code: 'md->disk',
      object: 'md',
      field: 'disk',
      file: 'native/core/dm/dm.c',
      message: 'md->disk is not initialised yet',
      titles: ['create 0', 'find 0'],
    });
    expect(sourceAt('native/core/dm/dm.c', faults[0]?.line ?? 0)).toContain(
      'get_field(t, md, disk)',
    );
  });

  test('draws the file and the line of each access where that is asked for', async () => {
    const { faults } = await explore('remove-open', { patches: 'all,-05' });
    const [fault] = faults;
    const plain = String(fault?.trace);
    const places = (text: string): string[] =>
      [...text.matchAll(/native\/core\/[\w/]+\.[ch]:\d+/g)].map(([found]) => found);
    expect(places(plain)).toEqual([]);
    const drawn = formatTrace(fault ?? [], { lines: true, width: 60 });
    const met = fault?.trace.find(({ faulted }) => faulted);
    expect(places(drawn)).toContain(`${met?.file}:${met?.line}`);
    // What is drawn beside them is the same.
    const without = drawn.split('\n').filter((line) => places(line).length === 0);
    expect(without.join('\n')).toBe(formatTrace(fault ?? [], { width: 60 }));
    const again = await replay(fault?.ticket ?? '', { lines: true, width: 60 });
    expect(String(again.trace)).toBe(drawn);
    await expect(replay(fault?.ticket ?? '', { lines: 1 as never })).rejects.toThrow(
      'Expected `lines` to be `true` or `false`',
    );
  });

  test('a step that only a note shows has no place: the note is not at its access', async () => {
    const { faults } = await explore('remove-open', { patches: 'none' });
    const drawn = formatTrace(faults[0] ?? [], { lines: true, width: 60 });
    const [, below] = /\(disk found by the block layer\)\n(.*)\n/.exec(drawn) ?? [];
    expect(below).toContain('(private_data read)');
  });
});
