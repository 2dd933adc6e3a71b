import { DmTortureError } from '../base/errors';
import { replay } from '../explore/replay';
import type { Drawing } from '../story/finding';

/** Why a ticket may not be replayed here: no engine on this machine, or of another version. */
const ELSEWHERE: readonly string[] = ['ERR_NATIVE_MISSING', 'ERR_BAD_TICKET', 'ERR_TICKET_VERSION'];

/** A ticket's schedule, run again for its steps. */
export interface Replayed extends Drawing {
  preemptions: number;
  steps: number;
}

/** Run a ticket's schedule again; undefined where that cannot be done here. */
export async function replayed(ticket: string): Promise<Replayed | undefined> {
  try {
    const { titles, trace, fault } = await replay(ticket);
    return {
      titles,
      trace,
      fault,
      preemptions: fault?.preemptions ?? 0,
      steps: fault?.steps ?? trace.at(-1)?.step ?? 0,
    };
  } catch (error) {
    if (error instanceof DmTortureError && ELSEWHERE.includes(error.code)) return undefined;
    throw error;
  }
}
