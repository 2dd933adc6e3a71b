import { describe, expect, test } from '@jest/globals';
import {
  describeRecorded,
  gradeMeanings,
  gradeOf,
  outcomeText,
  readOutcomeRules,
  recordedIn,
} from '../../../lib/own/outcomes';

const NOTHING = readOutcomeRules({});

describe('what a program printed', () => {
  test.each([
    ['r1=1\nr2=0\n', { r1: 1, r2: 0 }],
    ['r1=1 r2=-3, x[0]=7\n', { r1: 1, r2: -3, 'x[0]': 7 }],
    ['r1=1\nr1=2\n', { r1: 2 }],
    ['state=open\n', { state: 'open' }],
    ['hello\nthe value is r1=1\nr2=1\n', { r2: 1 }],
    ['a=b=c\n=1\nr=\n', {}],
    ['', {}],
    ['big=12345678901234567890\n', { big: '12345678901234567890' }],
  ])('%j', (printed, recorded) => {
    expect(recordedIn(printed)).toEqual(recorded);
  });

  test('a name is only a name', () => {
    expect(outcomeText(recordedIn('__proto__=1\nconstructor=2\n'))).toBe(
      '__proto__=1 constructor=2',
    );
  });
});

describe('grades', () => {
  const results = { r1: 0, r2: 1 };

  test('without rules, what is also seen one after another is acceptable', () => {
    expect(gradeOf({ results, count: 1, serial: true }, NOTHING)).toBe('acceptable');
    expect(gradeOf({ results, count: 1, serial: false }, NOTHING)).toBe('interesting');
    expect(gradeOf({ results, count: 1 }, NOTHING)).toBe('interesting');
  });

  test('what is allowed is acceptable, what is forbidden is so first, the rest is interesting', () => {
    const one = { results, count: 1, serial: true };
    expect(gradeOf(one, readOutcomeRules({ allowOutcomes: ['r2=1,r1=0'] }))).toBe('acceptable');
    expect(gradeOf(one, readOutcomeRules({ allowOutcomes: ['r1=1 r2=1'] }))).toBe('interesting');
    expect(gradeOf(one, readOutcomeRules({ forbidOutcomes: ['r1=1'] }))).toBe('acceptable');
    expect(
      gradeOf(one, readOutcomeRules({ allowOutcomes: ['r1=0 r2=1'], forbidOutcomes: ['r1=0'] })),
    ).toBe('forbidden');
    expect(gradeOf(one, readOutcomeRules({ forbidOutcomes: ['r3=0'] }))).toBe('acceptable');
  });

  test('their meanings are those that they have here', () => {
    const free = gradeMeanings(NOTHING, true);
    expect(free.acceptable).toBe('also seen when the threads run one after another');
    expect(gradeMeanings(NOTHING, false).interesting).toBe('neither allowed nor forbidden');
    const allowed = gradeMeanings(readOutcomeRules({ allowOutcomes: ['r1=1'] }), true);
    expect(allowed).toMatchObject({
      acceptable: 'allowed',
      interesting: 'not one of those that are allowed',
    });
  });

  test('the most frequent comes first, and runs without a record have none', () => {
    const counted = [
      { results: { r1: 1 }, count: 2 },
      { results: {}, count: 9 },
      { results: { r1: 0 }, count: 5 },
    ];
    expect(describeRecorded(counted, readOutcomeRules({ allowOutcomes: ['r1=0'] }))).toEqual([
      { results: 'r1=0', count: 5, grade: 'acceptable' },
      { results: 'r1=1', count: 2, grade: 'interesting' },
    ]);
  });
});

test.each([[{ allowOutcomes: ['r1'] }], [{ forbidOutcomes: [''] }], [{ allowOutcomes: [7] }]])(
  'refuses what is not an outcome: %j',
  (options) => {
    expect(() => readOutcomeRules(options as object)).toThrow('outcomes such as `r1=0 r2=1`');
  },
);
