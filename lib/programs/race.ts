import type { Formula } from '../tables/formula';
import type { FaultKind, OpSlug } from '../tables/tables';
import type { Check } from './final';

/** One operation of a thread program. */
export interface ProgramOp {
  /** What is done. */
  readonly op: OpSlug;
  /** The device it is done to; absent where the operation takes any, or none. */
  readonly minor?: number;
  /** The name of the device that is created; absent: its minor. Operations by name look it up. */
  readonly name?: number;
}

/** Thread programs. They are frozen. */
export interface Programs {
  /** Runs alone, before the threads start. */
  readonly before: readonly ProgramOp[];
  /** The program of each thread: cpu1's first. */
  readonly cpus: readonly (readonly ProgramOp[])[];
  /** Runs alone, after all threads. */
  readonly after: readonly ProgramOp[];
}

/** Named thread programs, with what can go wrong in them. Made by {@link race}, and frozen. */
export interface Race extends Programs {
  /** What reports call it. */
  readonly name: string;
  /** When which fault can happen; a kind that is not named cannot. */
  readonly expects: Readonly<Partial<Record<FaultKind, Formula>>>;
  /** Looks at how each execution of an exploration ended. */
  readonly check?: Check;
}
