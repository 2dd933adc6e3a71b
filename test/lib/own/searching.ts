import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { BuiltProgram } from '../../../lib/own/built';

const { HOST, COMPILED, root } = require('../../../scripts/platform.cjs') as Record<string, string>;

export interface Found {
  kind: string;
  message: string;
  at: string | null;
  cpu: number;
  preemptions: number;
}
export interface Finished {
  exhausted: boolean;
  limit: string;
  executions: number;
  threads: number;
  faults: Found[];
  outcomes: { results: Record<string, number>; count: number }[];
  heaps: { heap: string; executions: number; blocked: number; exhausted: boolean }[];
}

/** A line of the host's; its sentences are text here, their places as `+0x12ab`. */
export function readLine(line: string): unknown {
  const piece = (part: string | { at: string }): string =>
    typeof part === 'string' ? part : `+0x${part.at}`;
  return JSON.parse(line, (name, value) =>
    ['message', 'refused', 'differs'].includes(name) ? value.map(piece).join('') : value,
  );
}

/** What the host says of a program at the end of a search. */
export function search({ object }: BuiltProgram, ...options: string[]): Finished {
  const host = path.join(String(root), String(COMPILED), String(HOST));
  const { stdout, stderr } = spawnSync(host, ['search', object, ...options], { encoding: 'utf8' });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (!last.includes('"finished"')) throw new Error(`${stdout}\n${stderr}`);
  return readLine(last) as Finished;
}

/** main() with two threads, which run `thread(1)` and `thread(2)`. */
export const TWO_THREADS = `
int main(void)
{
	pthread_t one, two;
	pthread_create(&one, 0, thread, (void *)1);
	pthread_create(&two, 0, thread, (void *)2);
	pthread_join(one, 0);
	pthread_join(two, 0);
	return 0;
}
`;
