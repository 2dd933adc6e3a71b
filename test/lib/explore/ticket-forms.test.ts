import { describe, expect, test } from '@jest/globals';
import type { DmTortureError } from '../../../lib/base/errors';
import { replay } from '../../../lib/explore/replay';
import { TICKET_FORMS } from '../../../lib/tables/ticket-forms';

const forms: readonly string[] = Object.values(TICKET_FORMS);

async function refusal(ticket: string): Promise<DmTortureError> {
  const error = await replay(ticket).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error as DmTortureError;
}

describe('the forms of tickets', () => {
  test('are all named where a text is not a ticket', async () => {
    for (const text of ['hello', '', 'dmt.', 'dmt12.AAAA', 'dmx1.AAAA', 'dmm2.AAAA']) {
      const { code, message } = await refusal(text);
      expect([code, message]).toEqual([
        'ERR_BAD_TICKET',
        'this is not a ticket: a ticket begins with dmt1., dmt2., dmt3., dmo1. or dmo2.',
      ]);
    }
  });

  test('are those that are read, and the others are of another version', async () => {
    const begins = ['dmt', 'dmo'].flatMap((name) =>
      Array.from({ length: 10 }, (_, version) => `${name}${version}.`),
    );
    const read: string[] = [];
    for (const begin of begins) {
      const { code } = await refusal(`${begin}AAAAAAAA`);
      if (code === 'ERR_BAD_TICKET') read.push(begin);
      else expect([begin, code]).toEqual([begin, 'ERR_TICKET_VERSION']);
    }
    expect(read.sort()).toEqual([...forms].sort());
  });

  test('of a model in C have a sentence of their own', async () => {
    expect((await refusal('dmm1.AAAA')).message).toContain('a model in C');
  });
});
