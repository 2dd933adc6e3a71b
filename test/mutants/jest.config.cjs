'use strict';
// The tests as `npx jest` runs them, but of mutated sources. Tests of the command run dist, which is
// not mutated, so its being stale does not matter.
const path = require('node:path');
const { globalSetup, transform, ...config } = require('../../jest.config.cjs');

const [[pattern, [, options]]] = Object.entries(transform);

/** @type {import('jest').Config} */
module.exports = {
  ...config,
  rootDir: path.join(__dirname, '../..'),
  transform: { [pattern]: [path.join(__dirname, 'transform.cjs'), options] },
};
