import { oneLine } from '../../base/sinks/inert';
import { nearest } from '../../base/suggest';

/** A wrong command line that only the command line can get wrong. */
export class UsageError extends Error {
  override name = 'UsageError';

  /** @param lines - What is wrong: as a rule one sentence. */
  constructor(...lines: string[]) {
    super(lines.map(oneLine).join('\n'));
  }
}

/** ` Did you mean 'x'?`, or nothing where no candidate is close. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const found = nearest(word, candidates);
  return found === undefined ? '' : ` Did you mean '${found}'?`;
}
