import fs from 'node:fs';
import os from 'node:os';

/*
 * Whether a process lives that left something behind: it is known by its number, and by when it was
 * started, since numbers come again. Of one on another machine, or in another container, nothing is
 * known from here.
 */

/** What one process has, and no other before it or after. */
export interface ProcessMark {
  pid: number;
  host: string;
  /** Of the machine's start, and of a container's processes; empty where the system has none. */
  place: string;
  /** When the process was started, as the system counts; empty where it does not say. */
  started: string;
}

/** What a file of the system holds; empty where there is none. */
function systemText(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return '';
  }
}

/**
 * When a process was started: the 22nd field, of those behind the name in brackets the 20th. Empty
 * for one that has ended and that its parent has not asked after.
 */
function startOf(pid: number): string {
  const stat = systemText(() => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? '' : (fields[18] ?? '');
}

function placeOf(): string {
  const boot = systemText(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  const space = systemText(() => fs.readlinkSync('/proc/self/ns/pid'));
  return `${boot} ${space}`.trim();
}

/** The mark of this process. */
export function markOfProcess(): ProcessMark {
  const { pid } = process;
  return { pid, host: os.hostname(), place: placeOf(), started: startOf(pid) };
}

/** Whether a process lives; undefined: it cannot be known from here. */
export function isAlive({ pid, host, place, started }: ProcessMark): boolean | undefined {
  if (host !== os.hostname() || place !== placeOf()) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startOf(pid) === started;
}
