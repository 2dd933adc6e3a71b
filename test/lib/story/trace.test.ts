import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { explore, scenarios, type TraceStep, tables } from '../../../lib/index';

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
});
