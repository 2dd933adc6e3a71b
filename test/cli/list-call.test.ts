import { expect, test } from '@jest/globals';
import { tables } from '../../lib/tables/tables';
import { run } from './command';

test('one function has its row: what it is, and why', async () => {
  const { code, stdout } = await run('list', 'calls', 'fork', '--json');
  const row = tables.calls.find(({ name }) => name === 'fork');
  expect({ code, rows: JSON.parse(stdout) }).toEqual({
    code: 0,
    rows: [{ call: 'fork', support: 'refused', says: row?.says }],
  });
});

test('a function that the table has by its beginning is called by its own name', async () => {
  const { stdout } = await run('list', 'calls', '__cxa_throw');
  expect(stdout.trimEnd().split('\n').slice(1)).toEqual([expect.stringMatching(/__cxa_throw$/)]);
});
