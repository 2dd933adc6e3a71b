import { describe, expect, test } from '@jest/globals';
import { judge, parseThreshold } from '../../../lib/cli/gate/threshold';
import { run, runJson, start } from '../command';

const stress = {
  kind: 'stress',
  durationMs: 2500,
  opsPerSecond: 1_500_000,
  ops: {
    create: { count: 100, errors: { EBUSY: 7 }, latencyNs: { p50: 900, p99: 4800 } },
    'remove-all': { count: 5, latencyNs: { p99: 70_000 } },
  },
  faults: [{ kind: 'use-after-free', count: 3 }],
};
const bench = {
  kind: 'bench',
  rows: [
    { lock: 'mcs', threads: 1, opsPerSecond: 8e6, jain: 1, waitNs: { p99: 100 }, cpuNsPerOp: 20 },
    {
      lock: 'mcs',
      threads: 2,
      opsPerSecond: 6e6,
      jain: 0.99,
      waitNs: { p99: 900 },
      cpuNsPerOp: 40,
    },
    {
      lock: 'tas',
      threads: 2,
      opsPerSecond: 9e6,
      jain: 0.6,
      waitNs: { p99: 9000 },
      cpuNsPerOp: 30,
    },
  ],
};

describe('judge', () => {
  test.each([
    ['create.p99<5us', true, 4800],
    ['create.p99 < 4.8us', false, 4800],
    ['create.p99<=4.8us', true, 4800],
    ['create.p99<5000', true, 4800],
    ['ops.create.latencyNs.p99<5us', true, 4800],
    ['remove-all.p99<50us', false, 70_000],
    ['create.errors.EBUSY<8', true, 7],
    ['opsPerSecond>1e6', true, 1.5e6],
    ['opsPerSecond>=1.5M', true, 1.5e6],
    ['opsPerSecond>2M', false, 1.5e6],
    ['durationMs<3s', true, 2500],
    ['durationMs<2500ms', false, 2500],
    ['faults<1', false, 1],
    ['faults.use-after-free.count<=3', true, 3],
  ])('%s of a stress report: %p', (text, held, value) => {
    expect(judge(parseThreshold(text), stress)).toMatchObject({ held, value });
  });

  test.each([
    ['mcs.opsPerSecond>5M', true, 8e6],
    ['mcs.opsPerSecond>7M', false, 6e6],
    ['mcs[threads=1].opsPerSecond>7M', true, 8e6],
    ['rows[lock=mcs,threads=2].jain>=0.99', true, 0.99],
    ['rows.jain>0.9', false, 0.6],
    ['mcs.waitNs.p99<1us', true, 100],
    ['rows.cpuNsPerOp<=35ns', false, 40],
    ['jain>=50%', true, 1],
  ])('%s holds for every row: %p', (text, held, value) => {
    expect(judge(parseThreshold(text), bench)).toMatchObject({ held, value });
  });

  test('says what was missed, by how many, and in the unit of the report', () => {
    const says = (text: string, report: object) => judge(parseThreshold(text), report).says;
    expect(says('create.p99<1us', stress)).toBe('threshold missed: create.p99<1us, it is 4.8 us');
    expect(says('create.p99<1000', stress)).toContain('it is 4800 ns');
    expect(says('rows.jain>99.5%', bench)).toContain('it is 99%, in 2 of 3');
    expect(says('rows.jain>0.995', bench)).toContain('it is 0.99, in 2 of 3');
    expect(says('durationMs<1s', stress)).toContain('it is 2.5 s');
  });

  test.each([
    ['creat.p99<5us', "no such value; did you mean 'create'?"],
    ['create.p98<5us', "no such value; did you mean 'p99'?"],
    ['xyzzy<5', 'the report has no such value'],
    ['mcx.jain<5', 'the report has no such value'],
    ['opsPerSecond<5us', 'the value is not a time, it is 1500000'],
  ])('%s cannot be held: %s', (text, says) => {
    const judged = judge(parseThreshold(text), stress);
    expect(judged.held).toBe(false);
    expect(judged.says).toContain(says);
  });
});

describe('parseThreshold', () => {
  test.each([
    ['create.p99', 'expected a value, one of < <= > >= and a number'],
    ['create.p99=5us', 'expected a value'],
    ['create.p99<fast', 'expected a value'],
    ['create.p99<', 'expected a value'],
    ['<5', 'expected a value'],
    ['5', 'or with --compare a share (`5%`)'],
    ['-5%', 'or with --compare a share (`5%`)'],
    ['', 'expected a value'],
    ['create.p99<5parsecs', '`parsecs` to be a unit of ns, us, ms, s, k, M, G, %'],
    ['create..p99<5', '`create..p99` to be names joined by dots'],
    ['create.p99.<5', 'names joined by dots'],
    ['rows[lock].jain>1', '`rows[lock]` to be a name, or one with [key=value]'],
    ['a b<1', '`a b` to be a name'],
  ])('%p is refused', (text, says) => {
    expect(() => parseThreshold(text)).toThrow(says);
    expect(() => parseThreshold(text)).toThrow(`--threshold '${text}'`);
  });
});

