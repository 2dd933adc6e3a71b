import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { version } from '../../lib/base/version';
import { EXIT } from '../../lib/cli/exit';
import { main, plainEnv, root } from './command';

interface Named {
  name: string;
}

interface Container extends Named {
  env: (Named & { value: string })[];
  command: string[];
  args: [string];
  volumeMounts: Named[];
}

interface Pod {
  restartPolicy: string;
  containers: [Container];
  volumes: [Named & { persistentVolumeClaim: { claimName: string } }];
}

interface FailureRule {
  action: string;
  onExitCodes?: { containerName: string; operator: string; values: number[] };
  onPodConditions?: object[];
}

interface KubernetesJob {
  metadata: Named;
  spec: {
    completionMode: string;
    completions: number;
    parallelism: number;
    backoffLimitPerIndex: number;
    podFailurePolicy: { rules: FailureRule[] };
    template: { spec: Pod };
  };
}

interface ActionsJob {
  strategy: { 'fail-fast': boolean; matrix: { shard: number[] } };
  steps: { uses?: string; run?: string; with?: { path?: string } }[];
}

interface Workflow {
  jobs: { shard: ActionsJob; report: ActionsJob };
}

function load(file: string): unknown[] {
  const text = fs.readFileSync(path.join(root, 'examples', file), 'utf8');
  return parseAllDocuments(text, { strict: true, uniqueKeys: true }).map((document) => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    return document.toJS();
  });
}

/** Fields that are not documented for where they stand; `*`: whatever the name. */
type Fields = { [field: string]: Fields } | true;
function unknownFields(value: unknown, fields: Fields, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (fields === true) return [`${at}: not one value`];
  return (Array.isArray(value) ? value : [value]).flatMap((item: unknown) =>
    Object.entries(typeof item === 'object' ? (item ?? {}) : {}).flatMap(([name, inner]) => {
      const known = fields[name] ?? fields['*'];
      return known ? unknownFields(inner, known, `${at}.${name}`) : [`${at}.${name}`];
    }),
  );
}

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/ and pod-v1. */
const METADATA: Fields = { name: true, labels: { '*': true } };
const POD: Fields = {
  restartPolicy: true,
  terminationGracePeriodSeconds: true,
  securityContext: { runAsNonRoot: true, runAsUser: true, fsGroup: true },
  containers: {
    name: true,
    image: true,
    env: { name: true, value: true },
    command: { '*': true },
    args: { '*': true },
    resources: { requests: { cpu: true, memory: true }, limits: { cpu: true, memory: true } },
    volumeMounts: { name: true, mountPath: true },
  },
  volumes: { name: true, persistentVolumeClaim: { claimName: true } },
};
const JOB: Fields = {
  apiVersion: true,
  kind: true,
  metadata: METADATA,
  spec: {
    completionMode: true,
    completions: true,
    parallelism: true,
    backoffLimit: true,
    backoffLimitPerIndex: true,
    podFailurePolicy: {
      rules: {
        action: true,
        onExitCodes: { containerName: true, operator: true, values: { '*': true } },
        onPodConditions: { type: true, status: true },
      },
    },
    template: { metadata: METADATA, spec: POD },
  },
};
const CLAIM: Fields = {
  apiVersion: true,
  kind: true,
  metadata: METADATA,
  spec: { accessModes: { '*': true }, resources: { requests: { storage: true } } },
};

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax */
const WORKFLOW: Fields = {
  name: true,
  on: { schedule: { cron: true }, workflow_dispatch: true },
  permissions: { '*': true },
  jobs: {
    '*': {
      'runs-on': true,
      'timeout-minutes': true,
      needs: true,
      if: true,
      strategy: { 'fail-fast': true, matrix: { '*': { '*': true } } },
      steps: { name: true, uses: true, if: true, with: { '*': true }, run: true },
    },
  },
};

let folder: string;
let results: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-examples-'));
  results = path.join(folder, 'results');
  fs.mkdirSync(results);
  // What `npx --yes dmtorture@VERSION`, or `npx dmtorture` in a project that has it, runs here.
  const npx = [
    '#!/bin/sh',
    'case "$1 $2" in',
    `  "--yes dmtorture@${version}") shift 2 ;;`,
    '  "dmtorture "*) shift ;;',
    '  *) exit 99 ;;',
    'esac',
    `exec "${process.execPath}" "${main}" "$@"`,
  ];
  fs.writeFileSync(path.join(folder, 'npx'), `${npx.join('\n')}\n`, { mode: 0o755 });
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

