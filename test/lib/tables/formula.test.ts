import { describe, expect, test } from '@jest/globals';
import {
  compileFormula,
  evaluateFormula,
  formulaInWords,
  formulaParts,
} from '../../../lib/tables/formula';
import { patches } from '../../../lib/tables/patches';

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
    const parsed = patches.parse(set);
    expect(evaluateFormula(formula, parsed)).toBe(holds);
    expect(evaluateFormula(formula, parsed.mask)).toBe(holds);
  });

  test.each([
    ['', '', []],
    ['04', '04', ['04']],
    ['02 & 03', '02 and 03', ['02', '03']],
    ['06 | 06m', '06 or 06m', ['06 or 06m']],
    ['(06|06m)&!R3&04', '(06 or 06m) and not R3 and 04', ['(06 or 06m)', 'not R3', '04']],
    ['01 & 02 | 03', '01 and 02 or 03', ['01 and 02 or 03']],
    ['!(02 & 05)', 'not (02 and 05)', ['not (02 and 05)']],
  ])('%j is said as %j', (formula, words, parts) => {
    expect([formulaInWords(formula), formulaParts(formula)]).toEqual([words, parts]);
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
