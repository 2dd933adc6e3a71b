import { spawn } from 'node:child_process';
import { DmTortureError, shortened } from '../base/errors';

/** How a tool is run. */
export interface ToolOptions {
  cwd?: string | undefined;
  /** Added to the environment. */
  env?: Readonly<Record<string, string>>;
  /** What it reads; undefined: nothing. */
  input?: string | undefined;
  /** Called with each line of its output, which is not kept then: a disassembly is long. */
  onLine?: (line: string) => void;
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

/** How a tool ended. */
export interface ToolResult {
  /** Its exit status; null: a signal ended it. */
  status: number | null;
  stdout: string;
  stderr: string;
}

const TIMEOUT_MS = 300_000;

/** The tool is not there, or may not be run. */
export class NoToolError extends Error {
  override name = 'NoToolError';
  constructor(
    readonly command: string,
    cause: unknown,
  ) {
    super(`${command} cannot be run`, { cause });
  }
}

/** Tools whose output is read speak English, and no build has a date of its own. */
export const PLAIN = { LC_ALL: 'C', LANGUAGE: '', SOURCE_DATE_EPOCH: '0' };

function linesTo(onLine: (line: string) => void): { add(text: string): void; end(): void } {
  let rest = '';
  return {
    add(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    },
    end() {
      if (rest !== '') onLine(rest);
    },
  };
}

/**
 * Run a tool to its end. No shell is between: an argument is what it is, whatever is in it.
 *
 * @param words - The command, and what comes before the arguments: `['ccache', 'gcc']`.
 * @throws NoToolError; DmTortureError ERR_COMPILE where it does not end; the signal's reason
 */
export function runTool(
  words: readonly string[],
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  const { cwd, env = {}, input, onLine, timeoutMs = TIMEOUT_MS, signal } = options;
  const [command = '', ...before] = words;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(command, [...before, ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const abort = (): void => void child.kill('SIGKILL');
    signal?.addEventListener('abort', abort, { once: true });
    const lines = onLine && linesTo(onLine);
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (lines) lines.add(text);
      else stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    // A tool that ends before it has read everything is judged by its exit status.
    child.stdin?.on('error', () => undefined).end(input);
    const over = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    child.on('error', (cause) => {
      over();
      reject(new NoToolError(command, cause));
    });
    child.on('close', (status) => {
      over();
      if (signal?.aborted) return reject(signal.reason);
      if (late) return reject(tooLate(command, timeoutMs));
      lines?.end();
      resolve({ status, stdout, stderr });
    });
  });
}

function tooLate(command: string, timeoutMs: number): DmTortureError {
  const message = `${shortened(command)} did not end within ${timeoutMs / 1000} s, and was stopped`;
  return new DmTortureError('ERR_COMPILE', message);
}
