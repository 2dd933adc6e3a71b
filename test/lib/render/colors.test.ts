import { describe, expect, test } from '@jest/globals';
import { colorStyle } from '../../../lib/render/colors';
import { plotColors } from '../../../lib/render/plots/theme';

describe('colors', () => {
  const channel = (value: number): number =>
    value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
      channel(Number.parseInt(color.slice(at, at + 2), 16) / 255),
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (a: string, b: string): number => {
    const [more = 1, less = 1] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (more + 0.05) / (less + 0.05);
  };

  /** As WCAG 2.1 has it: 4.5 for text, 3 for what is drawn. */
  test.each(['light', 'dark'] as const)('can be seen on the paper: %s', (theme) => {
    const style = colorStyle();
    const part = style.slice(style.indexOf(theme === 'light' ? '=light]{' : '=dark]{'));
    const of = (name: string): string =>
      new RegExp(`--${name}:(#[0-9a-f]{6})`).exec(part)?.[1] ?? '';
    const texts = ['ink', 'quiet'].filter((name) => contrast(of(name), of('paper')) < 4.5);
    const drawn = plotColors.series.filter((_, i) => contrast(of(`series${i}`), of('paper')) < 3);
    expect([texts, drawn]).toEqual([[], []]);
  });
});
