import * as v from 'valibot';
import { outOfRange, wrongType } from '../base/errors';
import { matrixCell } from '../reports/documents/matrix';
import type { CheckUnit } from '../run/journal';
import { tables } from '../tables/tables';

/*
 * What a journal has of a matrix: for each subset its cells. They are summed and counted as they
 * are, so a record with another cell, or one kind of fault that there is not, would be in the report.
 */

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const kinds = tables.faults.map(({ slug }) => slug);
const limits = tables.ends.map(({ name }) => name);

const filled = v.object({
  cells: v.array(
    v.object({
      ...matrixCell.entries,
      mask: count,
      faults: v.array(v.picklist(kinds)),
      limit: v.optional(v.picklist(limits)),
      executions: count,
      states: count,
    }),
  ),
  durationMs: v.pipe(v.number(), v.minValue(0)),
});

/** A unit of a matrix: a subset, or several, in some scenarios. */
interface Block {
  masks: readonly number[];
  races: readonly { name: string }[];
}

const key = (mask: number, scenario: string): string => `${mask} ${scenario}`;

/** Refuse what are not the cells of a block, each once. */
export function unitCheck(blocks: readonly Block[]): CheckUnit {
  const wanted = new Map(
    blocks.map(({ masks, races }) => [
      masks[0],
      masks.flatMap((mask) => races.map(({ name }) => key(mask, name))).sort(),
    ]),
  );
  return (unit, content) => {
    const own = wanted.get(unit);
    if (!own) throw outOfRange('unit', 'a subset of this matrix', unit);
    const read = v.safeParse(filled, content, { abortEarly: true });
    if (!read.success) {
      const [{ path = [], expected, message, input }] = read.issues;
      const keys = path.map((part) => String(part.key));
      const isMissing = expected === JSON.stringify(keys.at(-1));
      throw wrongType(keys.join('.'), isMissing ? 'there' : (expected ?? message), input);
    }
    const cells = read.output.cells.map(({ mask, scenario }) => key(mask, scenario)).sort();
    const other = own.find((cell, i) => cells[i] !== cell) ?? cells[own.length];
    if (other !== undefined) throw outOfRange('cells', own.join(', '), cells.join(', '));
  };
}
