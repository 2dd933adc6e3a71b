/** What is verified of each lock: models, sizes, and weaker orders that hold together there. */
export const verifiedRows = [
  { lock: 'ttas', models: ['sc', 'tso', 'rc11'], sizes: ['2x1', '2x2', '3x1'], spare: [] },
  { lock: 'tas', models: ['sc', 'tso', 'rc11'], sizes: ['2x1', '2x2', '3x1'], spare: [] },
  { lock: 'ttas_backoff', models: ['sc', 'tso', 'rc11'], sizes: ['2x1', '2x2', '3x1'], spare: [] },
  { lock: 'ttas_yield', models: ['sc', 'tso', 'rc11'], sizes: ['2x1', '2x2', '3x1'], spare: [] },
  { lock: 'ticket', models: ['sc', 'tso', 'rc11'], sizes: ['2x1', '2x2', '3x1'], spare: [] },
  { lock: 'ticket_pb', models: ['sc', 'tso', 'rc11'], sizes: ['2x1', '2x2', '3x1'], spare: [] },
  { lock: 'mcs', models: ['sc', 'tso', 'rc11'], sizes: ['2x1', '2x2', '3x1'], spare: ['acquire at mcs_acquire: swap(&l->tail, mine)'] },
  { lock: 'clh', models: ['sc', 'tso', 'rc11'], sizes: ['2x1', '2x2', '3x1'], spare: [] },
  { lock: 'anderson', models: ['sc', 'tso', 'rc11'], sizes: ['2x1', '2x2', '3x1'], spare: [] },
  { lock: 'hemlock', models: ['sc', 'tso', 'rc11'], sizes: ['2x1', '2x2', '3x1'], spare: ['acquire at hemlock_acquire: swap(&l->tail, me->node)', 'relaxed at hemlock_acquire: &before->link = NULL', 'relaxed at hemlock_release: (&me->node->link)'] },
  { lock: 'qspinlock', models: ['sc', 'tso', 'rc11'], sizes: ['2x1', '2x2', '3x1'], spare: ['relaxed at swap_tail: cas(&l->word, word, (word & (HELD_MASK | PENDING)) | tail << TAIL_SHIFT)', 'relaxed at queue_up: (&l->word)', 'acquire at queue_up: cas(&l->word, word, HELD)', 'relaxed at qspinlock_slow: (&l->word) (line 73)', 'acquire at qspinlock_slow: or(&l->word, PENDING)', 'relaxed at qspinlock_slow: &l->word half = HELD', 'acquire at qspinlock_acquire: cas(&l->word, 0, HELD)'] },
  { lock: 'futex3', models: ['sc', 'tso', 'rc11'], sizes: ['2x1', '2x2', '3x1'], spare: ['acquire at futex3_slow: swap(&l->state, HAS_SLEEPERS) (line 31)', 'acquire at futex3_slow: swap(&l->state, HAS_SLEEPERS) (line 34)', 'acquire at futex3_acquire: cas(&l->state, IS_FREE, IS_HELD)', 'release at futex3_release: swap(&l->state, IS_FREE)'] },
  { lock: 'futex3_spin', models: ['sc', 'tso', 'rc11'], sizes: ['2x1', '2x2', '3x1'], spare: ['relaxed at futex3_spin_slow: watch &l->state', 'acquire at futex3_spin_slow: cas(&l->state, IS_FREE, IS_HELD)', 'acquire at futex3_spin_slow: swap(&l->state, HAS_SLEEPERS)', 'acquire at futex3_spin_acquire: cas(&l->state, IS_FREE, IS_HELD)', 'release at futex3_spin_release: swap(&l->state, IS_FREE)'] },
  { lock: 'mcs_park', models: ['sc', 'tso', 'rc11'], sizes: ['2x1', '2x2', '3x1'], spare: ['acquire at mcs_park_acquire: cas(&mine->state, WAITS, SLEEPS)', 'release at mcs_park_release: cas(&l->tail, mine, NULL)', 'release at mcs_park_release: swap(&after->state, MAY_GO)'] },
] as const;
