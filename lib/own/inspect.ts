import { DmTortureError } from '../base/errors';
import { callRow } from '../tables/calls';
import type { Compiler } from './compiler';
import { readNames } from './elf';
import { disassemblyReader, foreignInstruction } from './instructions';
import { isSystemFile, nameOf } from './names';
import { PLAIN, runTool } from './tools';

/** An object, and the source that it was made of. */
export interface InspectedObject {
  /** As it was named. */
  name: string;
  object: string;
}

interface InspectOptions {
  compiler: Compiler;
  /** Functions that may be called though they are not known, or refused. */
  allow: readonly string[];
  signal: AbortSignal | undefined;
}

/** Something that cannot be explored. */
interface Problem {
  /** As it is allowed: `fork`, `mfence`. */
  name: string;
  says: string;
  source: InspectedObject;
  /** Where it is in the object; of a call, where it is first. */
  at: readonly CodeOffset[];
}

interface CodeOffset {
  section: string;
  offset: string;
}

/**
 * The name in the sources: objects call `own_<name>` where that is what the host has, and headers of
 * the C library make `__isoc99_scanf` of `scanf`.
 */
function asWritten(name: string): string {
  const own = /^own_(.+)$/.exec(name)?.[1];
  const known = own !== undefined && callRow(own)?.renamed ? own : name;
  const plain = /^__isoc\d+_(.+)$/.exec(known)?.[1];
  return plain !== undefined && callRow(plain) ? plain : known;
}

/** What a function of libstdc++ is of, as the programmer knows it. */
function unseenName(name: string): string {
  if (!name.startsWith('_Z')) return `${asWritten(name)}()`;
  if (name.includes('_Rb_tree_')) return 'std::map and std::set';
  return name.includes('_List_node_base') ? 'std::list' : 'std::string';
}

/** At most N places of a call are looked at, until one is in a source of the user's. */
const USES_MAX = 8;

/** Where each of the names is first used in an object, by `objdump -r`. */
async function usesOf(
  { object }: InspectedObject,
  names: ReadonlySet<string>,
  { compiler, signal }: InspectOptions,
): Promise<Map<string, CodeOffset[]>> {
  const uses = new Map([...names].map((name): [string, CodeOffset[]] => [name, []]));
  let section = '';
  const onLine = (line: string): void => {
    section = /^RELOCATION RECORDS FOR \[(.*)\]:$/.exec(line)?.[1] ?? section;
    const [, offset, name = ''] =
      /^([0-9a-f]+) R_\S+ +(\S+?)(?:[+-]0x[0-9a-f]+)?$/.exec(line) ?? [];
    // A table of functions has no line of its own.
    if (offset === undefined || !section.startsWith('.text')) return;
    const known = uses.get(name);
    // What is in a section of its own comes from a header, as a rule.
    if (section === '.text') known?.unshift({ section, offset });
    else if (known && known.length < USES_MAX) known.push({ section, offset });
  };
  await runTool([compiler.tools.objdump], ['-r', object], { env: PLAIN, signal, onLine });
  return uses;
}

const NOT_KNOWN =
  'is in none of the sources and not among `dmtorture list calls`; name the source that has it, ' +
  'too, or take it as harmless with `allow`';

/** A row's `why: what to do` as the end of a sentence. */
function refusal(says: string): string {
  const [why, what] = says.split(/: (?=\S)/);
  return `cannot be explored: ${why}; ${what}, or take it as harmless with \`allow\``;
}

/** Calls of what is refused, or not known. */
async function wrongCalls(
  sources: readonly InspectedObject[],
  options: InspectOptions,
): Promise<{ problems: Problem[]; hasMain: boolean; unseen: string[]; assumes: string[] }> {
  const all = sources.map((source) => ({ source, ...readNames(source.object) }));
  const defined = new Set(all.flatMap((names) => [...names.defined]));
  const problems = await Promise.all(
    all.map(async ({ source, wanted, weak }): Promise<Problem[]> => {
      const wrong = new Map<string, string>();
      for (const name of [...wanted, ...weak]) {
        if (defined.has(name)) continue;
        const row = callRow(asWritten(name));
        if (row?.support === 'refused') wrong.set(name, refusal(row.says));
        else if (!row && wanted.has(name)) wrong.set(name, NOT_KNOWN);
      }
      if (wrong.size === 0) return [];
      const uses = await usesOf(source, new Set(wrong.keys()), options);
      return [...wrong].map(([name, says]) => ({ name, says, source, at: uses.get(name) ?? [] }));
    }),
  );
  const foreign = all.flatMap(({ wanted }) => [...wanted].filter((name) => !defined.has(name)));
  const unseen = foreign.filter((name) => callRow(asWritten(name))?.unseen);
  const assumes = foreign.flatMap((name) => callRow(asWritten(name))?.assumes ?? []);
  return { problems: problems.flat(), hasMain: defined.has('main'), unseen, assumes };
}

/** Instructions that the explorer cannot see. */
async function wrongInstructions(
  source: InspectedObject,
  { compiler, signal }: InspectOptions,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  const isArm = compiler.target.startsWith('aarch64');
  const onLine = disassemblyReader(({ section, offset, text }) => {
    const foreign = foreignInstruction(text, isArm);
    if (foreign) problems.push({ ...foreign, source, at: [{ section, offset }] });
  });
  const args = ['-d', '--no-show-raw-insn', source.object];
  await runTool([compiler.tools.objdump], args, { env: PLAIN, signal, onLine });
  return problems;
}

