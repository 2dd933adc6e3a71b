import { Command, CommanderError } from 'commander';
import { oneLine } from '../base/sinks/inert';
import { version } from '../base/version';
import { registerBench } from './bench/command';
import { registerBisect } from './bisect/command';
import { registerCompletion } from './completion/command';
import type { Context, GlobalOptions } from './context';
import { registerDemo } from './demo/command';
import { registerDoctor } from './doctor/command';
import { EXIT } from './exit';
import { registerExplore } from './explore/command';
import type { Gate } from './gate/gate';
import { registerHistory } from './history/command';
import { registerInit } from './init/command';
import { registerList } from './list/command';
import { registerMatrix } from './matrix/command';
import { registerOops } from './oops/command';
import { argumentText, DataOption, type OptionData, optionText } from './options/option';
import { commandOf, describeFailure, usageText } from './options/usage';
import { registerReplay } from './replay/command';
import { registerReport } from './report/command';
import { registerRun } from './run/command';
import { registerStress } from './stress/command';
import { guardProcess } from './terminal/interrupt';
import { openTerminal } from './terminal/terminal';
import { registerVerify } from './verify/command';

const INTRO =
  'Finds concurrency bugs by running every interleaving of a small C program, and by running it ' +
  'on real threads. Comes with the eight device-mapper races of April 2006, each patch a switch.';

const EPILOGUE = `
Examples:
  dmtorture demo                                      the tour: every race, in about ten seconds
  dmtorture stress --patches all,-05 --stop-on-fault  leave a patch out, see what happens
  dmtorture stress --scenario remove-open --json      one scenario in rounds, for machines
  dmtorture explore remove-open --patches all,-05     every interleaving, the fault as a diagram
  dmtorture matrix                                    all 256 subsets of the eight patches
  dmtorture verify mcs                                a lock under x86-TSO and RC11, exhaustively
  dmtorture bench locks                               locks against each other, in three minutes at most
  dmtorture history                                   the same bugs from 2004 to 2026, as a timeline
  dmtorture list faults                               what can go wrong, and what prevents it

Exit codes: 0 clean, 1 fault found, 2 usage or input error, 3 the tool itself failed,
4 threshold missed or search unfinished (unless --allow-incomplete), 130 interrupted.
`;

/** What a report may have beside its results. */
interface ReportNotes {
  kind?: string;
  warnings?: readonly string[];
  failure?: string;
}

/** Thrown to leave where nothing is left to do. */
class Done extends Error {}

/** One command line, from its words to its exit code. */
class Call {
  readonly #argv: string[];
  readonly #terminal = openTerminal();
  readonly #program: Command;
  #whole: Command | undefined;
  #gate: Gate | undefined;
  #code: number = EXIT.clean;
  /** Why the tool failed, where it has a report of what it did before. */
  #failure: string | undefined;
  /** There was a report, which is more than can be printed again. */
  #reported = false;

