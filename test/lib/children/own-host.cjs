/*
 * A host that does what a test asks of it, in place of dmtorture-own. The last argument is JSON: lines
 * to print, texts to print as they are, and how to end.
 */
const {
  lines = [],
  raw = '',
  wait,
  deaf = false,
  exit = 0,
  kill,
  stderr = '',
} = JSON.parse(process.argv[2]);

if (deaf) process.on('SIGTERM', () => undefined);
if (wait === 'until-stopped') {
  process.on('SIGTERM', () => {
    process.stdout.write(`${JSON.stringify({ type: 'finished', limit: 'stopped' })}\n`, () =>
      process.exit(0),
    );
  });
}
process.stderr.write(stderr);
const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('') + raw;
process.stdout.write(text, () => {
  if (kill) process.kill(process.pid, kill);
  else if (wait) setInterval(() => undefined, 1000);
  else process.exit(exit);
});
