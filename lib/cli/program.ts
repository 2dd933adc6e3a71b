import { Command, CommanderError } from 'commander';
import { version } from '../version';
import { registerDemo } from './commands/demo';
import { registerDoctor } from './commands/doctor';
import { registerExplore } from './commands/explore';
import { registerList } from './commands/list';
import { registerMatrix } from './commands/matrix';
import { registerReplay } from './commands/replay';
import { registerReport } from './commands/report';
import { registerStress } from './commands/stress';
import { EXIT, type ExitCode } from './exit';
import { openTerminal, type Terminal } from './terminal';
import { commandOf, describeFailure, usageText } from './usage';

/** What every command takes, before or after its name. */
export interface GlobalOptions {
  json?: boolean;
  quiet?: boolean;
  seed?: string;
}

/** What a command gets from the program: where to write, and where its exit code goes. */
export interface Context {
  terminal: Terminal;
  exitWith(code: ExitCode): void;
}

const INTRO =
  'Torture test of the eight device-mapper races of April 2006: real threads, every patch ' +
  'a switch, every fault told.';

const EPILOGUE = `
Examples:
  dmtorture demo                                      the tour: every race, seen in half a minute
  dmtorture stress --patches all,-05 --stop-on-fault  leave a patch out, see what happens
  dmtorture stress --scenario remove-open --json      one scenario in rounds, for machines
  dmtorture explore remove-open --patches all,-05     every interleaving, the fault as a diagram
  dmtorture matrix                                    all 256 subsets of the eight patches
  dmtorture list faults                               what can go wrong, and what prevents it

Exit codes: 0 clean, 1 fault found, 2 usage or input error, 3 the tool itself failed,
4 threshold missed, 130 interrupted.
`;

/** Run the command line. Resolves to the exit code, and never rejects. */
export async function runCli(argv: string[]): Promise<ExitCode> {
  const terminal = openTerminal();
  let code: ExitCode = EXIT.clean;
  const program = buildProgram({
    terminal,
    exitWith: (given) => {
      code = given;
    },
  });
  try {
    if (argv.length <= 2) {
      terminal.tell(program.helpInformation());
      return EXIT.usage;
    }
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.clean;
      terminal.tell(`${terminal.err.red('error:')} ${usageText(error, program, argv)}\n`);
      return EXIT.usage;
    }
    const failure = describeFailure(error, commandOf(program, argv));
    terminal.tell(`${terminal.err.red('error:')} ${failure.text}\n`);
    return failure.code;
  }
}

export function buildProgram(context: Context): Command {
  const program = new Command('dmtorture')
    .description(INTRO)
    .usage('<command> [options]')
    .version(version, '-V, --version', 'print the version')
    .option('--json', 'one JSON document on standard output')
    .option('--quiet', 'no progress; of the results what matters')
    .option('--seed <n>', 'the only entropy of choices (printed always)')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', EPILOGUE)
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: () => undefined })
    .showSuggestionAfterError(false)
    .exitOverride();
  registerDemo(program, context);
  registerStress(program, context);
  registerExplore(program, context);
  registerReplay(program, context);
  registerMatrix(program, context);
  registerReport(program, context);
  registerList(program, context);
  registerDoctor(program, context);
  return program;
}
