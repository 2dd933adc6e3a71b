import { describe, expect, test } from '@jest/globals';
import { inert, oneLine } from '../../../lib/base/sinks/inert';
import { terminalText } from '../../../lib/base/sinks/terminal';

const PIPE = { colors: false, live: false };
const SCREEN = { colors: true, live: true };

describe('what is written to a terminal', () => {
  test.each([
    ['a title of the window', '\u001b]0;x\u0007', '\\u001b]0;x\\u0007'],
    ['hidden text', '\u001b[8mx', '\\u001b[8mx'],
    ['a question to the terminal', '\u001b[6n', '\\u001b[6n'],
    ['an eight-bit sequence', '\u009b2J', '\\u009b2J'],
    ['a carriage return', 'good\rbad', 'good\\rbad'],
    ['the direction of writing', '\u202eevil', '\\u202eevil'],
  ])('%s is shown, also on a screen', (_, text, shown) => {
    expect(terminalText(text, SCREEN)).toBe(shown);
    expect(terminalText(text, PIPE)).toBe(shown);
  });

  test('colors and a line that is written again pass where there is a screen for them', () => {
    const text = '\r\u001b[2K\u001b[1A\u001b[2K\u001b[31mred\u001b[39m\n';
    expect(terminalText(text, SCREEN)).toBe(text);
    expect(terminalText(text, PIPE)).not.toContain('\u001b');
  });

  test('no line is a workflow command', () => {
    expect(terminalText('a\n::error::x\n \u00a0::debug::y ##[group]z', PIPE)).toBe(
      'a\n\\u003a:error::x\n \u00a0\\u003a:debug::y \\u0023#[group]z',
    );
    expect(terminalText('x: std::vector ## title', PIPE)).toBe('x: std::vector ## title');
  });

  test('JSON keeps its meaning', () => {
    const value = { '##[add-mask]': '\u009b\u2028\u007f::' };
    expect(JSON.parse(terminalText(JSON.stringify(value, null, 2), PIPE))).toEqual(value);
  });
});

test('data is inert in every text and key, and keeps its form', () => {
  const data = JSON.parse('{"__proto__": "a\\nb", "k\\r": [1, null, {"t": "\\u0000"}]}');
  const copy = inert(data);
  expect(JSON.stringify(copy)).toBe('{"__proto__":"a\\\\nb","k\\\\r":[1,null,{"t":"\\\\u0000"}]}');
  expect(oneLine('plain: text, \u00e4\u4e2d\ud83d\ude00')).toBe(
    'plain: text, \u00e4\u4e2d\ud83d\ude00',
  );
});
