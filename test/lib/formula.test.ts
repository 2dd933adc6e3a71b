import { describe, expect, test } from '@jest/globals';
import { compileFormula, evaluateFormula } from '../../lib/formula';
import { patches } from '../../lib/patches';

describe('formulas over patches', () => {
  test.each([
    ['!02', 'all', false],
    ['!02', 'all,-02', true],
    ['04 & !03', 'all,-03', true],
    ['04 & !03', 'all,-03,-04', false],
    ['!02 | !08', 'all,-08', true],
    ['!(02 & 05)', 'all,-05', true],
    ['!(02 & 05)', 'all', false],
    ['freeing', 'none,05', true],
    ['06m | R3', 'merged', true],
    ['06m & R3', 'merged', false],
    ['find-put', 'all', true],
    ['series', 'all,-05', false],
    ['true', 'none', true],
    ['false', 'all', false],
    ['!!01', '01', true],
    ['!01 & 02 | 03', '3', true],
    ['!01 & (02 | 03)', '1,3', false],
  ])('%s under %s is %p', (formula, set, holds) => {
    expect(evaluateFormula(formula, patches.parse(set).mask)).toBe(holds);
  });

  test.each([[''], ['!'], ['01 &'], ['(01'], ['01)'], ['01 02'], ['99'], ['& 01'], ['01 + 02']])(
    'refuses %j',
    (formula) => {
      expect(() => compileFormula(formula)).toThrow(
        expect.objectContaining({ code: 'ERR_OUT_OF_RANGE', option: 'formula' }),
      );
    },
  );
});
