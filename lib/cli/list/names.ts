export const LIST_NAMES = [
  'patches',
  'faults',
  'invariants',
  'ops',
  'scenarios',
  'locks',
  'strategies',
  'sets',
  'calls',
] as const;
export type ListName = (typeof LIST_NAMES)[number];