const CLEAN = ['explore', 'create-find', '--quiet'];
const EARLY = ['explore', 'create-find', '--patches', 'all,-02', '--quiet'];
const FAULTY = ['explore', 'remove-open', '--patches', 'all,-05', '--quiet'];

describe('--threshold', () => {
  test('exit 4 and a sentence for each that is missed; JSON has all of them', async () => {
    const limits = ['--threshold', 'executions<10', '--threshold', 'states>1'];
    const { code, stderr } = await run(...CLEAN, ...limits);
    expect(code).toBe(4);
    expect(stderr).toMatch(/^explore: threshold missed: executions<10, it is \d+\n$/);
    const { json } = await runJson(...CLEAN, ...limits);
    expect(json).toMatchObject({
      thresholds: [
        { threshold: 'executions<10', held: false, value: expect.any(Number) },
        { threshold: 'states>1', held: true, value: expect.any(Number) },
      ],
    });
  });

  test('exit 0 where all hold, and 1 where a fault was found as well', async () => {
    expect((await run(...CLEAN, '--threshold', 'executions<1e6')).code).toBe(0);
    expect((await run(...FAULTY, '--threshold', 'executions<1')).code).toBe(1);
  });

  test('on every command that has a report', async () => {
    const limit = ['--quiet', '--threshold', 'durationMs<0'];
    const commands = [
      ['stress', '--ops', '100'],
      ['matrix', '--scenarios', 'create-get'],
      ['explore'],
    ];
    for (const command of commands) expect((await run(...command, ...limit)).code).toBe(4);
  });

  test('a wrong one is refused before anything runs', async () => {
    const { code, stdout, stderr } = await run('stress', '--threshold', 'create.p99');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: --threshold 'create\.p99': expected a value, .*\n$/);
  });
});

describe('--expect', () => {
  test('exit 0 where every expected kind was seen, and no other', async () => {
    const { code, stderr } = await run(...EARLY, '--expect', 'use-uninitialized');
    expect(code).toBe(0);
    expect(stderr).toBe('explore: as expected: use-uninitialized\n');
    const both = [...FAULTY, '--expect', 'open-of-freeing,use-after-free'];
    expect((await run(...both)).code).toBe(0);
    const stressed = ['stress', '--scenario', 'get-unload', '--patches', 'all,-07'];
    expect(
      (await run(...stressed, '--stop-on-fault', '--expect', 'module-unloaded-in-use')).code,
    ).toBe(0);
  });

  test('exit 1 where others were seen, too', async () => {
    const { code, stderr } = await run(...FAULTY, '--expect', 'use-after-free');
    expect(code).toBe(1);
    expect(stderr).toBe('explore: expected use-after-free, and saw open-of-freeing as well\n');
    const { json } = await runJson(...FAULTY, '--expect', 'use-after-free');
    expect(json).toMatchObject({ expected: { missing: [], unexpected: ['open-of-freeing'] } });
  });

  test('exit 1 and what is missing where not', async () => {
    const { code, stderr } = await run(...FAULTY, '--expect', 'open-of-freeing,double-free');
    expect(code).toBe(1);
    expect(stderr).toBe(
      'explore: expected open-of-freeing, double-free, and did not see double-free; ' +
        'seen: open-of-freeing, use-after-free\n',
    );
    const clean = await run(...CLEAN, '--expect', 'double-free', '--expect', 'minor-leak');
    expect(clean.code).toBe(1);
    expect(clean.stderr).toContain('did not see double-free, minor-leak; no fault was');
    const { json } = await runJson(...FAULTY, '--expect', 'double-free');
    expect(json).toMatchObject({ expected: { kinds: ['double-free'], missing: ['double-free'] } });
  });
});

