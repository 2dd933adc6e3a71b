import { type MemoryName, type ModelRow, tables } from './tables';

/** What is meant where nobody says: all that reports and tickets of older versions know. */
export const MEMORY_DEFAULT: MemoryName = 'sc';

/** The row of a model; of what is not one, or is of an older version, the first. */
export function modelRow(memory: unknown): ModelRow {
  const [first] = tables.models;
  const row = tables.models.find(({ name }) => name === memory) ?? first;
  if (!row) throw new Error('dmtorture bug: there is no memory model');
  return row;
}

/** What verdicts call a model: `RC11 without load buffering`. */
export const memoryCalled = (memory: unknown): string => modelRow(memory).called;

/** Whether what an access sees is a choice, too. */
export const isWeak = (memory: unknown): boolean => modelRow(memory).name !== MEMORY_DEFAULT;
