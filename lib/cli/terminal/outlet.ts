import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { appendToFile } from '../../base/files';
import type { TerminalText } from '../../base/sinks/terminal';
import type { WorkflowLine } from '../../base/sinks/workflow';
import { whyNot } from './why-not';

/** What the file is called that keeps what standard output did not take. */
const RESCUE = 'output.txt';

/** What may be written: nothing in it acts that is not ours. */
export type Writable = TerminalText | WorkflowLine;

/** What an outlet writes to: standard output, or a test's stand-in. */
export interface OutletStream {
  write(text: string, done: (error?: Error | null) => void): unknown;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/**
 * Standard output. A reader that went away (`| head`) is not an error: nothing is written any more. Of
 * another failure, such as a full disk, nothing is lost that can be kept: what was not taken goes
 * into a file.
 */
export class Outlet {
  readonly #stream: OutletStream;
  readonly #gone = new AbortController();
  /** A folder of its own, with a name that nobody can have guessed; made when it is needed. */
  #folder: string | undefined;
  #failure: NodeJS.ErrnoException | undefined;
  #lost: unknown;
  #pending = 0;
  #idle: () => void = () => undefined;

  constructor(stream: OutletStream) {
    this.#stream = stream;
    stream.on('error', (error) => this.#failed(error));
  }

  /** Aborted once nobody reads any more. */
  get closed(): AbortSignal {
    return this.#gone.signal;
  }

  write(text: Writable): void {
    if (this.#failure) this.#keep(text);
    if (this.#failure || this.closed.aborted) return;
    this.#pending += 1;
    this.#stream.write(text, (error) => {
      this.#pending -= 1;
      if (error) this.#failed(error, text);
      if (this.#pending === 0) this.#idle();
    });
  }

  /**
   * Waits for what is on its way. Resolves to a sentence where not all of it could be written.
   *
   * @param took - It took work, so what could not be written is left in its file.
   */
  async settle(took: boolean): Promise<string | undefined> {
    if (this.#pending > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    if (!this.#failure) return undefined;
    if (!took && this.#folder) fs.rmSync(this.#folder, { recursive: true, force: true });
    const kept = took ? this.#keptText() : '';
    return `standard output cannot be written, ${whyNot(this.#failure)}${kept}`;
  }

  #keptText(): string {
    if (this.#lost !== undefined) {
      return `; nor could it be kept in ${os.tmpdir()}: ${whyNot(this.#lost)}`;
    }
    if (this.#folder === undefined) return '';
    return `; what it did not take is in ${path.join(this.#folder, RESCUE)}`;
  }

  #failed(error: NodeJS.ErrnoException, text?: string): void {
    if (error.code === 'EPIPE') this.#gone.abort();
    if (this.closed.aborted) return;
    this.#failure ??= error;
    if (text !== undefined) this.#keep(text);
  }

  #keep(text: string): void {
    try {
      this.#folder ??= fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-'));
      appendToFile(path.join(this.#folder, RESCUE), text, 0o600);
    } catch (error) {
      this.#lost ??= error;
    }
  }
}
