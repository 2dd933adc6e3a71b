import type { PlainProgram } from '../../own/plain';
import { PLAIN, runTool } from '../../own/tools';
import type { Place } from '../../story/trace';

type Where = Pick<Place, 'function' | 'file' | 'line'>;

/**
 * Where an address of the program is in its sources; undefined: not known.
 *
 * @param address - As the program says it, without what it was loaded at.
 */
export async function placeOfAddress(
  { command, tools }: Pick<PlainProgram, 'command' | 'tools'>,
  address: string,
): Promise<Where | undefined> {
  const args = ['-C', '-f', '-e', command, address];
  const { status, stdout } = await runTool([tools.addr2line], args, { env: PLAIN });
  const [name = '', where = ''] = stdout.split('\n');
  const [, file, line] = /^(.+):(\d+)/.exec(where) ?? [];
  if (status !== 0 || file === undefined || file === '??' || name === '??') return undefined;
  return { function: name, file, line: Number(line) };
}
