#!/usr/bin/env node
import { endWith, guardEnd } from './terminal/ending';

// The terminal is a part of the package that may be what is missing.
guardEnd((text) => console.error(`error: ${text}`));
// Not before: a part of the package that cannot be loaded is a failure as well.
const { runCli } = require('./program') as typeof import('./program');
runCli(process.argv).then(endWith);
