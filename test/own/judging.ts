import path from 'node:path';
import type { ExploreOptions } from '../../lib/index';
import type { ProgramReport } from '../../lib/own/report';

/** How a form of a program is compiled and explored. */
interface Form {
  flags: string[];
  options: Pick<ExploreOptions, 'time'> & { leaks: boolean };
}

/** What judge.cjs has, which a script without types asks the same questions by. */
interface Judge {
  programs: string;
  rows: string;
  readMarks(name: string): { kinds: string[][]; fixIsUnfinished: boolean; fixHasNothing: boolean };
  formOf(name: string, form: 'bug' | 'fix'): Form;
  flawsOf(name: string, form: 'bug' | 'fix', explored: Promise<ProgramReport>): Promise<string[]>;
  readRows(name: string): { text: string; programs: string[]; marked: string[] };
  ROW_SEARCH: readonly string[];
  isRowRight(program: string, says: string, marked: readonly string[]): boolean;
  flawsOfTests(json: string, stderr: string): string[];
}

export const judge = require(path.join(__dirname, 'judge.cjs')) as Judge;
