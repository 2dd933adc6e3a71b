import { bench } from '../../bench/bench';
import type { BenchOptions } from '../../bench/plan';
import type { BenchSuite } from '../../bench/rows';

/**
 * One of several runs, in a process of its own: where memory lies, and which CPU a thread begins on,
 * is drawn anew. Options come as JSON in the first argument, the report goes to the channel.
 */
async function main([text = '{}']: readonly string[]): Promise<void> {
  const { suite, options } = JSON.parse(text) as { suite: BenchSuite; options: BenchOptions };
  const report = await bench(suite, options).result;
  await new Promise<void>((resolve) => {
    process.send?.(report, () => resolve());
  });
  process.disconnect?.();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.send?.({ failed: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
});
