import { type CallRow, tables } from './tables';

/** Calls that do the same, and are supported the same way. */
export interface CallGroup extends Pick<CallRow, 'support' | 'says'> {
  /** Their names, in the order of the table. */
  readonly names: string[];
}

/** The calls in their groups, in the order of the table. */
export function callGroups(): CallGroup[] {
  const groups: CallGroup[] = [];
  for (const { name, support, says } of tables.calls) {
    const last = groups.at(-1);
    if (last?.support === support && last.says === says) last.names.push(name);
    else groups.push({ support, says, names: [name] });
  }
  return groups;
}

const rows = new Map(tables.calls.map((row) => [row.name, row]));

/** The row of a call: its own, or the one with the longest beginning of it; undefined: none. */
export function callRow(name: string): CallRow | undefined {
  const own = rows.get(name);
  if (own) return own;
  for (let length = name.length; length > 0; length -= 1) {
    const row = rows.get(`${name.slice(0, length)}*`);
    if (row) return row;
  }
  return undefined;
}

/** The names that a program's objects are made to call as `own_<name>`. */
export function renamedCalls(): string[] {
  return tables.calls.filter(({ renamed }) => renamed).map(({ name }) => name);
}
