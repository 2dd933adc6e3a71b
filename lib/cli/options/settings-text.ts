import type { Command } from 'commander';
import { renderTable } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';
import type { Config } from './config-file';
import { listSettings } from './settings';

const shown = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value));

/** What `--print-config` prints: every option, its value, and where that comes from. */
export function settingsText(
  program: Command,
  command: Command,
  config: Config | undefined,
  terminal: Terminal,
): string {
  const settings = listSettings(program, command);
  if (program.opts<{ json?: boolean }>().json) {
    const document = {
      command: command.name(),
      config: config?.file ?? null,
      profile: config?.profile ?? null,
      settings,
    };
    return `${JSON.stringify(document, null, 2)}\n`;
  }
  const { out } = terminal;
  const columns = [
    { title: 'option' },
    { title: 'value', wrap: true },
    {
      title: 'from',
      wrap: true,
      paint: (piece: string, cell: string) => (cell === 'default' ? out.dim(piece) : piece),
    },
  ];
  const rows = settings.map(({ option, value, source }) => [option, shown(value), source]);
  const from = config
    ? `${config.file}${config.profile ? `, profile ${config.profile}` : ''}`
    : 'none';
  const table = renderTable(columns, rows, { width: terminal.width(), heading: out.bold });
  return `${table}\nconfig file: ${from}\n`;
}
