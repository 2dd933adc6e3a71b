import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

export const root = path.join(__dirname, '../..');
export const main = path.join(root, 'dist', 'cli', 'main.js');

/** What a command left behind. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A started command. */
export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Resolves once standard error (or output) has said `text`. */
  said(text: string): Promise<void>;
}

/** The environment without what changes the output. */
export function plainEnv(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { NO_COLOR, FORCE_COLOR, CI, NODE_OPTIONS, ...rest } = process.env;
  const plain = Object.entries(rest).filter(([name]) => !name.startsWith('DMTORTURE_'));
  return { ...Object.fromEntries(plain), ...extra };
}

/** Start the built command. */
export function start(
  args: string[],
  env: NodeJS.ProcessEnv = {},
  script = main,
  cwd = root,
): Started {
  const child = spawn(process.execPath, [script, ...args], {
    cwd,
    env: plainEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const heard = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      heard[name] += text;
      for (const check of waiting) check();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...heard }));
  });
  const said = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!(heard.stdout + heard.stderr).includes(text)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
      child.on('close', () => reject(new Error(`ended without saying ${text}: ${heard.stderr}`)));
    });
  return { child, ended, said };
}

/** Run the built command to its end. */
export function run(...args: string[]): Promise<Ended> {
  return start(args).ended;
}

/** Run the built command with `--json`; its one document. */
export async function runJson(...args: string[]): Promise<{ code: number | null; json: unknown }> {
  const { code, stdout, stderr } = await run(...args, '--json');
  if (stdout === '') throw new Error(`no document: ${stderr}`);
  return { code, json: JSON.parse(stdout) };
}
