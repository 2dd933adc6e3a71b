import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context';
import { addOptions, DataArgument, type OptionData } from '../options/option';
import { UsageError } from '../options/usage-error';

const EPILOGUE = `
Files hold what other commands print with --json, or with --ndjson; - is standard input. Reports
of one kind and one plan become one, such as those of shards; several kinds become sections.

Examples:
  dmtorture demo --json > r.json; dmtorture report r.json --html r.html
  dmtorture report shard-*.json --json                 one document of all shards
  dmtorture report r.json --junit r.xml --markdown     for a build server, and for a comment
  dmtorture report bench.json --svg plots              each plot a file

In GitHub Actions faults become annotations, and the step's summary becomes the Markdown. Exit
codes: those of the run that a report is about, 1 if a fault was found, 4 if a search is unfinished
or a shard is missing; 2 if a file is not a report, or the reports are not of one plan; 3 if an
output could not be written.
`;

interface ReportFlags {
  html?: string;
  junit?: string;
  markdown?: boolean;
  svg?: string;
  github?: boolean;
  allowIncomplete?: boolean;
}

const OPTIONS: readonly OptionData[] = [
  {
    flags: '--html <file>',
    says: 'one page that needs nothing else: faults to walk, matrix, plots',
    files: true,
  },
  {
    flags: '--junit <file>',
    says: 'XML for build servers: each kind of fault a test',
    files: true,
  },
  { flags: '--markdown', says: 'Markdown on standard output' },
  { flags: '--svg <dir>', says: 'a picture of each fault and of each plot', files: true },
  {
    flags: '--github',
    says: 'annotations and a step summary; automatic means in GitHub Actions',
    fallback: 'automatic',
  },
  { flags: '--no-github', says: 'none of these' },
];

export function registerReport(program: Command, context: Context): void {
  const command = program
    .command('report')
    .description('merge JSON documents and render them: a page, JUnit, Markdown, pictures')
    .addArgument(new DataArgument('<files...>', 'JSON documents of dmtorture', { files: true }));
  addOptions(command, OPTIONS)
    .option('--allow-incomplete', 'accept a report that is unfinished (otherwise exit 4)')
    .addHelpText('after', EPILOGUE)
    .action(async (files: string[], flags: ReportFlags, self: Command) => {
      const { json, quiet } = self.optsWithGlobals<GlobalOptions>();
      if (json && flags.markdown) {
        throw new UsageError('Give either --json or --markdown: both go to standard output');
      }
      const { runReport } = require('./run') as typeof import('./run');
      const { html, junit, svg, github, markdown } = flags;
      const mode = {
        html,
        junit,
        svg,
        github: github ?? process.env.GITHUB_ACTIONS === 'true',
        format: json ? 'json' : markdown ? 'markdown' : 'text',
        quiet: quiet === true,
        allowIncomplete: flags.allowIncomplete === true,
      } as const;
      context.exitWith(await runReport(files, mode, context.terminal));
    });
}
