import { readOwn } from '../../../lib/cli/explore/own-options';
import { toProgramStress } from '../../../lib/cli/stress/program-options';
import { makeProgramPlan } from '../../../lib/own/plan';
import { makeProgramStressPlan } from '../../../lib/stress/own/plan';

/** What commander makes of a command line. */
type Flags = Record<string, string | boolean | undefined>;

/** What `explore queue.c` makes of it, without a look at the file. */
export function ownPlan(flags: Flags, seed: string | undefined): object {
  const { target, options } = readOwn(['queue.c'], flags, seed);
  return makeProgramPlan(target, options).report;
}

/** What `stress queue.c` makes of it. */
export function ownStressPlan(flags: Flags, seed: string | undefined): object {
  const { program, options } = toProgramStress(['queue.c'], flags, seed);
  return makeProgramStressPlan(program, options).report;
}