  constructor(argv: string[]) {
    this.#argv = argv;
    this.#terminal.see = (report) => {
      this.#reported = true;
      this.#note(report as ReportNotes);
      this.#gate?.see(report);
    };
    this.#program = buildProgram(this.#context((name) => argv.includes(name)));
    this.#program.hook('preAction', (_, command) => this.#prepare(command));
  }

  /** What a run has to say beside its results; a benchmark prints its own. */
  #note({ kind, warnings = [], failure }: ReportNotes): void {
    this.#failure ??= failure;
    if (kind === 'bench') return;
    for (const text of warnings) this.#say(this.#terminal.err.yellow('warning:'), oneLine(text));
  }

  /** Resolves to the exit code, and never rejects. */
  async run(): Promise<number> {
    const fail = (text: string): void => this.#say(this.#terminal.err.red('error:'), text);
    guardProcess(fail);
    const code = await this.#call();
    const unwritten = await this.#terminal.settle(this.#reported);
    if (unwritten === undefined) return code;
    fail(unwritten);
    return EXIT.failed;
  }

  async #call(): Promise<number> {
    try {
      if (this.#argv.length <= 2) {
        this.#terminal.tell(this.#program.helpInformation());
        return EXIT.usage;
      }
      await this.#program.parseAsync(this.#argv);
      const code = this.#gate?.settle(this.#code) ?? this.#code;
      if (this.#failure === undefined) return code;
      this.#say(this.#terminal.err.red('error:'), oneLine(this.#failure));
      return EXIT.failed;
    } catch (error) {
      return this.#failed(error);
    }
  }

  #context(isAsked: Context['isAsked']): Context {
    return {
      terminal: this.#terminal,
      exitWith: (code) => {
        this.#code = code;
      },
      isAsked,
      whole: () => {
        this.#whole ??= buildProgram(this.#context(() => true));
        return this.#whole;
      },
    };
  }

  /** Before a command begins: what was not typed, and what its report will be held against. */
  async #prepare(command: Command): Promise<void> {
    const { settle, strayVariables, ownVariables } =
      require('./options/settings') as typeof import('./options/settings');
    const { Gate, implyOptions } = require('./gate/gate') as typeof import('./gate/gate');
    const { err } = this.#terminal;
    const whole = this.#context(() => true).whole;
    const config = await settle(this.#program, command, whole, (text) =>
      this.#say(err.bold('config:'), oneLine(text)),
    );
    implyOptions(command);
    if (ownVariables().length > 0 && !this.#program.opts<GlobalOptions>().quiet) {
      for (const text of strayVariables(whole())) this.#say(err.yellow('warning:'), text);
    }
    if (this.#program.opts<GlobalOptions>().printConfig) {
      const { settingsText } =
        require('./options/settings-text') as typeof import('./options/settings-text');
      this.#terminal.print(settingsText(this.#program, command, config, this.#terminal));
      throw new Done();
    }
    this.#gate = new Gate((sentence) => this.#say(err.bold(`${command.name()}:`), sentence));
    this.#gate.open(command.opts(), command.name());
  }

  #say(head: string, text: string): void {
    this.#terminal.tell(`${head} ${text}\n`);
  }

  #failed(error: unknown): number {
    if (error instanceof Done) return EXIT.clean;
    const head = this.#terminal.err.red('error:');
    const { whole } = this.#context(() => true);
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.clean;
      this.#say(head, oneLine(usageText(error, this.#program, whole(), this.#argv)));
      return EXIT.usage;
    }
    const command = commandOf(this.#program, this.#argv);
    const failure = describeFailure(error, command, this.#program);
    if (failure.isWhole) this.#terminal.tell(`${failure.text}\n`);
    else this.#say(head, failure.text);
    return failure.code;
  }
}

/** Run the command line. Resolves to the exit code, and never rejects. */
export function runCli(argv: string[]): Promise<number> {
  return new Call(argv).run();
}

const CONFIG: OptionData = {
  flags: '--config <file>',
  says: 'options from this file; times as they are typed, or numbers of milliseconds',
  fallback: 'dmtorture.config.json, .mjs or .cjs',
  files: true,
};

export function buildProgram(context: Context): Command {
  const program = new Command('dmtorture')
    .description(INTRO)
    .usage('<command> [options]')
    .version(version, '-V, --version', 'print the version')
    .option('--json', 'one JSON document on standard output')
    .option('--quiet', 'no progress, and of the results only the essential')
    .option('--seed <n>', 'seed of every random choice (always printed)')
    .addOption(new DataOption(CONFIG))
    .option('--no-config', 'options from no file')
    .option('--profile <name>', 'options from this profile in the config file')
    .option('--print-config', 'print every option with where it comes from, and do nothing else')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', EPILOGUE)
    .helpCommand(false)
    .configureHelp({
      showGlobalOptions: true,
      optionDescription: optionText,
      argumentDescription: argumentText,
    })
    .configureOutput({
      outputError: () => undefined,
      writeOut: (text) => context.terminal.print(text),
    })
    .showSuggestionAfterError(false)
    .exitOverride();
  registerDemo(program, context);
  registerStress(program, context);
  registerExplore(program, context);
  registerReplay(program, context);
  registerMatrix(program, context);
  registerBisect(program, context);
  registerOops(program, context);
  registerVerify(program, context);
  registerBench(program, context);
  registerRun(program, context);
  registerReport(program, context);
  registerHistory(program, context);
  registerInit(program, context);
  registerList(program, context);
  registerDoctor(program, context);
  registerCompletion(program, context);
  for (const command of program.commands) {
    if (!context.isAsked(command.name())) continue;
    const { addGateOptions } = require('./gate/gate') as typeof import('./gate/gate');
    addGateOptions(command);
  }
  return program;
}
