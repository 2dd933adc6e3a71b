import type { Command } from 'commander';
import type { Terminal } from './terminal/terminal';

/** What every command takes, before or after its name. */
export interface GlobalOptions {
  json?: boolean;
  quiet?: boolean;
  seed?: string;
  config?: string | false;
  profile?: string;
  printConfig?: boolean;
}

/** What a command gets from the program: where to write, and where its exit code goes. */
export interface Context {
  terminal: Terminal;
  /** An {@link EXIT}, or the status of an application. */
  exitWith(code: number): void;
  /** Whether the options of a command are needed: help of all is quick, since those are not. */
  isAsked(command: string): boolean;
  /** The program with every option of every command. */
  whole(): Command;
}
