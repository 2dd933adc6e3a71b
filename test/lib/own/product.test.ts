import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  assertRaceFree,
  explore,
  formatTrace,
  mergeReports,
  type ProgramReport,
  program,
  replay,
  toHtml,
  toJunit,
  toMarkdown,
} from '../../../lib/index';
import { matchers } from '../../../lib/jest';
import { toAnnotations } from '../../../lib/render/github';
import { checkDocument } from '../../../lib/reports/documents';
import { storeBuffering, workshop } from './building';

expect.extend(matchers);

const QUEUE = `#include <pthread.h>
#include <stdlib.h>

struct node {
  struct node *next;
};

static struct node *head;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *pop(void *unused)
{
  struct node *node = head; /* without the lock */

  if (node) {
    pthread_mutex_lock(&lock);
    head = node->next;
    pthread_mutex_unlock(&lock);
    free(node);
  }
  return unused;
}

int main(void)
{
  pthread_t a, b;

  head = calloc(1, sizeof(*head));
  pthread_create(&a, NULL, pop, NULL);
  pthread_create(&b, NULL, pop, NULL);
  pthread_join(a, NULL);
  pthread_join(b, NULL);
  return 0;
}
`;

const GOOD = QUEUE.replace(
  'struct node *node = head; /* without the lock */',
  'struct node *node;\n\n  pthread_mutex_lock(&lock);\n  node = head;',
).replace(
  /if \(node\) \{[^}]*\}/,
  'if (node)\n    head = node->next;\n  pthread_mutex_unlock(&lock);\n  free(node);',
);

const DEADLOCK = `#include <pthread.h>
static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static void *one(void *unused)
{
  pthread_mutex_lock(&a);
  pthread_mutex_lock(&b);
  pthread_mutex_unlock(&b);
  pthread_mutex_unlock(&a);
  return unused;
}
int main(void)
{
  pthread_t t;
  pthread_create(&t, 0, one, 0);
  pthread_mutex_lock(&b);
  pthread_mutex_lock(&a);
  pthread_mutex_unlock(&a);
  pthread_mutex_unlock(&b);
  pthread_join(t, 0);
  return 0;
}
`;

const OUTCOMES = storeBuffering('record("r1", r1); record("r2", r2);', '#include <dmtorture.h>');

const { folder, write } = workshop();
const home = process.cwd();

beforeAll(() => {
  process.chdir(folder());
  write('queue.c', QUEUE);
  write('good.c', GOOD);
  write('deadlock.c', DEADLOCK);
  write('outcomes.c', OUTCOMES);
});
afterAll(() => process.chdir(home));

/** What JSON makes of it. */
const json = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

/** The fault of a kind. */
function faultOf(report: ProgramReport, kind: string): ProgramReport['faults'][number] {
  const fault = report.faults.find((one) => one.kind === kind);
  if (!fault) throw new Error(`no ${kind} among ${report.faults.map((one) => one.kind)}`);
  return fault;
}