/** `queue.c:12`; undefined: it is not known, or in a header of the system. */
async function lineOf(
  { object }: InspectedObject,
  { section, offset }: CodeOffset,
  { compiler, signal }: InspectOptions,
): Promise<string | undefined> {
  const args = ['-e', object, '-j', section, `0x${offset}`];
  const { stdout } = await runTool([compiler.tools.addr2line], args, { env: PLAIN, signal });
  const [, file, line] = /^(.+):(\d+)(?: |$)/m.exec(stdout) ?? [];
  if (file === undefined || file === '??' || isSystemFile(file)) return undefined;
  return `${nameOf(file)}:${line}`;
}

/**
 * The functions that such places are in, where each has a section of its own: what a header has
 * inline. Constructors have two names for one function.
 */
function functionsAt(places: readonly CodeOffset[]): Set<string> {
  const names = places.map(({ section }) => /^\.text\.(_Z.*)$/.exec(section)?.[1] ?? '');
  const others = names.map((name) => name.replace(/([CD])2(?=E)/, '$11'));
  return new Set([...names, ...others].filter((name) => name !== ''));
}

/** A header may call what another header calls: within N callers, the user's line is found. */
const CALLERS_MAX = 6;

/** Where a problem is; the source alone where its line is not known. */
async function placeOf({ source, at }: Problem, options: InspectOptions): Promise<string> {
  let places = at;
  for (let caller = 0; caller < CALLERS_MAX && places.length > 0; caller += 1) {
    for (const place of places.slice(0, USES_MAX)) {
      const line = await lineOf(source, place, options);
      if (line !== undefined) return line;
    }
    const uses = await usesOf(source, functionsAt(places), options);
    places = [...uses.values()].flat();
  }
  return source.name;
}

/** Names of C++ as the programmer wrote them. */
async function readable(names: readonly string[], options: InspectOptions): Promise<string[]> {
  const { compiler, signal } = options;
  const input = names.map((name) => `${asWritten(name)}\n`).join('');
  const filter = compiler.tools['c++filt'];
  const { stdout } = await runTool([filter], [], { env: PLAIN, signal, input });
  return stdout.split('\n').slice(0, names.length);
}

/** A function of C has its parentheses in a sentence; one of C++ has its arguments already. */
function calledAs(name: string, { says, name: linked }: Problem): string {
  const isCall = says === NOT_KNOWN || says.startsWith('cannot be explored');
  return isCall && !linked.startsWith('_Z') ? `${name}()` : name;
}

const SHOWN_MAX = 5;

/** By file, then by line. */
const byPlace = (a: { place: string }, b: { place: string }): number =>
  a.place.localeCompare(b.place, 'en', { numeric: true });

async function refuse(problems: Problem[], options: InspectOptions): Promise<DmTortureError> {
  const some = problems.slice(0, SHOWN_MAX);
  const names = await readable(
    some.map(({ name }) => name),
    options,
  );
  const shown = await Promise.all(
    some.map(async (problem, i) => ({
      place: await placeOf(problem, options),
      name: `\`${calledAs(names[i] ?? problem.name, problem)}\``,
      says: problem.says,
    })),
  );
  const [first, ...others] = shown.sort(byPlace);
  const more = problems.length - some.length;
  const rest = others.map(({ name, place }) => `${name} at ${place}`);
  if (more > 0) rest.push(`${more} more`);
  const message = `${first?.place}: ${first?.name} ${first?.says}`;
  const also = rest.length > 0 ? `. Also ${rest.join(', ')}` : '';
  return new DmTortureError('ERR_PROGRAM', message + also, { option: 'allow' });
}

/**
 * Look whether a program can be explored, before it runs: whether it calls only what is modelled or
 * harmless, and has no instructions that the explorer cannot see.
 *
 * @returns A sentence on each function that was allowed, those that touch memory unseen, the allowed
 *   ones among them, and what is assumed of others.
 * @throws DmTortureError ERR_PROGRAM
 */
export async function inspect(
  sources: readonly InspectedObject[],
  options: InspectOptions,
): Promise<{ allowed: string[]; unseen: string[]; assumes: string[] }> {
  const [{ problems: calls, hasMain, unseen, assumes }, instructions] = await Promise.all([
    wrongCalls(sources, options),
    Promise.all(sources.map((source) => wrongInstructions(source, options))),
  ]);
  const allowed = new Set(options.allow);
  const isAllowed = ({ name }: Problem): boolean =>
    allowed.has(asWritten(name)) || allowed.has(name);
  const problems = [...calls, ...instructions.flat()];
  const wrong = problems.filter((problem) => !isAllowed(problem));
  if (wrong.length > 0) throw await refuse(wrong, options);
  if (!hasMain) {
    const names = sources.map(({ name }) => name).join(', ');
    throw new DmTortureError(
      'ERR_PROGRAM',
      `${names}: no main(); name the source that has it, too`,
    );
  }
  const taken = new Map(problems.filter(isAllowed).map((one) => [asWritten(one.name), one]));
  const names = taken.size > 0 ? await readable([...taken.keys()], options) : [];
  const called = [...taken.values()].map((one, i) => calledAs(names[i] ?? one.name, one));
  return {
    allowed: [...taken.keys()].map(
      (name) => `${name} is allowed: the explorer neither sees what it does nor puts it back`,
    ),
    unseen: [...new Set([...unseen.map(unseenName), ...called])].sort(),
    assumes: [...new Set(assumes)].sort(),
  };
}