describe('--fail-on', () => {
  test.each([
    [[...FAULTY], 1],
    [[...FAULTY, '--fail-on', 'fault'], 1],
    [[...FAULTY, '--fail-on', 'open-of-freeing,data-race'], 1],
    [[...FAULTY, '--fail-on', 'data-race'], 1],
    [[...FAULTY, '--fail-on', 'none'], 0],
    [[...CLEAN, '--fail-on', 'incomplete'], 0],
    [[...CLEAN, '--strategy', 'random', '--executions', '9'], 0],
    [[...CLEAN, '--strategy', 'random', '--executions', '9', '--fail-on', 'incomplete'], 4],
    [[...FAULTY, '--fail-on', 'incomplete,fault'], 1],
    [[...CLEAN, '--states', '5'], 4],
    [[...CLEAN, '--states', '5', '--allow-incomplete'], 0],
    [[...CLEAN, '--states', '5', '--fail-on', 'interesting'], 4],
    [[...CLEAN, '--states', '5', '--fail-on', 'none'], 4],
    [[...CLEAN, '--states', '5', '--fail-on', 'none', '--allow-incomplete'], 0],
    [[...FAULTY, '--fail-on', 'use-after-free'], 1],
    [[...FAULTY, '--fail-on', 'double-free'], 0],
    [[...FAULTY, '--fail-on', 'none', '--threshold', 'faults<2'], 4],
    [['explore', 'remove-open', '--fail-on', 'data-race', '--quiet'], 0],
    [['explore', '--quiet', '--states', '5'], 4],
    [[...CLEAN, '--allow-incomplete', '--fail-on', 'incomplete'], 2],
    [[...CLEAN, '--depth', '3', '--strategy', 'dfs'], 2],
    [[...CLEAN, '--preemptions', '3'], 2],
    [
      [...FAULTY, '--all-faults', '--states', '200', '--expect', 'open-of-freeing,use-after-free'],
      4,
    ],
  ])('%j: exit %p', async (args, expected) => {
    expect((await run(...args)).code).toBe(expected);
  });

  test('with kinds of fault the search goes on past others, and looks for data races', async () => {
    const plan = async (...args: string[]): Promise<unknown> => {
      const { json } = await runJson(...FAULTY, ...args);
      return (json as { plan: unknown }).plan;
    };
    expect(await plan()).toMatchObject({ allFaults: false, races: false });
    expect(await plan('--fail-on', 'none')).toMatchObject({ allFaults: false, races: false });
    expect(await plan('--fail-on', 'minor-leak')).toMatchObject({ allFaults: true, races: false });
    expect(await plan('--fail-on', 'data-race')).toMatchObject({ allFaults: true, races: true });
    expect(await plan('--fail-on', 'interesting')).toMatchObject({ allFaults: true });
    const { stdout } = await run(...FAULTY, '--expect', 'double-free', '--print-config');
    expect(stdout).toMatch(/^allFaults +true +implied by --expect$/m);
  });

  test('a run that ended at another fault proves nothing for a kind', async () => {
    const stress = ['stress', '--scenario', 'remove-open', '--patches', 'all,-05', '--quiet'];
    const stopped = await run(...stress, '--stop-on-fault', '--fail-on', 'double-free');
    expect(stopped.code).toBe(4);
    expect(stopped.stderr).toMatch(
      /^stress: the run ended at .*, as --stop-on-fault asks: other kinds of fault were not looked/m,
    );
    const few = await run(...stress, '--max-faults', '3', '--fail-on', 'double-free');
    expect(few.code).toBe(4);
    expect(few.stderr).toMatch(/^stress: the run ended at --max-faults: other kinds/m);
    const env = { DMTORTURE_EXPLORE_ALL_FAULTS: 'false' };
    const told = await start([...FAULTY, '--fail-on', 'double-free'], env).ended;
    expect(told.code).toBe(4);
    expect(told.stderr).toContain(
      'ended at its first fault, open-of-freeing, without --all-faults',
    );
  });

  test('interesting outcomes are reported', async () => {
    const racy = ['explore', '--program', 'cpu1: create 0, remove 0 ; cpu2: create 0', '--quiet'];
    const { code, stderr } = await run(...racy, '--fail-on', 'interesting');
    expect([code, stderr]).toEqual([4, expect.stringMatching(/interesting: \d+ outcomes/)]);
    expect((await run(...racy)).code).toBe(0);
  });

  test.each([
    [['--fail-on', 'datarace'], "'datarace' is not a kind of fault. Did you mean 'data-race'?"],
    [['--fail-on', 'xyzzy'], 'Expected fault, none, interesting, incomplete, use-uninitialized'],
    [['--fail-on', 'none,fault'], "'none' goes with nothing else"],
    [['--expect', 'none'], "'none' is not a kind of fault."],
    [['--expect', 'data-race', '--fail-on', 'none'], 'either --fail-on or --expect'],
    [['--fail-on', 'data-race,deadlock'], 'stress does not look for data-race: explore does'],
  ])('%j is refused', async (args, says) => {
    const { code, stderr } = await run('stress', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});
