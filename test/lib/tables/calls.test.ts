import { describe, expect, test } from '@jest/globals';
import { callGroups, callRow, renamedCalls } from '../../../lib/tables/calls';
import { tables } from '../../../lib/tables/tables';

describe('calls of own C', () => {
  test('a name is there once, and no group is there twice', () => {
    const names = tables.calls.map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    const groups = callGroups().map(({ support, says }) => `${support}: ${says}`);
    expect(groups.filter((group, i) => groups.indexOf(group) !== i)).toEqual([]);
  });

  test.each([
    ['pthread_create', 'modelled'],
    ['strlen', 'modelled'],
    ['strspn', 'harmless'],
    ['fork', 'refused'],
    ['__tsan_atomic32_load', 'modelled'],
    ['_ZNSt6thread4joinEv', 'harmless'],
    ['_ZNSt13random_device7_M_finiEv', 'refused'],
    ['_ZNSt3__16thread4joinEv', 'refused'],
    ['_ZNSt6chrono3_V212steady_clock3nowEv', 'modelled'],
    ['strspn2', undefined],
    ['frobnicate', undefined],
  ])('%s is %s', (name, support) => {
    expect(callRow(name)?.support).toBe(support);
  });

  test('only whole names are renamed: objcopy takes no patterns here', () => {
    expect(renamedCalls()).toContain('memcpy');
    expect(renamedCalls().filter((name) => !/^\w+$/.test(name))).toEqual([]);
  });

  test('what is refused says what to do', () => {
    const refused = callGroups().filter(({ support }) => support === 'refused');
    expect(refused.length).toBeGreaterThan(20);
    for (const { says } of refused)
      expect(says).toMatch(/: (use|leave|have|keep|put|hand|link|remove) /);
  });
});
