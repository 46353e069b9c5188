import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../package.json' with { type: 'json' };

const folder = join(import.meta.dirname, '..', '.github', 'workflows');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const files = await Promise.all(
  (await readdir(folder)).map(async (name) => {
    const text = await readFile(join(folder, name), 'utf8');
    return { name, text, workflow: parse(text, { strict: true }) as Workflow };
  }),
);
const jobs = files.flatMap(({ name, workflow }) =>
  Object.entries(workflow.jobs).map(([job, value]) => ({
    name: `${name} ${job}`,
    job: value,
    steps: value.steps ?? [],
  })),
);

it('there is one for changes and one for releases', () => {
  expect(files.map(({ name }) => name).sort()).toEqual(['ci.yml', 'release.yml']);
});

describe.each(files)('$name', ({ text, workflow }) => {
  it('pins every action by the full hash of a commit, with its tag beside', () => {
    const used = [...text.matchAll(/uses: (\S+)(.*)$/gm)].filter(([, action]) => !action?.startsWith('./'));
    expect(used.length).toBeGreaterThan(0);
    for (const [, action, comment] of used) {
      expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      expect(comment).toMatch(/^ # v\d+\.\d+\.\d+$/);
    }
  });

  it('may do nothing but read, unless a job says otherwise, and never runs strangers with our secrets', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(Object.keys(workflow.on)).not.toContain('pull_request_target');
  });

  it('says that it has not been run yet', () => {
    expect(text).toContain('Written where it cannot run');
  });
});

describe.each(jobs)('$name', ({ job, steps }) => {
  it('ends by itself, and leaves no token in the checkout', () => {
    if (job.uses === undefined) expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
    for (const { uses, with: given } of steps)
      if (uses?.startsWith('actions/checkout@')) expect(given?.['persist-credentials']).toBe(false);
  });

  it('has scripts that bash can read, into which no expression is pasted', () => {
    for (const { run } of steps) {
      if (run === undefined) continue;
      expect(run).not.toContain('${{');
      expect(spawnSync('bash', ['-n'], { input: run, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
      for (const [, script] of run.matchAll(/npm run (?:--silent )?([\w:]+)/g))
        expect(packageJson.scripts).toHaveProperty([`${script}`]);
    }
  });
});

it('both architectures are checked before anything is published, and only the signing job can prove who it is', () => {
  const release = files.find(({ name }) => name === 'release.yml')?.workflow.jobs ?? {};
  expect(release['check']?.uses).toBe('./.github/workflows/ci.yml');
  expect([release['image'], release['publish']]).toMatchObject([{ needs: 'check' }, { needs: 'image' }]);
  const proving = Object.entries(release).filter(([, { permissions }]) => permissions?.['id-token'] === 'write');
  expect(proving.map(([name]) => name)).toEqual(['publish']);
  const ci = files.find(({ name }) => name === 'ci.yml')?.workflow.jobs['check'];
  expect(ci).toMatchObject({ strategy: { matrix: { runner: ['ubuntu-24.04', 'ubuntu-24.04-arm'] } } });
  expect(ci?.steps?.at(-1)).toMatchObject({ run: '.ci/run', env: { CONTAINER: 'require' } });
});
