import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import type { HostFault, HostFinished } from '../../../lib/own/protocol';
import { readLine } from './searching';

const FILE = path.join(__dirname, '../../../build/Release/dmtorture-own');

/** A line of the host's output. */
export type Line = Record<string, unknown> & { type: string };

/** A fault as a search reports it, its sentence as text. */
export type Found = Omit<HostFault, 'message'> & { message: string };

/** How a search ended; more members than are named here. */
export interface Finished extends Line, Pick<HostFinished, 'heaps'> {
  faults: Found[];
  outcomes: { results: Record<string, number>; count: number; serial: boolean }[];
}

export interface Ran {
  status: number | null;
  lines: Line[];
  last: Line;
  stderr: string;
  ms: number;
}

function linesOf(text: string): Line[] {
  const lines = text.split('\n');
  // Each line is whole: nothing else writes there.
  if (lines.pop() !== '') throw new Error(`a line without an end: ${text.slice(-200)}`);
  return lines.map((line) => readLine(line) as Line);
}

/** Run the host until it ends. */
export function host(...args: string[]): Ran {
  const began = Date.now();
  const child = spawnSync(FILE, args, { encoding: 'utf8', timeout: 120_000, maxBuffer: 1 << 28 });
  const lines = linesOf(child.stdout);
  const last = lines[lines.length - 1] as Line;
  return { status: child.status, lines, last, stderr: child.stderr, ms: Date.now() - began };
}

/** Search, and have the last line, of a host that ended as it should. */
export function search(object: string, ...args: string[]): Finished {
  const { status, last, stderr } = host('search', object, ...args);
  if (status !== 0 || last.type !== 'finished')
    throw new Error(`status ${status}: ${stderr} ${JSON.stringify(last)}`);
  return last as Finished;
}

/** The options that replay `fault`. */
export function replayArgs(fault: Found): string[] {
  const schedule = fault.schedule.map(([step, cpu]) => `${step}:${cpu}`).join(',');
  const args = [`--schedule=${schedule}`, `--kind=${fault.kind}`, `--heap=${fault.heap}`];
  if (fault.at) args.push(`--at=${fault.at}`);
  if (fault.other) args.push(`--other=${fault.other}`);
  if (fault.knowledge.length > 0) args.push(`--know=${fault.knowledge.join(',')}`);
  return args;
}

export function start(...args: string[]): ChildProcess {
  return spawn(FILE, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}
