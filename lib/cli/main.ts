#!/usr/bin/env node
import { runCli } from './program';

runCli(process.argv).then((code) => {
  // No process.exit(): what is still on its way into a pipe has to arrive.
  process.exitCode = code;
});
