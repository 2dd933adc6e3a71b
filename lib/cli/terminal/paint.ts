import type { DiagramPart, Paint } from '../../story/diagram';
import type { Colors } from './terminal';

/** Operations stand out, faults shout, what is left out recedes. */
export function colorPaint(colors: Colors): Paint {
  const paints: Record<DiagramPart, (text: string) => string> = {
    op: colors.bold,
    line: String,
    value: colors.cyan,
    note: colors.green,
    fault: (text) => colors.bold(colors.red(text)),
    gap: colors.dim,
    place: colors.dim,
  };
  return (part, text) => paints[part](text);
}
