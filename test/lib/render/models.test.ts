import path from 'node:path';
import { expect, test } from '@jest/globals';
import {
  explore,
  matrix,
  program,
  replay,
  toHtml,
  toJunit,
  toMarkdown,
  verify,
} from '../../../lib/index';

const MODEL = { rc11: 'RC11 without load buffering', tso: 'x86-TSO' } as const;
/** A language, or no model at all. */
const VAGUE = /(?<!R)C11|[Ww]eak memory/;
/** A sequence lock with one order too weak, and its fix. */
const seqlock = (...flags: string[]) =>
  program(path.join(__dirname, '../../../examples/weak/seqlock-reader.c'), { flags });

const LIMIT = { executions: 50 };
const MCS = 'dmt3.QwNtY3MCAQIAEs6PeQEC7pltAQJhwAEBAQGov-el';

/** Reports under a model, whole ones and cut off ones, with a fault and without one. */
const REPORTS = {
  'explore, whole': () => explore('create-find', { memory: 'rc11' }),
  'explore, by luck': () =>
    explore('create-find', { memory: 'rc11', strategy: 'random', ...LIMIT }),
  'explore, a fault': () => explore('create-find', { memory: 'tso', patches: 'all,-02' }),
  'own C, whole': () => explore(seqlock('-DFIXED'), { memory: 'rc11' }),
  'own C, by luck': () =>
    explore(seqlock('-DFIXED'), { memory: 'rc11', strategy: 'random', ...LIMIT }),
  'own C, a fault': () => explore(seqlock(), { memory: 'rc11' }),
  'matrix, whole': () => matrix({ scenarios: ['create-find'], masks: [255, 3], memory: 'tso' }),
  'verify, whole': () => verify('ticket', { memory: 'rc11', barriers: true, threads: 2 }),
  'verify, cut off': () => verify('mcs', { memory: 'tso', states: 20 }),
  'verify, a fault': () => verify('broken', { memory: 'rc11', threads: 2 }),
  'replay of a lock': () => replay(MCS),
  'replay of own C': async () => {
    const { faults } = await explore(seqlock(), { memory: 'rc11' });
    return replay(faults[0]?.ticket ?? '');
  },
};

test.each(Object.entries(REPORTS))('%s: every output names its model', async (_, make) => {
  const report = await make();
  const json = JSON.stringify(report);
  const called = MODEL[report.memory as keyof typeof MODEL];
  expect(called).toBeDefined();
  const parsed = [JSON.parse(json)];
  const outputs = [await toMarkdown(parsed), await toHtml(parsed), await toJunit(parsed)];
  for (const output of outputs) {
    expect(output).toContain(called);
    expect(output.split('\n').filter((line) => VAGUE.test(line))).toEqual([]);
  }
});
