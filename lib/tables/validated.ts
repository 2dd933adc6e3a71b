import { tables } from './tables';

/** What was seen of a lock, or of a reference count, before it was measured. */
interface Tried {
  readonly lock: string;
  readonly lost: number;
  readonly intruders: number;
}

const isCount = (name: string): boolean => tables.refcounts.some((row) => row.name === name);

/** What it is to do: `excludes`. */
export const holdsText = (name: string): string =>
  isCount(name) ? 'frees each object once, after its last use' : 'excludes';

/** What it does in its place: `does not exclude`. */
export const failsText = (name: string): string =>
  isCount(name) ? 'frees too early, or not once' : 'does not exclude';

/** What was seen: `2 increments lost, 3 intruders`. */
export const seenText = ({ lock, lost, intruders }: Tried): string =>
  isCount(lock)
    ? `${intruders} uses of what was free, ${lost} objects freed twice or never`
    : `${lost} increments lost, ${intruders} intruders`;
