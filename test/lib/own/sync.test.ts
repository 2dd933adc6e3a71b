import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { symbolsOf } from '../../../lib/own/symbols';
import { COMPILERS, workshop } from './building';
import { host } from './hosting';

const shop = workshop();
const folder = path.join(__dirname, 'rows');
const head = fs.readFileSync(path.join(folder, 'rows.h'), 'utf8');
const files = fs.readdirSync(folder).filter((name) => name.endsWith('.c'));

/** The programs of a file, and a main() that runs the one that is asked for. */
function withMain(text: string): string {
  const names = [...text.matchAll(/^PROGRAM\((\w+)\)/gm)].map(([, name]) => name);
  const rows = names.map((name) => `\tif (!strcmp(getenv("PROGRAM"), "${name}"))\n\t\t${name}();`);
  return `${text}\nint main(void)\n{\n\tbegin();\n${rows.join('\n')}\n\treturn 0;\n}\n`;
}

interface File {
  object: string;
  programs: string[];
  /** `kind:line` of each fault that the text marks. */
  marked: string[];
}

async function built(name: string, cc: string): Promise<File> {
  const text = fs.readFileSync(path.join(folder, name), 'utf8');
  shop.write('rows.h', head);
  const { object } = await shop.build(shop.write(name, withMain(text)), { cc });
  return {
    object,
    programs: [...text.matchAll(/^PROGRAM\((\w+)\)/gm)].map(([, program]) => program ?? ''),
    marked: text.split('\n').flatMap((line, at) => {
      const kind = /fault: ([a-z-]+)/.exec(line)?.[1];
      return kind ? [`${kind}:${at + 1}`] : [];
    }),
  };
}

/** What the host finds first, as `kind:line`, or whether it came to the end. */
async function verdict(object: string, program: string, ...asked: string[]): Promise<string> {
  const report = host(
    [
      'search',
      object,
      '--strategy=portfolio',
      '--seed=1',
      '--executions=100000',
      '--time-ms=20000',
      ...asked,
    ],
    { PROGRAM: program },
  );
  const [fault] = report.faults ?? [];
  if (!fault) return report.exhausted ? 'exhausted' : `${report.type}: ${report.message}`;
  const places = await symbolsOf(object).places(fault.at ? [fault.at] : []);
  return `${fault.kind}:${fault.at ? places.get(fault.at)?.line : 0}`;
}

describe.each(COMPILERS)('%s', (cc) => {
  test.each(files)(
    '%s: each bug is found where it is, each program without it is clean',
    async (name) => {
      const { object, programs, marked } = await built(name, cc);
      const found: string[] = [];
      for (const program of programs) {
        const says = await verdict(object, program);
        const right = program.endsWith('_right') || program === 'spurious_wrong';
        if (right ? says !== 'exhausted' : !marked.includes(says))
          found.push(`${program}: ${says}`);
      }
      expect(found).toEqual([]);
    },
  );
});

test('a wait ends from nowhere where that is asked for', async () => {
  const { object, marked } = await built('conditions.c', 'clang');
  expect(marked).toContain(await verdict(object, 'spurious_wrong', '--spurious=1'));
  expect(await verdict(object, 'spurious_right', '--spurious=1')).toBe('exhausted');
});

test('every atomic orders where that is asked for', async () => {
  const { object } = await built('orders.c', 'clang');
  expect(await verdict(object, 'publish_relaxed_wrong', '--orders=all')).toBe('exhausted');
});
