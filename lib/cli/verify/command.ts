import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context';
import { addOptions, DataArgument } from '../options/option';
import type { VerifyFlags } from './options';

const EPILOGUE = `
What is verified, and what is looked for:
  locks               two threads in the lock at once, data that is not handed over, an order of service
                      that the lock claims and does not keep, a thread that waits for ever
  reader-writer locks a writer beside another thread, a reader that sees half a write, a thread that
                      waits for ever; and whether two readers can be in at once
  reference counts    a use after the end, an object that is freed twice or never, an end that does not
                      come after all uses, a thread that waits for ever
'all' is every lock, 'rwlocks' every reader-writer lock, 'refcounts' every reference count, each without
its control, which must fail. 'all rwlocks refcounts' is everything.

A verdict holds for its model and its sizes. --threads is of locks, --writers and --readers of
reader-writer locks, --users and --objects of reference counts, --rounds of all.

A file is a lock of your own: it defines lock_t, lock_init(), lock_acquire() and lock_release(), or is
written on <dmtorture/atom.h> with DEFINE_LOCK(). Its sites are the calls that the compiler makes of
atomics: one in a header counts once, whatever calls it.
Exit codes: 0 clean, 1 a fault, 4 a limit cut something off.

Examples:
  dmtorture verify mcs                              under each model, at 2x1, 2x2 and 3x1
  dmtorture verify all --memory rc11                every lock of 'list locks' but the control
  dmtorture verify mcs --barriers --memory rc11     which of its memory orders are needed
  dmtorture verify qspinlock --threads 4 --rounds 1
  dmtorture verify qrwlock bravo                    reader-writer locks, at the sizes of 'list rwlocks'
  dmtorture verify qrwlock --writers 2 --readers 2  2+2x1: two writers, two readers, one round
  dmtorture verify hazard --users 2 --objects 1     2x1x1: two users, one round, one object
  dmtorture verify broken_rwlock                    a control: its diagram, and exit code 1
  dmtorture verify ./my_lock.c --threads 2          a lock of your own, at 2x1
`;

const WHAT =
  'locks, reader-writer locks, reference counts; `all`, `rwlocks`, `refcounts`; or files';

export function registerVerify(program: Command, context: Context): void {
  const command = program
    .command('verify')
    .description(
      'locks and reference counts under memory models: do they hold, and which orders are needed',
    );
  if (context.isAsked(command.name())) {
    const { verifyOptionRows, verifyTargets } = require('./options') as typeof import('./options');
    command.addArgument(new DataArgument('<lock...>', WHAT, verifyTargets));
    addOptions(command, verifyOptionRows);
  } else {
    command.addArgument(new DataArgument('<lock...>', WHAT, {}));
  }
  command
    .addHelpText('after', EPILOGUE)
    .action(async (locks: string[], _flags: object, self: Command) => {
      const { runVerify } = require('./run') as typeof import('./run');
      const { toVerifyOptions } = require('./options') as typeof import('./options');
      const { json, quiet } = self.optsWithGlobals<GlobalOptions>();
      const { markdown, ...flags } = self.opts<VerifyFlags>();
      const mode = {
        format: json ? 'json' : 'text',
        quiet: quiet === true,
        markdown: markdown === true,
      } as const;
      context.exitWith(await runVerify(locks, toVerifyOptions(flags), mode, context.terminal));
    });
  command.option('--markdown', 'the report as Markdown');
}
