'use strict';
// What Jest reads of lib: as the sources are, except for the one text that DMTORTURE_MUTANT, JSON of a
// row of mutants.json, puts in the place of another. So nothing is copied, and no file is changed.
const path = require('node:path');
const { createTransformer } = require('@swc/jest');

const root = path.join(__dirname, '../..');
const mutant = JSON.parse(process.env.DMTORTURE_MUTANT || 'null');

function mutated(source, file) {
  if (!mutant || path.relative(root, file) !== mutant.file) return source;
  const [before, after, ...more] = source.split(mutant.text);
  if (after === undefined || more.length > 0) {
    throw new Error(`${mutant.file} does not have this text once: ${mutant.text}`);
  }
  return `${before}${mutant.instead}${after}`;
}

module.exports = {
  createTransformer(options) {
    const swc = createTransformer(options);
    return {
      canInstrument: swc.canInstrument,
      // Of what is as it was the result is kept: only the mutated file is made again.
      getCacheKey: (source, file, ...rest) => swc.getCacheKey(mutated(source, file), file, ...rest),
      process: (source, file, ...rest) => swc.process(mutated(source, file), file, ...rest),
    };
  },
};
