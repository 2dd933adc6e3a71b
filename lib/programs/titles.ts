/** `remove 0, open 0`: what each thread of a program's text does, cpu1's first. */
export function threadTitles(program: string): string[] {
  // Loaded where a program is of operations: C of the user's has titles of its own.
  const { formatOp, parsePrograms } = require('./program') as typeof import('./program');
  return parsePrograms(program).cpus.map((ops) => ops.map(formatOp).join(', '));
}
