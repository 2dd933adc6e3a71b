// Preloaded into a command: at its exit it prints on standard error which processes it has started.
const child = require('node:child_process');
const path = require('node:path');

const started = [];
const { spawn } = child;
child.spawn = (command, args, options) => {
  const said = args.find((word) =>
    ['-v', '-S', '-c', '-shared', 'search', 'replay'].includes(word),
  );
  started.push([path.basename(command), ...(said ? [said] : [])].join(' '));
  return spawn(command, args, options);
};
process.on('exit', () => console.error(JSON.stringify(started)));
