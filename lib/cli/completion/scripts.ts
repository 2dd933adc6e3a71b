import type { Argument, Command, Option } from 'commander';
import { STORM } from '../../programs/scenarios';
import { LIST_NAMES, type ListName } from '../list/names';
import { didYouMean, UsageError } from '../options/usage-error';

/**
 * Completion scripts, made from the commands as commander has them: names, options, and the values
 * that a description names, or the table that it points to.
 */

/** The shells there are scripts for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * The shell that was asked for.
 *
 * @throws UsageError
 */
export function readShell(name: string): Shell {
  const shell = SHELLS.find((candidate) => candidate === name);
  if (shell) return shell;
  const hint = didYouMean(name, SHELLS);
  throw new UsageError(`Expected a shell to be ${SHELLS.join('|')}, got '${name}'.${hint}`);
}

/** The first column of a table of `dmtorture list`. */
export type TableNames = (table: ListName) => string[];

/** What may follow an option, or stand as an argument. */
interface Values {
  words: string[];
  /** Files are completed instead. */
  files: boolean;
}

/** An option as it is typed. */
interface CompletedOption extends Values {
  long: string;
  short?: string;
  says: string;
  takesValue: boolean;
}

/** A command as it is typed. */
interface CompletedCommand {
  name: string;
  says: string;
  options: CompletedOption[];
  argument: Values | undefined;
}

interface Completed {
  commands: CompletedCommand[];
  /** Of the program itself, which every command takes as well. */
  options: CompletedOption[];
}

