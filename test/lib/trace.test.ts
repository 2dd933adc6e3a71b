import { describe, expect, test } from '@jest/globals';
import { explore, tables } from '../../lib/index';

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
});