function shell(command: string[], script: string, env: NodeJS.ProcessEnv, cwd = folder): Ran {
  const [file = 'sh', ...args] = command;
  return spawnSync(file, [...args, script], {
    cwd,
    encoding: 'utf8',
    env: plainEnv({ ...env, PATH: `${folder}:${process.env.PATH}`, GITHUB_ACTIONS: 'false' }),
  });
}

describe('Kubernetes', () => {
  const [claim, job] = load('kubernetes/stress-shards.yaml') as [
    { metadata: Named },
    KubernetesJob,
  ];
  const [report] = load('kubernetes/report.yaml') as [KubernetesJob];
  const podOf = ({ spec }: KubernetesJob): Pod => spec.template.spec;
  const [torture] = podOf(job).containers;
  const [reporting] = podOf(report).containers;

  test('has only fields that are documented, and finds one that is not', () => {
    expect(unknownFields(claim, CLAIM)).toEqual([]);
    expect(unknownFields(job, JOB)).toEqual([]);
    expect(unknownFields(report, JOB)).toEqual([]);
    const typo = { ...job, spec: { ...job.spec, compltions: 8 } };
    expect(unknownFields(typo, JOB)).toEqual(['.spec.compltions']);
  });

  test('is an indexed job, and names fit', () => {
    for (const one of [job, report]) {
      expect(one).toMatchObject({ apiVersion: 'batch/v1', kind: 'Job' });
      const { restartPolicy, containers, volumes } = podOf(one);
      expect(restartPolicy).toBe('Never');
      expect(volumes.map(({ name }) => name)).toEqual(
        containers[0].volumeMounts.map(({ name }) => name),
      );
      expect(volumes[0].persistentVolumeClaim.claimName).toBe(claim.metadata.name);
    }
    const { completionMode, completions, parallelism } = job.spec;
    expect(completionMode).toBe('Indexed');
    expect(parallelism).toBe(completions);
    const shards = torture.env.find(({ name }) => name === 'SHARDS');
    expect(shards?.value).toBe(String(completions));
  });

  test('no exit code is tried again that is a result; those of the tool are', () => {
    const { podFailurePolicy, backoffLimitPerIndex } = job.spec;
    const [first, ...rules] = podFailurePolicy.rules;
    expect(first).toEqual({
      action: 'Ignore',
      onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }],
    });
    const actions = new Map<number, string>();
    for (const { action, onExitCodes, ...others } of rules) {
      expect(others).toEqual({});
      expect(onExitCodes).toMatchObject({ containerName: torture.name, operator: 'In' });
      const codes = onExitCodes?.values ?? [];
      expect(codes).toEqual([...new Set(codes)].sort((a, b) => a - b));
      for (const code of codes) actions.set(code, action);
    }
    expect(Object.fromEntries(actions)).toEqual({
      [EXIT.fault]: 'FailIndex',
      [EXIT.missed]: 'FailIndex',
      [EXIT.usage]: 'FailJob',
      [EXIT.failed]: 'Count',
      [EXIT.interrupted]: 'Count',
      137: 'Count',
    });
    expect(backoffLimitPerIndex).toBeGreaterThan(0);
  });

  test('its commands run: every shard, and the report of all', () => {
    const { completions } = job.spec;
    const set = Object.fromEntries(torture.env.map(({ name, value }) => [name, value]));
    const script = torture.args[0].replaceAll('/results', results);
    expect(script).toContain('--duration 1h');
    const short = script.replace('--duration 1h', '--duration 100ms');
    for (let index = 0; index < completions; index++) {
      const ran = shell(torture.command, short, { ...set, JOB_COMPLETION_INDEX: String(index) });
      expect(ran).toMatchObject({ status: 0, stdout: '', stderr: '' });
      const text = fs.readFileSync(path.join(results, `shard-${index}.json`), 'utf8');
      expect(JSON.parse(text).plan.shard).toEqual({ index: index + 1, count: completions });
      expect(fs.existsSync(path.join(results, `shard-${index}.ndjson`))).toBe(true);
    }
    const ran = shell(reporting.command, reporting.args[0].replaceAll('/results', results), {});
    expect(ran.stderr).not.toContain('error');
    expect(ran.status).toBe(0);
    expect(ran.stdout).toMatch(/remove-find-open-get/);
    for (const file of ['report.html', 'report.xml']) {
      expect(fs.statSync(path.join(results, file)).size).toBeGreaterThan(500);
    }
  }, 120_000);
});

