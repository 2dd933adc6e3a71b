const { program } = require('dmtorture');
require('dmtorture/jest');

test('no order of the threads breaks the queue', () => expect(program('queue.c')).toBeRaceFree());
