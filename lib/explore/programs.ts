import { makeProgramPlan, type ProgramExploreOptions } from '../own/plan';
import type { Program } from '../own/program';
import type { ProgramReport } from '../own/report';
import type { WithPlan } from '../programs/passed-on';
import { systemToolchain, type Toolchain } from './toolchain';

/**
 * Explore a program of the user's.
 *
 * @throws DmTortureError as {@link explore} does, and ERR_COMPILE, ERR_NO_COMPILER, ERR_PROGRAM
 */
export async function exploreProgram(
  program: Program,
  options: ProgramExploreOptions | WithPlan = {},
  tools: Toolchain = systemToolchain(),
): Promise<ProgramReport> {
  const plan = makeProgramPlan(program, options);
  plan.signal?.throwIfAborted();
  const built = await tools.build(program, plan.signal);
  plan.signal?.throwIfAborted();
  // Loaded when the compiler runs already.
  const { ProgramSearch } = require('./program-search') as typeof import('./program-search');
  return new ProgramSearch(plan, built, tools).run();
}
