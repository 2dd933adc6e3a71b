import { bench } from '../../bench/bench';
import type { BenchOptions } from '../../bench/plan';
import type { BenchSuite } from '../../bench/rows';

/**
 * One of several runs, in a process of its own: where memory lies, and which CPU a thread begins on,
 * is drawn anew. Options come as JSON in the first argument, the report goes to the channel. A message
 * stops it, and the report then has what was measured; a terminal sends its signals here, too, and they
 * do the same. Without a parent there is nobody to report to.
 */
async function main([text = '{}']: readonly string[]): Promise<void> {
  const { suite, options } = JSON.parse(text) as { suite: BenchSuite; options: BenchOptions };
  const run = bench(suite, options);
  const stop = (): void => run.stop();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, stop);
  process.on('message', stop);
  process.on('disconnect', () => process.exit());
  const report = await run.result;
  await new Promise<void>((resolve) => {
    process.send?.(report, () => resolve());
  });
  process.removeAllListeners('disconnect');
  process.disconnect?.();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.send?.({ failed: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
});
