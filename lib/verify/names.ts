import { append } from '../base/bounds';
import { DmTortureError, outOfRange, show, wrongType } from '../base/errors';
import { didYouMean } from '../base/suggest';
import { isSourceName } from '../own/program';
import { type SubjectKind, subjectKinds } from '../tables/subjects';
import { tables } from '../tables/tables';

/** What a verification is asked for: names of each kind, and files. */
export interface Asked {
  names: Record<SubjectKind, string[]>;
  files: string[];
}

/** What stands for all of a kind, except the control. */
const wordsForAll = subjectKinds.map(({ all }) => all);

/** Every word that is not a file, for help and completion. */
export const verifiableNames: readonly string[] = [
  ...wordsForAll,
  ...subjectKinds.flatMap(({ names }) => names),
];

/** `Locks: ttas, ...; reader-writer locks: qrwlock, ...`. */
function namesText(): string {
  const all = subjectKinds.map(({ many, names }) => `${many}: ${names.join(', ')}`).join('; ');
  return `${all.charAt(0).toUpperCase()}${all.slice(1)}`;
}

/** What `locks` takes. */
export function askedFor(given: unknown): Asked {
  const list = typeof given === 'string' ? [given] : given;
  const what = 'a name of what can be verified, a file, or a list of them';
  if (!Array.isArray(list)) throw wrongType('locks', what, given);
  if (list.length === 0) throw outOfRange('locks', 'one at least', 'none');
  const asked: Asked = { names: { lock: [], rwlock: [], refcount: [] }, files: [] };
  for (const one of list as unknown[]) {
    if (typeof one !== 'string') throw wrongType('locks', what, one);
    if (isSourceName(one)) asked.files.push(one);
    else if (one.endsWith('.so')) throw notInstrumented(one);
    else addNames(asked, one);
  }
  for (const { kind } of subjectKinds) asked.names[kind] = [...new Set(asked.names[kind])];
  asked.files = [...new Set(asked.files)];
  return asked;
}

function addNames({ names }: Asked, word: string): void {
  for (const { kind, all, usual, names: known } of subjectKinds) {
    if (word === all) append(names[kind], usual);
    else if (known.includes(word)) names[kind].push(word);
    else continue;
    return;
  }
  throw unknownName(word);
}

function notInstrumented(file: string): DmTortureError {
  const message = `\`${file}\` is compiled already, and its accesses cannot be seen: give its source`;
  return new DmTortureError('ERR_OUT_OF_RANGE', message, { option: 'locks' });
}

function unknownName(name: string): DmTortureError {
  const reference = subjectKinds.find(({ table }) =>
    tables[table].some((row) => String(row.name) === name),
  );
  if (reference) {
    return outOfRange('locks', `a ${reference.one} whose source is here`, `${name}`);
  }
  const close = didYouMean(name, verifiableNames);
  const message =
    `Unknown name \`${show(name)}\`${close === '' ? '.' : close} ${namesText()}; all of a kind: ` +
    `${subjectKinds.map(({ all, many }) => `\`${all}\` (${many})`).join(', ')}; ` +
    'a lock of your own is a file such as `my_lock.c`';
  return new DmTortureError('ERR_OUT_OF_RANGE', message, { option: 'locks' });
}
