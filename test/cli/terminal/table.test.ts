import { describe, expect, test } from '@jest/globals';
import { type Column, hangingText, renderTable, wrapText } from '../../../lib/cli/terminal/table';

const columns: Column[] = [
  { title: 'patch' },
  { title: 'what it prevents', wrap: true },
  { title: 'time', align: 'right' },
];
const rows = [
  ['05 freeing', 'an open of a device that is being torn down', '1.2 ms'],
  ['07 module-ref', 'unloading dm-mod under its devices', '<0.01 ms'],
];
const lines = (text: string) => text.split('\n');

describe('renderTable', () => {
  test('keeps one line a row where there is no edge', () => {
    expect(renderTable(columns, rows, { width: Number.POSITIVE_INFINITY })).toBe(
      [
        'patch          what it prevents                                 time',
        '05 freeing     an open of a device that is being torn down    1.2 ms',
        '07 module-ref  unloading dm-mod under its devices           <0.01 ms',
        '',
      ].join('\n'),
    );
  });

  test('wraps at words when the place is narrower', () => {
    expect(renderTable(columns, rows, { width: 45 })).toBe(
      [
        'patch          what it prevents          time',
        '05 freeing     an open of a device     1.2 ms',
        '               that is being torn',
        '               down',
        '07 module-ref  unloading dm-mod      <0.01 ms',
        '               under its devices',
        '',
      ].join('\n'),
    );
  });

  test('turns rows into blocks where no column can give more', () => {
    expect(renderTable(columns, rows.slice(1), { width: 36 })).toBe(
      [
        'patch             07 module-ref',
        'what it prevents  unloading dm-mod',
        '                  under its devices',
        'time              <0.01 ms',
        '',
      ].join('\n'),
    );
  });

  test.each([20, 30, 40, 50, 60, 80, 200])('never runs over %p columns', (width) => {
    for (const line of lines(renderTable(columns, rows, { width }))) {
      expect(line.length).toBeLessThanOrEqual(width);
    }
  });

  test('colors count as no width and never leak over a line', () => {
    const red = (text: string) => `\x1b[31m${text}\x1b[39m`;
    const painted = columns.map((column) => ({ ...column, paint: red }));
    for (const width of [30, 45, Number.POSITIVE_INFINITY]) {
      const text = renderTable(painted, rows, { width, heading: red });
      const plain = renderTable(columns, rows, { width });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: color sequences are the subject
      expect(text.replaceAll(/\x1b\[\d+m/g, '')).toBe(plain);
      for (const line of lines(text)) {
        expect(line.split('\x1b[31m').length).toBe(line.split('\x1b[39m').length);
      }
    }
  });

  test('paint sees the whole cell', () => {
    const seen: string[] = [];
    const column = {
      title: 'grade',
      wrap: true,
      paint: (piece: string, cell: string) => {
        seen.push(cell);
        return piece;
      },
    };
    renderTable([column], [['forbidden by the invariants']], { width: 14 });
    expect(seen).toEqual(['forbidden by the invariants', 'forbidden by the invariants']);
  });

  test('leaves spare columns out before it turns rows into blocks', () => {
    const right = (title: string, spare: number): Column => ({ title, align: 'right', spare });
    const wide = [{ title: 'operation' }, right('p50', 1), right('p90', 2), right('max', 0)];
    const text = (width: number) =>
      renderTable(wide, [['create', '12 us', '13 us', '14 us']], { width });
    expect(text(30)).toBe('operation    p50    p90    max\ncreate     12 us  13 us  14 us\n');
    expect(text(29)).toBe('operation    p50    max\ncreate     12 us  14 us\n');
    expect(text(20)).toBe('operation    max\ncreate     14 us\n');
    expect(text(15)).toBe('operation  crea\n           te\nmax        14\n           us\n');
  });

  test('no rows: the titles alone', () => {
    expect(renderTable(columns, [], { width: 80 })).toBe('patch  what it prevents  time\n');
  });
});

test('wrapText cuts a word that fits nowhere', () => {
  expect(wrapText('ab abcdefghij c', 4)).toEqual(['ab', 'abcd', 'efgh', 'ij c']);
});

test('wrapText counts no colors', () => {
  const red = '\x1b[31mab\x1b[39m';
  expect(wrapText(`${red} cd ef`, 5)).toEqual([`${red} cd`, 'ef']);
});

test('hangingText indents what follows', () => {
  expect(hangingText('what  ', 'a field of a freed object touched', 26)).toBe(
    'what  a field of a freed\n      object touched',
  );
});
