import { type InertText, oneLine } from './inert';

declare const mark: unique symbol;

/** A line that GitHub Actions reads as a command. */
export type WorkflowLine = string & { readonly [mark]: 'workflow' };

export type Level = 'error' | 'warning' | 'notice';

const escapeData = (text: string): string => text.replaceAll('%', '%25');

const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/**
 * A command that shows an annotation: one line, whatever is in its texts.
 *
 * @param title - In one line.
 * @param lines - Of the text below it, each in one line.
 * @param place - Where GitHub shows it, if the repository has that file.
 */
export function annotation(
  level: Level,
  title: string,
  lines: readonly (string | InertText)[],
  place: { file: string | null; line: number | null } = { file: null, line: null },
): WorkflowLine {
  const { file, line } = place;
  const properties = [
    ...(file === null ? [] : [`file=${escapeProperty(oneLine(file))}`]),
    ...(file === null || line === null ? [] : [`line=${line}`]),
    `title=${escapeProperty(oneLine(title))}`,
  ];
  const text = lines.map((one) => escapeData(oneLine(one))).join('%0A');
  return `::${level} ${properties.join(',')}::${text}` as WorkflowLine;
}
