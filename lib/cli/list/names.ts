export const LIST_NAMES = [
  'patches',
  'faults',
  'invariants',
  'ops',
  'scenarios',
  'locks',
  'rwlocks',
  'refcounts',
  'strategies',
  'models',
  'sets',
  'calls',
] as const;
export type ListName = (typeof LIST_NAMES)[number];
