import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lockNames, modelLocks } from '../../../lib/cli/options/locks';
import { historyScenarios, scenarios } from '../../../lib/programs/scenarios';
import { tables } from '../../../lib/tables/tables';
import { run } from '../command';

type Complete = (line: string) => string[];

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-completion-'));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

const scriptOf = (shell: string): string => path.join(scratch, `script.${shell}`);
const isInstalled = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

function shellRun(shell: string, args: string[]): string {
  const child = spawnSync(shell, args, { encoding: 'utf8', timeout: 110_000, cwd: scratch });
  if (child.status !== 0) throw new Error(`${shell}: ${child.status} ${child.stderr}`);
  return child.stdout;
}

/** What bash completes the last word of a line to, as `complete` has it. */
const inBash: Complete = (line) => {
  const script =
    `source ${scriptOf('bash')}; COMP_WORDS=(${line.replace(/ $/, " ''")}); ` +
    `COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _dmtorture; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return shellRun('bash', ['--norc', '-c', script]).split('\n').filter(Boolean);
};

const inFish: Complete = (line) => {
  const script = `source ${scriptOf('fish')}; complete -C '${line}'`;
  const lines = shellRun('fish', ['--no-config', '-c', script]).split('\n').filter(Boolean);
  return lines.map((text) => text.split('\t')[0] ?? '');
};

/** What a tab makes of a line in an interactive zsh; the one completion that there is. */
const inZsh: Complete = (line) => {
  const file = path.join(scratch, 'drive.zsh');
  const setUp = `PS1=; bindkey -e; autoload -U compinit; compinit -u -D; source ${scriptOf('zsh')}`;
  fs.writeFileSync(
    file,
    `zmodload zsh/zpty
zpty -b shell "TERM=dumb zsh -f -i"
zpty -w -n shell $'${setUp}\\n'
zpty -w -n shell $'${line}\\t\\x01print -r -- "GOT:" \\n'
text=
for ((turn = 0; turn < 200; turn++)); do
  while zpty -rt shell piece; do text+=$piece; done
  [[ $text == *$'\\n'GOT:*$'\\n'* ]] && break
  sleep 0.05
done
zpty -d shell
print -r -- $text
`,
  );
  const said = /^GOT: dmtorture (.*)$/m.exec(shellRun('zsh', ['-f', file]).replaceAll('\r', ''));
  return (said?.[1] ?? '').trim().split(' ').slice(-1);
};

const SHELLS: Record<string, Complete> = { bash: inBash, fish: inFish, zsh: inZsh };
const installed = Object.keys(SHELLS).filter(isInstalled);

/** Files that are there to be completed. */
const files = ['my_lock.c', 'report.json'];

beforeAll(async () => {
  for (const name of files) fs.writeFileSync(path.join(scratch, name), '');
  for (const shell of Object.keys(SHELLS)) {
    const { code, stdout, stderr } = await run('completion', shell);
    expect([code, stderr]).toEqual([0, '']);
    fs.writeFileSync(scriptOf(shell), stdout);
  }
});

test('there is a shell to try', () => {
  expect(installed).toContain('bash');
});

describe.each(installed)('%s completes', (shell) => {
  const complete = SHELLS[shell] as Complete;

  test.each([
    ['dmtorture str', 'stress'],
    ['dmtorture stress --scen', '--scenario'],
    ['dmtorture stress --scenario remove-o', 'remove-open'],
    ['dmtorture explore create-g', 'create-get'],
    ['dmtorture --quiet list sc', 'scenarios'],
    ['dmtorture explore --strategy sta', 'stateful'],
    ['dmtorture explore --expect double', 'double-free'],
    ['dmtorture stress --perturb yi', 'yield'],
    ['dmtorture --print-c', '--print-config'],
    ['dmtorture stress --patches fre', 'freeing'],
    ['dmtorture stress --patches all,-fre', 'all,-freeing'],
    ['dmtorture matrix --patches all,-06,-fin', 'all,-06,-find-put'],
    ['dmtorture explore --patches 01,pla', '01,placeholder'],
    ['dmtorture explore --expect double-free,use-aft', 'double-free,use-after-free'],
    ['dmtorture stress --fail-on incomplete,double', 'incomplete,double-free'],
    ['dmtorture bench locks --locks ttas,mcs,heml', 'ttas,mcs,hemlock'],
    ['dmtorture bench locks --locks ./my_l', './my_lock.c'],
    ['dmtorture bench locks --locks ttas,./my_l', 'ttas,./my_lock.c'],
    ['dmtorture stress --lock heml', 'hemlock'],
    ['dmtorture stress --lock ./my_l', './my_lock.c'],
  ])('%s to %s', (line, word) => {
    expect(complete(line)).toEqual([word]);
  });
});

describe('in bash', () => {
  test('commands, options of their own and of all, and values from the tables', () => {
    expect(inBash('dmtorture ')).toEqual(expect.arrayContaining(['demo', 'completion']));
    expect(inBash('dmtorture stress --')).toEqual(
      expect.arrayContaining(['--threads', '--threshold', '--json', '--help']),
    );
    expect(inBash('dmtorture list --')).not.toContain('--threads');
    expect(inBash('dmtorture explore ')).toEqual(
      [...scenarios, ...historyScenarios].map(({ name }) => name),
    );
    expect(inBash('dmtorture stress --expect ')).toEqual(tables.faults.map(({ slug }) => slug));
  });

  test('a storm is a scenario of stress alone; numbers have no names', () => {
    expect(inBash('dmtorture stress --scenario st')).toEqual(['storm']);
    expect(inBash('dmtorture explore st')).toEqual([]);
    expect(inBash('dmtorture stress --ops ')).toEqual([]);
  });

  test('after a comma every word that may stand there, and what stands before it', () => {
    const terms = tables.patches.flatMap(({ no, slug }) => [no, slug]);
    const numbers = tables.patches.map(({ no }) => `all,-${no}`);
    const withZero = terms.filter((term) => term.startsWith('0')).sort();
    expect(inBash('dmtorture stress --patches all,-')).toEqual(expect.arrayContaining(numbers));
    const found = inBash('dmtorture stress --patches all,-0').sort();
    expect(found).toEqual(withZero.map((term) => `all,-${term}`));
    const first = inBash('dmtorture explore --patches -0').sort();
    expect(first).toEqual(withZero.map((term) => `-${term}`));
    expect(inBash('dmtorture stress --patches = all,-fre')).toEqual(['all,-freeing']);
    // A kind of fault cannot be taken away, and a lock is one.
    expect(inBash('dmtorture explore --expect double-free,-')).toEqual([]);
    expect(inBash('dmtorture stress --lock ttas,')).toEqual([]);
  });

  test('a lock of a run is one that a run can have', () => {
    const names = inBash('dmtorture stress --lock ').filter((word) => !word.includes('.'));
    expect(names).toEqual([...lockNames]);
    expect(inBash('dmtorture explore --lock ')).toEqual([...modelLocks]);
    const all = tables.locks.map(({ name }) => name);
    expect(inBash('dmtorture bench locks --locks ')).toEqual(
      expect.arrayContaining([...all, 'all']),
    );
    expect(all.length).toBeGreaterThan(lockNames.length);
  });

  test('the value of an option is not taken for a command; = separates, too', () => {
    expect(inBash('dmtorture --seed stress exp')).toEqual(['explore']);
    expect(inBash('dmtorture stress --scenario = remove-o')).toEqual(['remove-open']);
  });

  test('files where files are taken', () => {
    expect(inBash('dmtorture --config rep')).toEqual(['report.json']);
    expect(inBash('dmtorture report rep')).toEqual(['report.json']);
    expect(inBash('dmtorture bench locks --locks ')).toEqual(expect.arrayContaining(files));
    expect(inBash('dmtorture stress --lock ')).toEqual(expect.arrayContaining(files));
  });
});

test.each(installed.filter((shell) => shell !== 'bash'))(
  '%s completes after a comma where = separates, too',
  (shell) => {
    const complete = SHELLS[shell] as Complete;
    const found = complete('dmtorture stress --patches=all,-fre');
    expect(found).toEqual(['--patches=all,-freeing']);
  },
);

test('another shell is refused', async () => {
  const { code, stderr } = await run('completion', 'bsh');
  expect(code).toBe(2);
  expect(stderr).toContain("Expected a shell to be bash|zsh|fish, got 'bsh'. Did you mean 'bash'?");
  expect((await run('completion')).stderr).toContain('completion needs one of bash|zsh|fish.');
});