const TABLE = /dmtorture list (\w+)/;
const CHOICES = /(?:^|[\s:(])([a-z][\w-]*(?:\|[a-z][\w-]*)+)/;
/** Placeholders of what the file system has. */
const FILES = ['file', 'files', 'dir'];
/** Placeholders of what has no names. */
const NAMELESS = ['n', 'time', 'limit'];

/** The table that a description points to, or that one of the names is the singular of. */
function tableOf(names: readonly string[], description: string): ListName | undefined {
  const told = TABLE.exec(description)?.[1];
  const candidates = [told, ...names.flatMap((name) => [name, `${name}s`])];
  return candidates.flatMap((name) => LIST_NAMES.find((table) => table === name) ?? [])[0];
}

/** `none|yield|delay`, and the table that is meant. */
function valuesOf(
  placeholder: string,
  name: string,
  description: string,
  tableNames: TableNames,
): Values {
  if (NAMELESS.includes(placeholder)) return { words: [], files: false };
  const choices = CHOICES.exec(description)?.[1]?.split('|') ?? [];
  const table = tableOf([placeholder, name], description);
  const isWhole = choices.length > 0 && !TABLE.test(description);
  // A storm is in the table of scenarios, and is one only where that is said.
  const rows = (table && !isWhole ? tableNames(table) : []).filter(
    (row) => row !== STORM || description.includes(STORM),
  );
  const words = [...new Set([...choices, ...rows])];
  return { words, files: words.length === 0 && FILES.includes(placeholder) };
}

function completeOption(option: Option, tableNames: TableNames): CompletedOption {
  const { long, short, description, flags } = option;
  const takesValue = option.required || option.optional;
  const placeholder = /[<[](.*)[>\]]/.exec(flags)?.[1] ?? '';
  const none = { words: [], files: false };
  return {
    long: long ?? flags,
    ...(short && { short }),
    says: description,
    takesValue,
    ...(takesValue ? valuesOf(placeholder, option.name(), description, tableNames) : none),
  };
}

function completeArgument(argument: Argument | undefined, tableNames: TableNames) {
  return argument && valuesOf(argument.name(), '', argument.description, tableNames);
}

/** What there is to complete, of every command. */
function complete(program: Command, tableNames: TableNames): Completed {
  const help: CompletedOption = {
    long: '--help',
    short: '-h',
    ...{ says: 'print help', takesValue: false, words: [], files: false },
  };
  const optionsOf = (command: Command): CompletedOption[] =>
    command.options.map((option) => completeOption(option, tableNames));
  return {
    commands: program.commands.map((command) => ({
      name: command.name(),
      says: command.description(),
      options: optionsOf(command),
      argument: completeArgument(command.registeredArguments[0], tableNames),
    })),
    options: [...optionsOf(program), help],
  };
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const flagsOf = (options: readonly CompletedOption[]): string[] =>
  options.flatMap(({ long, short }) => (short ? [long, short] : [long]));

/** A branch of bash's `case` for what follows an option. */
function bashValues(prefix: string, options: readonly CompletedOption[]): string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map(({ long, words, files }) => {
      const what = files ? 'files=1' : `words=${quote(words.join(' '))}`;
      return `    ${quote(`${prefix} ${long}`)}) value=1; ${what} ;;`;
    });
}

function bashScript({ commands, options }: Completed): string {
  const every = options.filter(({ takesValue }) => takesValue);
  const values = commands.flatMap(({ name, options: own }) => bashValues(name, own));
  const general = bashValues('', options).map((line) => line.replace("' ", "*' "));
  const takers = [...new Set([...every, ...commands.flatMap((c) => c.options)])]
    .filter(({ takesValue }) => takesValue)
    .map(({ long }) => long);
  const lists = commands.map(({ name, options: own, argument }) => {
    const flags = flagsOf([...own, ...options]).join(' ');
    const what = argument?.files ? 'files=1; ' : '';
    return `    ${name}) ${what}words=${quote((argument?.words ?? []).join(' '))}; flags=${quote(flags)} ;;`;
  });
  return `# bash completion of dmtorture; to be read by: source <(dmtorture completion bash)
_dmtorture() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local command='' words='' flags='' files='' value='' i
  # --option=value comes as three words.
  if [[ $current == = ]]; then current=''; previous=\${COMP_WORDS[COMP_CWORD-1]}
  elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i-1]} in ${[...new Set(takers)].join('|')}) continue ;; esac
    case \${COMP_WORDS[i]} in ${commands.map(({ name }) => name).join('|')})
      command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  case "$command $previous" in
${[...values, ...general].join('\n')}
  esac
  if [[ -z $value ]]; then
    case $command in
    '') words=${quote(commands.map(({ name }) => name).join(' '))}; flags=${quote(flagsOf(options).join(' '))} ;;
${lists.join('\n')}
    esac
    [[ $current == -* ]] && { words=$flags; files=''; }
  fi
  if [[ -n $files ]]; then
    local IFS=$'\\n'
    COMPREPLY=($(compgen -f -- "$current"))
    compopt -o filenames 2>/dev/null
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -F _dmtorture dmtorture
`;
}

/** Brackets and colons mean something to _arguments. */
const zshText = (text: string): string =>
  text.replace(/[[\]:\\]/g, (character) => `\\${character}`).replaceAll("'", "'\\''");

function zshValues(name: string, { words, files }: Values): string {
  if (files) return `:${name}:_files`;
  return words.length > 0 ? `:${name}:(${words.join(' ')})` : `:${name}: `;
}

function zshOption(option: CompletedOption): string {
  const { long, says, takesValue } = option;
  const value = takesValue ? zshValues(long.replace(/^--/, ''), option) : '';
  return `      '*${long}${takesValue ? '=' : ''}[${zshText(says)}]${value}'`;
}

function zshScript({ commands, options }: Completed): string {
  const names = commands.map(({ name, says }) => `    '${name}:${zshText(says)}'`).join('\n');
  const branches = commands.map(({ name, options: own, argument }) => {
    const lines = [...own, ...options].map(zshOption);
    if (argument) lines.push(`      '1${zshValues('argument', argument)}'`);
    return `    ${name}) _arguments -s \\\n${lines.join(' \\\n')} ;;`;
  });
  return `#compdef dmtorture
# zsh completion of dmtorture; to be read by: source <(dmtorture completion zsh)
_dmtorture() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands=(
${names}
  )
  _arguments -C -s \\
${options.map(zshOption).join(' \\\n')} \\
      '1: :->command' '*:: :->rest'
  case $state in
  command) _describe command commands ;;
  rest)
    case $line[1] in
${branches.join('\n')}
    esac ;;
  esac
}
if [[ $funcstack[1] == _dmtorture ]]; then _dmtorture "$@"; else compdef _dmtorture dmtorture; fi
`;
}

function fishValues({ takesValue, words, files }: CompletedOption): string {
  if (!takesValue) return '';
  if (files) return ' -r -F';
  return words.length > 0 ? ` -x -a ${quote(words.join(' '))}` : ' -x';
}

function fishScript({ commands, options }: Completed): string {
  const names = commands.map(({ name }) => name).join(' ');
  const line = (condition: string, option: CompletedOption): string => {
    const { long, short, says } = option;
    const letter = short ? ` -s ${short.slice(1)}` : '';
    const what = `-l ${long.slice(2)}${letter} -d ${quote(says)}${fishValues(option)}`;
    return `complete -c dmtorture${condition} ${what}`;
  };
  const lines = commands.flatMap(({ name, says, options: own, argument }) => {
    const inside = ` -n '__fish_seen_subcommand_from ${name}'`;
    const first = `complete -c dmtorture -n "not __fish_seen_subcommand_from ${names}" -a ${name} -d ${quote(says)}`;
    const words = argument?.words.length
      ? [`complete -c dmtorture${inside} -a ${quote(argument.words.join(' '))}`]
      : argument?.files
        ? [`complete -c dmtorture${inside} -F`]
        : [];
    return [first, ...words, ...own.map((option) => line(inside, option))];
  });
  return `# fish completion of dmtorture; to be read by: dmtorture completion fish | source
complete -c dmtorture -f
${[...options.map((option) => line('', option)), ...lines].join('\n')}
`;
}

const SCRIPTS: Record<Shell, (completed: Completed) => string> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** The completion script of a shell. */
export function completionScript(shell: Shell, program: Command, tableNames: TableNames): string {
  return SCRIPTS[shell](complete(program, tableNames));
}
