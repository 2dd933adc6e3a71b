'use strict';
// Node for Jest, with more time for each test that names its own limit: --testTimeout is only for
// those that name none, and a sanitizer slows down all of them.
const { TestEnvironment } = require('jest-environment-node');

const PATIENCE = 10;

module.exports = class extends TestEnvironment {
  handleTestEvent({ name, test }) {
    if (name === 'test_start' && test.timeout) test.timeout *= PATIENCE;
  }
};