describe('a program with a bug', () => {
  test('has faults with their lines, names, diagrams and tickets', async () => {
    const report = await explore(program('queue.c'));
    expect(report).toMatchObject({
      kind: 'explore',
      verdict: 'fault',
      scenario: 'queue.c',
      subject: {
        kind: 'own',
        files: [{ name: 'queue.c', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
        threads: 3,
        compiler: expect.stringMatching(/^(clang|gcc) \d/),
        flags: ['-O0'],
      },
    });
    expect(report.plan).not.toHaveProperty('patches');
    expect(faultOf(report, 'data-race')).toMatchObject({
      file: 'queue.c',
      line: 13,
      function: 'pop',
      code: 'struct node *node = head;',
      variable: 'head',
      other: { file: 'queue.c', line: 17, function: 'pop' },
      site: 'queue.c:13 in pop',
      titles: ['main()', 'pop()', 'pop()'],
      ticket: expect.stringMatching(/^dmo1\./),
    });
    const uaf = faultOf(report, 'use-after-free');
    expect(uaf).toMatchObject({ line: 17, other: { line: 19 }, how: 'race', minimal: true });
    expect(uaf.block).toMatch(
      /^block 1 \(node#1.next, 8 bytes, allocated at queue.c:28, freed at queue.c:19\)/,
    );
    expect(uaf.message).toMatch(/^thread [23] reads 8 bytes.* that thread [23] has freed$/);
    const drawn = String(uaf.trace).split('\n');
    expect(drawn[0]).toMatch(
      /^step \| thread 1: main\(\) \| thread 2: pop\(\) +\| thread 3: pop\(\)$/,
    );
    expect(drawn.join('\n')).toMatch(
      /\d \| .*queue\.c:17: head = node->next; \[head: 0x\w+ -> 0\]/,
    );
    expect(drawn.join('\n')).toMatch(/\*\*\* use-after-free: thread/);
    expect(drawn.join('\n')).not.toContain('without the lock');
    const [excerpt] = uaf.excerpts;
    expect(excerpt).toMatchObject({ file: 'queue.c', marked: expect.arrayContaining([17, 19]) });
    expect(excerpt?.lines[17 - (excerpt?.first ?? 0)]).toBe('    head = node->next;');
  });

  test('a data race ends its story in the second of its accesses', async () => {
    const { faults } = await explore(program('queue.c'), { allFaults: true, heap: 'reuse' });
    const races = faults.filter(({ kind }) => kind === 'data-race');
    expect(races.length).toBeGreaterThan(0);
    for (const { trace, line, other, cpu } of races) {
      expect(trace.at(-1)).toMatchObject({ line, cpu, faulted: true });
      const before = trace.filter((step) => step.cpu !== cpu).map((step) => step.line);
      expect(before).toContain(other?.line);
    }
  });

  test('plain reads have what they have read', async () => {
    const { faults } = await explore(program('queue.c'));
    const reads = faults[0]?.trace.filter(({ kind }) => kind === 'read') ?? [];
    expect(reads.length).toBeGreaterThan(1);
    expect(reads.map(({ read }) => read)).not.toContain(null);
  });

  test('a deadlock ends in what each thread waits for', async () => {
    const { faults } = await explore(program('deadlock.c'));
    expect(faults).toMatchObject([{ kind: 'deadlock', waits: [{ on: 'a' }, { on: 'b' }] }]);
    const [fault] = faults;
    const last = fault?.trace.slice(-2).map(({ line, notes, cpu }) => [cpu, line, notes]);
    expect(last).toEqual([
      [1, 16, ['waits for a mutex']],
      [2, 6, ['waits for a mutex']],
    ]);
    expect(String(fault?.trace)).toMatch(/\n\*\*\* deadlock: thread 1 waits for a mutex/);
  });
});

describe('a program without one', () => {
  test('is clean, and the verdict says what it rests on', async () => {
    const report = await explore(program('good.c', { cc: 'gcc' }));
    expect(report).toMatchObject({ verdict: 'clean', exhaustive: true, limit: null, faults: [] });
    expect(report.evidence).toMatch(
      /^2 of 2 traces with each heap, sequentially consistent, 3 threads, heap fresh and reused, gcc \d[\d.]* -O0$/,
    );
    expect(report.traces).toBe(4);
  });

  test('in shards and slices it is the same program once, and comes to the same traces', async () => {
    const good = program('good.c');
    const shards = [
      await explore(good, { shard: '1/2' }),
      await explore(good, { shard: '2/2' }),
    ] as const;
    const whole = mergeReports(shards);
    expect(whole).toMatchObject({ verdict: 'clean', exhaustive: true, traces: 2 });
    expect(whole.evidence).toMatch(/^all of 2 traces in 2 shards, sequentially consistent, 3 thr/);
    const journal = path.join(folder(), 'journal');
    const sliced = await explore(good, { slices: 3, journal });
    expect(sliced).toMatchObject({ verdict: 'clean', exhaustive: true, traces: 2 });
    const again = await explore(good, { slices: 3, journal, resume: true });
    expect({ ...again, environment: 0 }).toEqual({ ...sliced, environment: 0 });
    write('good.c', `${GOOD}/* changed */\n`);
    await expect(explore(good, { slices: 3, journal, resume: true })).rejects.toMatchObject({
      code: 'ERR_BAD_JOURNAL',
    });
    write('good.c', GOOD);
  });

  test('a limit makes it unfinished, with an estimate and what to shrink', async () => {
    const report = await explore(program('good.c'), { strategy: 'dfs', executions: 1 });
    expect(report).toMatchObject({ verdict: 'unfinished', limit: 'executions' });
    expect(report.evidence).toMatch(
      /^not exhaustive: dfs, \d+ executions?, of about \d+ by estimate/,
    );
    expect(report.advice).toMatch(/make the program smaller/);
    const sampled = await explore(program('good.c'), { strategy: 'random', executions: 50 });
    expect(sampled).toMatchObject({ verdict: 'clean', exhaustive: false, advice: '' });
  });

  test('outcomes have grades', async () => {
    const report = await explore(program('outcomes.c'));
    expect(report.outcomes.map(({ results }) => results).sort()).toEqual([
      'r1=0 r2=1',
      'r1=1 r2=0',
      'r1=1 r2=1',
    ]);
    expect(report.verdict).toBe('clean');
  });
});

describe('a ticket', () => {
  test('replays where its files are the same, from a report, a fault or its text', async () => {
    const report = await explore(program('queue.c'));
    for (const fault of report.faults) {
      const again = await replay(fault.ticket);
      expect(again).toMatchObject({ reproduced: true, expected: fault.kind, changes: [] });
      expect(again.fault).toMatchObject({ kind: fault.kind, line: fault.line, other: fault.other });
      expect(json([...again.trace])).toEqual(json([...fault.trace]));
      expect(String(again.trace)).toBe(String(fault.trace));
    }
    const [, fault] = report.faults;
    await expect(fault).toReplay('use-after-free');
    await expect(expect(fault).toReplay('deadlock')).rejects.toThrow(/and not deadlock/);
    expect(formatTrace(json(fault ?? {}))).toBe(String(fault?.trace));
  });

  test('says where a program does something else, and replays what a comment has changed', async () => {
    write('ticket.c', QUEUE);
    const [, fault] = (await explore(program('ticket.c'))).faults;
    const ticket = fault?.ticket ?? 'dmo1.';
    write('ticket.c', `/* A new comment. */\n\n${QUEUE}`);
    const moved = await replay(ticket);
    expect(moved).toMatchObject({ reproduced: true, fault: { line: 19 } });
    expect(moved.changes).toEqual([
      'ticket.c has changed since, and every step of the ticket is as it was',
    ]);
    write('ticket.c', GOOD);
    const other = replay(ticket);
    await expect(other).rejects.toMatchObject({ code: 'ERR_PROGRAM' });
    await expect(other).rejects.toThrow(
      /^ticket\.c has changed since: diverges at step \d+, expected \w+ at line \d+, got \w+/,
    );
    fs.rmSync('ticket.c');
    await expect(replay(ticket)).rejects.toThrow(/ticket\.c is not in .*: replay it in the folder/);
  });

  test('that is damaged, or has a check, is refused', async () => {
    await expect(replay('dmo1.AQEH')).rejects.toMatchObject({ code: 'ERR_BAD_TICKET' });
    await expect(replay('dmo1.AQEH', { check: () => true })).rejects.toMatchObject({
      code: 'ERR_INCOMPATIBLE_OPTIONS',
    });
  });
});

describe('tests of your own', () => {
  test('toBeRaceFree() needs every trace', async () => {
    await expect(program('good.c')).toBeRaceFree();
    await assertRaceFree(program('good.c'));
    await expect(expect(program('queue.c')).toBeRaceFree()).rejects.toThrow(
      /expect\('queue\.c'\)\.toBeRaceFree\(\).*BUG: data-race.*npx dmtorture replay dmo1\./s,
    );
    await expect(
      expect(program('good.c')).toBeRaceFree({ strategy: 'random', executions: 10 }),
    ).rejects.toThrow(/proves nothing either way/);
  });

  test('a search that was cut off says what a test can do, and nothing of a command', async () => {
    const cut = { strategy: 'dfs', executions: 1 } as const;
    const { message } = await matchers.toFault.call({}, program('good.c'), 'data-race', cut);
    const text = message().replace(/\s+/g, ' ');
    expect(text).toContain(
      'Make the program smaller (fewer threads, fewer rounds of a loop), give',
    );
    expect(text).not.toContain('--');
  });

  test('toFault() looks for the kind that is named', async () => {
    await expect(program('queue.c')).toFault('use-after-free', { heap: 'fresh' });
    await expect(program('queue.c')).toFault('use-after-free', { heap: 'reuse' });
    await expect(program('good.c')).not.toFault();
    await expect(expect(program('queue.c')).toFault('deadlock')).rejects.toThrow(
      /no deadlock was found, but:/,
    );
  });
});

describe('documents', () => {
  test('have no patches, are checked, and render with file and line', async () => {
    const report = json(await explore(program('queue.c')));
    expect(() => checkDocument(report, 'r')).not.toThrow();
    const subject = { ...report.subject, kind: 'dm' };
    expect(() => checkDocument({ ...report, subject }, 'r')).toThrow(/`plan.patches` is missing/);
    const html = await toHtml(report);
    expect(html).toContain('The sources around it');
    expect(html).toMatch(/<caption>queue\.c<\/caption>/);
    expect(html).toMatch(/class="marked"><th scope="row" class="number">17</);
    expect(html).not.toContain('device mapper');
    const junit = await toJunit(report);
    expect(junit).toContain('name="use-after-free"');
    expect(junit).not.toContain('minor-stolen');
    expect(junit).toMatch(/name="leak".{0,80}<skipped message="leaks were not looked for"/s);
    const markdown = await toMarkdown(report);
    expect(markdown).toContain('## ❌ fault: explore queue.c');
    expect(markdown).toContain('- where: queue.c:17, in pop()');
    const lines = (await toAnnotations([checkDocument(report, 'r')])).map(String);
    expect(lines[0]).toMatch(/^::error file=queue\.c,line=13,title=BUG/);
  });

  test('a report is explored again as its plan says', async () => {
    const report = await explore(program('good.c'), { strategy: 'dpor', orders: 'all' });
    const again = await explore(json(report) as never);
    expect(again.plan).toEqual(report.plan);
  });
});

test('a search is stopped from outside, and reports what there is', async () => {
  write(
    'long.c',
    OUTCOMES.replace(
      /atomic_store\(&(.), 1\);/g,
      'for (int i = 0; i < 40; i++) atomic_store(&$1, i);',
    ),
  );
  const stop = new AbortController();
  const report = await explore(program('long.c'), {
    strategy: 'random',
    executions: 1e9,
    signal: stop.signal,
    onProgress: ({ executions }) => executions > 0 && stop.abort(),
  });
  expect(report).toMatchObject({ verdict: 'unfinished', complete: false, limit: 'stopped' });
  expect(String(execFileSync('ps', ['-eo', 'args']))).not.toContain(path.join(folder(), 'cache'));
});
