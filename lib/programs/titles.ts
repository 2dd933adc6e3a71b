import { formatOp, parsePrograms } from './program';

/** `remove 0, open 0`: what each thread of a program's text does, cpu1's first. */
export function threadTitles(program: string): string[] {
  return parsePrograms(program).cpus.map((ops) => ops.map(formatOp).join(', '));
}
