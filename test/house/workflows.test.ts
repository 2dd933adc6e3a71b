import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

const root = path.join(__dirname, '../..');
const folder = path.join(root, '.github', 'workflows');
const { scripts } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

interface Job {
  'runs-on': string;
  steps: { run?: string; uses?: string }[];
  permissions?: Record<string, string>;
  needs?: string | string[];
  strategy?: { matrix: { node?: number[]; include?: Record<string, string>[] } };
}

/** What is wrong with the text of a workflow, one line each. */
function mistakes(text: string): string[] {
  const { on, jobs } = parse(text) as { on?: unknown; jobs?: Record<string, Job> };
  if (!on || !jobs) return ['no `on` or no `jobs`'];
  return Object.entries(jobs).flatMap(([name, job]) => {
    const wrong = job['runs-on'] ? [] : [`${name}: runs nowhere`];
    for (const needed of [job.needs ?? []].flat()) {
      if (!jobs[needed]) wrong.push(`${name}: needs ${needed}`);
    }
    for (const { run, uses } of job.steps) {
      if (!run === !uses) wrong.push(`${name}: a step that runs nothing, or two things`);
      const script = /npm run ([\w:-]+)/.exec(run ?? '')?.[1];
      if (script && !scripts[script]) wrong.push(`${name}: npm run ${script}`);
      const file = /(?:node|bash) ([\w./-]+\/[\w.-]+)/.exec(run ?? '')?.[1];
      const made = file?.startsWith('dist/');
      if (file && !made && !fs.existsSync(path.join(root, file))) wrong.push(`${name}: ${file}`);
    }
    return wrong;
  });
}

const read = (name: string): string => fs.readFileSync(path.join(folder, name), 'utf8');

describe('workflows', () => {
  test.each(fs.readdirSync(folder))('%s names what is there', (name) => {
    expect(mistakes(read(name))).toEqual([]);
  });

  test.each([
    ['runs-on: ubuntu-24.04', 'runs-off: ubuntu-24.04', 'test: runs nowhere'],
    ['npm run test:package', 'npm run test:parcel', 'test: npm run test:parcel'],
    ['needs: prebuilds', 'needs: postbuilds', 'test: needs postbuilds'],
  ])('%s has to be right', (right, wrong, said) => {
    expect(mistakes(read('release.yml').replaceAll(right, wrong))).toContain(said);
  });

  test('run on the Node versions that the package is tested on', () => {
    const kit = fs.readFileSync(path.join(root, 'test/package/kit.mjs'), 'utf8');
    const majors = /NODE_MAJORS = (\[.*\])/.exec(kit)?.[1] ?? '';
    const { jobs } = parse(read('ci.yml')) as { jobs: Record<string, Job> };
    expect(jobs.library?.strategy?.matrix.node).toEqual(JSON.parse(majors));
  });

  test('publish what was tested, with its provenance and without a token', () => {
    const { jobs } = parse(read('release.yml')) as { jobs: Record<string, Job> };
    const publish = jobs.publish;
    expect(publish?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(publish?.needs).toEqual(['prebuilds', 'test']);
    expect(publish?.steps.at(-1)?.run).toBe('npm publish --provenance --access public');
    expect(read('release.yml')).not.toContain('secrets.');
  });
});
