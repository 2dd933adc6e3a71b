import type { LockName } from './tables';

/** The lock that a program has by itself. */
export const SYSTEM_LOCK = 'pthread_mutex' satisfies LockName;