describe('GitHub Actions', () => {
  const [workflow] = load('github-actions/matrix-shards.yml') as [Workflow];
  const { shard: job, report } = workflow.jobs;
  const { shard: shards } = job.strategy.matrix;
  const runOf = ({ steps }: ActionsJob): string =>
    steps.find(({ run }) => run !== undefined)?.run ?? '';
  const bash = ['bash', '-e', '-o', 'pipefail', '-c'];
  /** Of the expressions this is the only one in a script. */
  const ofShard = (script: string, shard: number): string => {
    const own = script.replaceAll(/\$\{\{ matrix\.shard \}\}/g, String(shard));
    expect(own).not.toContain('{{');
    return own;
  };

  test('has only fields that are documented, and finds one that is not', () => {
    expect(unknownFields(workflow, WORKFLOW)).toEqual([]);
    const typo = { ...workflow, jobs: { ...workflow.jobs, a: { 'runs-onn': 'x' } } };
    expect(unknownFields(typo, WORKFLOW)).toEqual(['.jobs.a.runs-onn']);
  });

  test('a job for each shard, and one that waits for all of them', () => {
    expect(shards).toEqual(shards.map((_, i) => i + 1));
    expect(ofShard(runOf(job), 1)).toContain(`--shard 1/${shards.length} `);
    expect(job.strategy['fail-fast']).toBe(false);
    expect(report).toMatchObject({ needs: 'shard', if: expect.stringContaining('!cancelled()') });
    for (const { uses } of [...job.steps, ...report.steps]) {
      if (uses !== undefined) expect(uses).toMatch(/^actions\/[a-z-]+@v\d+$/);
    }
  });

  test('its commands run: every shard, and the report of all', () => {
    const work = path.join(folder, 'actions');
    fs.mkdirSync(work);
    const fewer = 'matrix --scenarios create-find,remove-open ';
    for (const shard of shards) {
      const own = ofShard(runOf(job), shard).replace('matrix ', fewer);
      expect(own).toContain(fewer);
      expect(shell(bash, own, {}, work)).toMatchObject({ status: 0, stdout: '' });
    }
    const ran = shell(bash, runOf(report), {}, work);
    expect(ran.stderr).not.toContain('error');
    expect(ran.status).toBe(0);
    expect(ran.stdout).toMatch(/512 cells exhausted/);
    const uploaded = report.steps.at(-1)?.with?.path?.trim().split('\n') ?? [];
    expect(uploaded.length).toBeGreaterThan(1);
    for (const file of uploaded) expect(fs.existsSync(path.join(work, file))).toBe(true);
  }, 120_000);

  test('a fault in a shard is a result, a wrong command is not', () => {
    const instead = (words: string): Ran =>
      shell(bash, ofShard(runOf(job), 1).replace(/matrix --shard \S+/, words), {});
    expect(instead('explore create-find --patches all,-02').status).toBe(0);
    expect(instead('explore no-such-scenario').status).not.toBe(0);
  });
});

test('the commands of the guide run, one after another', () => {
  const text = fs.readFileSync(path.join(root, 'docs', 'guides', 'scale-out.md'), 'utf8');
  const scripts = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, script = '']) => script);
  expect(scripts.length).toBeGreaterThan(2);
  const work = path.join(folder, 'guide');
  fs.mkdirSync(work);
  for (const script of scripts) {
    const short = script
      .replace('dmtorture matrix', 'dmtorture matrix --scenarios create-find')
      .replace('24h', '200ms')
      .replaceAll('20000', '200');
    const { status, stderr } = shell(['sh', '-e', '-c'], short, {}, work);
    expect(stderr).not.toContain('error');
    expect(status).toBe(0);
  }
  for (const file of ['report.html', 'day.json', 'day.ndjson']) {
    expect(fs.statSync(path.join(work, file)).size).toBeGreaterThan(500);
  }
});
