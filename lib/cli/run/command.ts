import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context';
import { addOptions, DataArgument } from '../options/option';

const EPILOGUE = `
The application's pthread mutexes and reader-writer locks become the lock; nothing is compiled again.
Condition variables, trylock, timed locks, recursive and error-checking mutexes stay right. Robust,
priority and process-shared ones are left to the C library, and counted. Locks that spin are refused
where threads exceed CPUs: the application is ended. Standard output is the application's own: the
report goes to standard error, with --output to a file. SIGINT, SIGTERM and SIGHUP are passed on.
Needs Linux with glibc; programs that are statically linked or set-user-id are refused.
Exit codes: that of the application, 128 and the signal's number where one ended it; 125 where
dmtorture itself failed, or did not run it; 2 for a wrong option.

Examples:
  dmtorture run --lock futex3_spin -- ./app --fast       where it takes locks, and what that costs
  dmtorture run --lock pthread_mutex -- ./app            the same with the lock that it has
  dmtorture run --lock mcs_park --output run.json -- ./app
`;

export function registerRun(program: Command, context: Context): void {
  const command = program
    .command('run')
    .description('an unmodified application with another lock in its mutexes')
    .addArgument(
      new DataArgument('<command...>', 'the application and its arguments, after `--`', {}),
    );
  if (context.isAsked('run')) {
    const { runOptionRows } = require('./options') as typeof import('./options');
    addOptions(command, runOptionRows());
  }
  command
    .addHelpText('after', EPILOGUE)
    .action(async (words: string[], _flags: object, self: Command) => {
      const { runRun } = require('./run') as typeof import('./run');
      const { json, quiet } = self.optsWithGlobals<GlobalOptions>();
      const flags = self.opts<import('./options').RunFlags>();
      const mode = { json: json === true, quiet: quiet === true };
      context.exitWith(await runRun(words, flags, mode, context.terminal));
    });
}
