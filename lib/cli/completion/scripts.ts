import type { Argument, Command, Option } from 'commander';
import { DataArgument, dataOf, optionText, type Taken } from '../options/option';
import { didYouMean, UsageError } from '../options/usage-error';
import { SHELLS } from './shells';

/**
 * Completion scripts, made from the commands as commander has them: names, options, and the words
 * that options and arguments say they take.
 */

/** A shell that there is a script for. */
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

/** What may follow an option, or stand as an argument. */
interface Values {
  words: readonly string[];
  /** Several of them, joined by commas. */
  list: boolean;
  /** A `-` may stand in front of each. */
  minus: boolean;
  /** Files are completed, beside the words where there are any. */
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

function valuesOf(
  words: readonly string[] = [],
  { list = false, minus = false, files = false }: Taken = {},
): Values {
  return { words, list, minus, files };
}

function completeOption(option: Option): CompletedOption {
  const { long, short, flags, argChoices } = option;
  return {
    long: long ?? flags,
    ...(short && { short }),
    says: optionText(option),
    takesValue: option.required || option.optional,
    ...valuesOf(argChoices, dataOf(option)),
  };
}

function completeArgument(argument: Argument | undefined): Values | undefined {
  if (!argument) return undefined;
  const taken = argument instanceof DataArgument ? argument.data : {};
  return valuesOf(argument.argChoices, taken);
}

/** What there is to complete, of every command. */
function complete(program: Command): Completed {
  const help: CompletedOption = {
    long: '--help',
    short: '-h',
    says: 'print help',
    takesValue: false,
    ...valuesOf(),
  };
  const optionsOf = (command: Command): CompletedOption[] => command.options.map(completeOption);
  return {
    commands: program.commands.map((command) => ({
      name: command.name(),
      says: command.description(),
      options: optionsOf(command),
      argument: completeArgument(command.registeredArguments[0]),
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
    .map(({ long, words, list, minus, files }) => {
      const marks = Object.entries({ list, minus, files }).filter(([, isSet]) => isSet);
      const how = marks.map(([name]) => `${name}=1; `).join('');
      return `    ${quote(`${prefix} ${long}`)}) value=1; ${how}words=${quote(words.join(' '))} ;;`;
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
  local command='' words='' flags='' files='' value='' list='' minus='' head='' i
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
  if [[ -n $list ]]; then
    # After a comma the next word begins; what stands before it stays.
    [[ $current == *,* ]] && head=\${current%,*},
    current=\${current#"$head"}
    [[ -n $minus && $current == -* ]] && { head+=-; current=\${current#-}; }
    compopt -o nospace 2>/dev/null
  fi
  COMPREPLY=($(compgen -P "$head" -W "$words" -- "$current"))
  if [[ -n $files ]]; then
    local IFS=$'\\n'
    COMPREPLY+=($(compgen -P "$head" -f -- "$current"))
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _dmtorture dmtorture
`;
}

/** Brackets and colons mean something to _arguments. */
const zshText = (text: string): string =>
  text.replace(/[[\]:\\]/g, (character) => `\\${character}`).replaceAll("'", "'\\''");

function zshValues(name: string, { words, list, minus, files }: Values): string {
  if (files && words.length === 0) return `:${name}:_files`;
  const how = minus ? 'terms' : list ? 'list' : 'word';
  if (list || files) return `:${name}:_dmtorture_${how}${files ? '_files' : ''} ${words.join(' ')}`;
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
# Words joined by commas; of terms each may have a minus; files beside them.
_dmtorture_list() { compset -P '*,'; compadd -S '' "$@" }
_dmtorture_list_files() { compset -P '*,'; compadd -S '' "$@"; _files -S '' }
_dmtorture_word_files() { compadd "$@"; _files }
_dmtorture_terms() { compset -P '*,'; compset -P '[-]'; compadd -S '' "$@" }
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

function fishValues({ takesValue, words, list, minus, files }: CompletedOption): string {
  if (!takesValue) return '';
  if (files && words.length === 0) return ' -r -F';
  if (list) {
    const head = minus ? '^(.*,)?-|^.*,' : '^.*,';
    const more = files ? `; __dmtorture_files` : '';
    return ` -x -a ${quote(`(__dmtorture_list ${quote(head)} ${words.join(' ')}${more})`)}`;
  }
  if (files) return ` -r -F -a ${quote(words.join(' '))}`;
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
# Words joined by commas: what stands before the last one stays.
function __dmtorture_list
    set -l token (commandline -ct | string replace -r '^--[^=]*=' '')
    set -l head (string match -r -- $argv[1] $token)
    printf '%s\\n' "$head[1]"$argv[2..-1]
end
function __dmtorture_files
    set -l token (commandline -ct | string replace -r '^--[^=]*=' '')
    set -l head (string match -r -- '^.*,' $token)
    set -l start (string replace -r -- '^.*,' '' $token)
    set -l found $start*
    for file in $found
        test -d $file; and set file $file/
        printf '%s\\n' "$head[1]"$file
    end
end
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
export function completionScript(shell: Shell, program: Command): string {
  return SCRIPTS[shell](complete(program));
}
