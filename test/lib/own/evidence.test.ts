import { describe, expect, test } from '@jest/globals';
import { estimateOf } from '../../../lib/own/evidence';

describe('how many executions there are, by estimate', () => {
  test.each([
    ['more than ran', { log10: 4, descents: 10 }, 500, 10_000],
    ['fewer than ran: it is wrong', { log10: 4, descents: 10 }, 20_000, null],
    ['as many as ran, and it is not the end', { log10: 4, descents: 10 }, 10_000, null],
    ['more than anybody counts', { log10: 400, descents: 10 }, 500, null],
    ['not known', null, 500, null],
  ])('%s', (_, estimate, executions, expected) => {
    expect(estimateOf({ estimate, executions })).toBe(expected);
  });
});
