import { incompatible, outOfRange } from '../base/errors';
import { isWeak, memoryCalled } from '../tables/memory';
import { type MemoryName, type StrategyName, tables } from '../tables/tables';
import { numberToParam, paramToNumber } from './params';

/** Strategies that know nothing of what an access may see, each with why. */
const REFUSED: Partial<Record<StrategyName, string>> = {
  dpor: 'it takes apart what is the order of accesses alone; `stateful` is complete',
  sticky: 'it chooses threads, and not what they read; `random` chooses both',
};

/** Threads that a search under tso takes: each has a buffer that is a task of its own. */
const TSO_THREADS = 8;

/** What of a search depends on its memory model. */
interface Search {
  memory: MemoryName;
  strategy: StrategyName;
  /** How many parts the search is split into. */
  parts: number;
  /** A bound of preemptions was asked for. */
  bounded?: boolean;
  /** Data races were asked for. */
  races?: boolean | undefined;
  /** How many threads there are, where that is known. */
  threads?: number | undefined;
}

/**
 * Refuse what a memory model does not go with.
 *
 * @throws DmTortureError ERR_INCOMPATIBLE_OPTIONS, ERR_OUT_OF_RANGE
 */
export function checkMemory(search: Search): void {
  const { memory, strategy, parts, races, threads = 0 } = search;
  if (!isWeak(memory)) return;
  const why = REFUSED[strategy];
  if (why !== undefined) {
    const message =
      `\`${strategy}\` is for \`memory\` sc, and not for ${memory}, where what an access reads ` +
      `is a choice: ${why}`;
    throw incompatible('strategy', message);
  }
  if (parts > 1 && strategy === 'dfs') {
    const message = `\`dfs\` cannot be split under \`memory\` ${memory}: parts are by threads alone`;
    throw incompatible('strategy', message);
  }
  if (search.bounded) {
    const message =
      `\`preemptions\` cannot be a bound under \`memory\` ${memory}, where what an access reads is a ` +
      'choice, too';
    throw incompatible('preemptions', message);
  }
  if (memory !== 'tso') return;
  if (races) {
    const message =
      `\`races\` are not looked for under ${memoryCalled(memory)}, where all accesses go through ` +
      'the buffer: rc11 always looks for them';
    throw incompatible('races', message);
  }
  if (threads > TSO_THREADS) {
    throw outOfRange('memory', `sc or rc11 for more than ${TSO_THREADS} threads`, memory);
  }
}

/** Whether a search looks for data races: under rc11 it always does. */
export const looksForRaces = (memory: unknown, races: unknown): boolean =>
  races === true || (memory === 'rc11' && (races ?? false) === false);

function memoryParam(): (typeof tables.search)[number] {
  const row = tables.search.find(({ name }) => name === 'memory');
  if (!row) throw new Error('dmtorture bug: no parameter memory');
  return row;
}

/** The number by which a model travels. */
export const modelNumber = (memory: unknown): number => paramToNumber(memoryParam(), memory);

/**
 * A memory model that was given, or the default.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function readMemory(memory: unknown): MemoryName {
  const row = memoryParam();
  const number = memory === undefined ? row.fallback : paramToNumber(row, memory);
  return numberToParam(row, number) as MemoryName;
}
