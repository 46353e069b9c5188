// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of workflows are what is tested.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../package.json' with { type: 'json' };
import { mayWrite, scriptFaults, supplyFaults, type Workflow } from './workflow-rules.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, '.github', 'workflows');

const files = await Promise.all(
  (await readdir(folder)).map(async (name) => {
    const text = await readFile(join(folder, name), 'utf8');
    return { name, text, workflow: parse(text, { strict: true }) as Workflow };
  }),
);
const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8');
/** Lists of what is in an image that a release attests. */
const LISTS = ['sbom.cdx.json', 'sbom-amd64.cdx.json', 'sbom-arm64.cdx.json'];
const textOf = (wanted: string) => files.find(({ name }) => name === wanted)?.text ?? '';
const jobsOf = (wanted: string) => files.find(({ name }) => name === wanted)?.workflow.jobs ?? {};

it('there is one for changes and one for releases', () => {
  expect(files.map(({ name }) => name).sort()).toEqual(['ci.yml', 'release.yml']);
});

describe.each(files)('$name', ({ text, workflow }) => {
  it('runs only code that is pinned, and lets only jobs that run none of it write', () => {
    expect(supplyFaults(text)).toEqual([]);
  });

  it('says that it has not been run yet', () => {
    expect(text).toContain('Written where it cannot run');
  });

  it('ends by itself, and runs scripts that are there', () => {
    for (const job of Object.values(workflow.jobs)) {
      if (job.uses === undefined) expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
      for (const { run = '' } of job.steps ?? [])
        for (const [, script] of run.matchAll(/npm run (?:--silent )?([\w:]+)/g))
          expect(packageJson.scripts).toHaveProperty([`${script}`]);
    }
  });
});

describe('a release', () => {
  const jobs = jobsOf('release.yml');

  it('publishes what was checked, for both architectures, in the jobs that may', () => {
    expect(jobs['check']?.uses).toBe('./.github/workflows/ci.yml');
    expect(jobs['image']).toMatchObject({
      needs: ['check', 'base'],
      strategy: { matrix: { include: [{ arch: 'amd64' }, { arch: 'arm64' }] } },
    });
    expect(jobs['publish']?.needs).toEqual(['check', 'base', 'image']);
    const writing = files.flatMap(({ name, workflow }) =>
      Object.entries(workflow.jobs)
        .filter(([, job]) => mayWrite(workflow, job))
        .map(([job, { permissions }]) => [name, job, permissions]),
    );
    expect(writing).toEqual([
      ['release.yml', 'publish', { packages: 'write', 'id-token': 'write' }],
      ['release.yml', 'npm', { 'id-token': 'write' }],
      ['release.yml', 'bundles', { contents: 'write', 'id-token': 'write' }],
    ]);
    expect(jobs['package']?.needs).toEqual(['check', 'base']);
  });

  it('compares every file that it publishes with the hash of the job that made it', () => {
    const steps = jobs['publish']?.steps ?? [];
    const compared = steps.find(({ run }) => run?.includes('sha256sum --check'))?.run ?? '';
    const later = steps.map(({ run = '' }) => run).filter((run) => run !== compared);
    for (const file of [...LISTS, 'image-amd64.tar', 'image-arm64.tar']) expect(compared).toContain(` ${file} `);
    const used = later.join('\n').match(/\b[\w-]+\.(?:cdx\.json|tgz|zip)\b/g) ?? [];
    expect(used.filter((file) => !LISTS.includes(file))).toEqual([]);
  });

  it('attests of each image the list that is in it, and of both the packages in the bundle', () => {
    const [made = '', ...others] = (jobs['image']?.steps ?? []).flatMap(({ run = '' }) =>
      run.includes('docker cp') ? [run] : [],
    );
    expect(others).toEqual([]);
    const list = /\/usr\/share\/sbom\/[\w.-]+/.exec(made)?.[0] ?? '?';
    expect(dockerfile).toContain(`>${list.slice(1)};`);
    const attested = (jobs['publish']?.steps ?? []).flatMap(({ run = '' }) => [
      ...run.matchAll(/cosign attest .*--predicate (\S+) "\$image@(.+)"$/gm),
    ]);
    expect(attested.map(([, file, of]) => [file, of])).toEqual([
      ['sbom.cdx.json', '$digest'],
      ['sbom-amd64.cdx.json', '$(cat amd64.digest)'],
      ['sbom-arm64.cdx.json', '$(cat arm64.digest)'],
    ]);
  });

  it('takes the hash of the list from the job that writes and scans it', () => {
    const called = jobsOf('ci.yml')['supply-chain'];
    expect(called?.outputs).toEqual({ 'sbom-sha256': '${{ steps.sbom.outputs.sha256 }}' });
    expect(parse(textOf('ci.yml'))).toHaveProperty(
      'on.workflow_call.outputs.sbom-sha256.value',
      '${{ jobs.supply-chain.outputs.sbom-sha256 }}',
    );
  });
});

it('both architectures are checked, with the container tests', () => {
  const ci = jobsOf('ci.yml')['check'];
  expect(ci).toMatchObject({ strategy: { matrix: { runner: ['ubuntu-24.04', 'ubuntu-24.04-arm'] } } });
  expect(ci?.steps?.at(-1)).toMatchObject({ run: '.ci/run', env: { CONTAINER: 'require' } });
});

describe('the rules see', () => {
  const install = 'run: npm ci --ignore-scripts';
  const login = 'run: docker login ghcr.io --username "$GITHUB_ACTOR" --password-stdin <<<"$TOKEN"';
  const cosign = '- uses: sigstore/cosign-installer@6f9f17788090df1f26f669e9d70d6ae9567deba6 # v4.1.2';
  const release: readonly (readonly [what: string, before: string, after: string, fault: RegExp])[] = [
    ['an action by tag', '@6f9f17788090df1f26f669e9d70d6ae9567deba6', '@v4', /not pinned/],
    ['an action by a short commit', '@6f9f17788090df1f26f669e9d70d6ae9567deba6', '@6f9f177', /not pinned/],
    ['an action that is an image', cosign, '- uses: docker://alpine:3 # v3.0.0', /not pinned/],
    ['a called workflow by branch', './.github/workflows/ci.yml', 'a/b/.github/workflows/c.yml@main', /not pinned/],
    ['a commit without its tag', ' # v4.1.2', '', /lacks its tag/],
    ['rights for all jobs', 'permissions:\n  contents: read\n', 'permissions: write-all\n', /may more than read/],
    [
      'a signing right for all jobs',
      '  contents: read\n',
      '  contents: read\n  id-token: write\n',
      /may more than read/,
    ],
    ['no rights named', 'permissions:\n  contents: read\n', '', /may more than read/],
    ['a trigger with our rights', 'on:\n  push:', 'on:\n  pull_request_target:\n  push:', /strangers send/],
    ['a publisher that a pull request starts', 'on:\n  push:', 'on:\n  pull_request:\n  push:', /from a tag alone/],
    ['an install in the publisher', login, 'run: npm ci', /publish: installs with scripts/],
    ['an install without scripts in the publisher', login, install, /publish: may write, and runs code: npm/],
    ['a script of the checkout', login, 'run: ./publish.sh', /runs code: \.\/publish/],
    [
      'a publish of what a job builds',
      'npm publish --ignore-scripts --provenance --access public package.tgz',
      'npm publish --provenance',
      /npm: may write, and runs code: npm/,
    ],
    ['a publish with its scripts', 'publish --ignore-scripts', 'publish', /npm: may write, and runs code: npm/],
    ['an extension of gh', 'gh release create', 'gh extension install', /bundles: may write, and runs code: gh/],
    ['a build in the publisher', 'skopeo copy', 'docker build', /runs code: docker build/],
    ['a run of the image in the publisher', 'skopeo copy', 'docker run', /runs code: docker run/],
    [
      'a checkout in the publisher',
      cosign,
      cosign.replace('sigstore/cosign-installer', 'actions/checkout'),
      /uses actions\/checkout/,
    ],
    [
      'a cache in the publisher',
      cosign,
      cosign.replace('sigstore/cosign-installer', 'actions/cache'),
      /uses actions\/cache/,
    ],
    ['another secret', 'secrets.GITHUB_TOKEN', 'secrets.NPM_TOKEN', /holds the secret NPM_TOKEN/],
    ['hashes that are not compared', 'sha256sum --check --strict', 'cat', /before their hashes are compared/],
    [
      'a comparison that may fail',
      'sha256sum --check --strict',
      'sha256sum --check --strict || true',
      /before their hashes/,
    ],
    [
      'a hash that came with the file',
      '${{ needs.image.outputs.amd64 }}',
      '${{ steps.a.outputs.b }}',
      /AMD64 comes from no job/,
    ],
    [
      'a hash of a job that is not waited for',
      'needs: [check, base, image]',
      'needs: [check, base]',
      /AMD64 comes from no job/,
    ],
    ['a hash that is not handed over', '      amd64: ${{ steps', '      x86: ${{ steps', /hands over no amd64/],
    [
      'a build that may publish',
      '    runs-on: ${{ matrix.runner }}\n',
      '    permissions:\n      packages: write\n    runs-on: x\n',
      /image, which makes the files, may write/,
    ],
    [
      'a called workflow that may sign',
      '    uses: ./.github',
      '    permissions: { id-token: write }\n    uses: ./.github',
      /hands its rights/,
    ],
    [
      'secrets for a called workflow',
      '    uses: ./.github/workflows/ci.yml\n',
      '    uses: ./.github/workflows/ci.yml\n    secrets: inherit\n',
      /hands secrets/,
    ],
    [
      'a base image by tag',
      '"NODE_IMAGE=$BASE_NAME@$BASE_DIGEST"',
      '"NODE_IMAGE=$BASE_NAME"',
      /not named by its digest/,
    ],
    [
      'a build on the default',
      '            --build-arg "NODE_IMAGE=$BASE_NAME@$BASE_DIGEST" \\\n',
      '',
      /not named by its digest/,
    ],
    [
      'a digest that nothing looks at',
      '[[ "$BASE_DIGEST" =~ ^sha256:[0-9a-f]{64}$ ]]',
      'true',
      /not named by its digest/,
    ],
    ['a digest of any form', '^sha256:[0-9a-f]{64}$', '^sha256:', /not named by its digest/],
    [
      'a job in an image by tag',
      '    timeout-minutes: 5\n',
      '    timeout-minutes: 5\n    container: node:24\n',
      /named by a tag/,
    ],
    [
      'a service by tag',
      '    timeout-minutes: 5\n',
      '    timeout-minutes: 5\n    services: { r: { image: registry:2 } }\n',
      /named by a tag/,
    ],
    ['a token left in a checkout', 'persist-credentials: false', 'fetch-depth: 1', /leaves its token/],
    ['an expression in a script', '"v$(jq', '"${{ github.ref }}$(jq', /pastes an expression/],
    ['a script that bash cannot read', 'done\n', '\n', /bash cannot read/],
    ['a shell without pipefail', '    shell: bash', '    shell: sh', /inside a pipe/],
    [
      'a download',
      "jq -e '[.manifests[].platform",
      "curl example.org | jq -e '[.manifests[].platform",
      /without a hash/,
    ],
  ];
  it.each(release)('%s', (_what, before, after, fault) => {
    const text = textOf('release.yml');
    expect(text).toContain(before);
    expect(supplyFaults(text.replaceAll(before, () => after)).join('\n')).toMatch(fault);
  });

  it.each([
    'npm ci',
    'npm i',
    'npm install --ignore-scripts left-pad',
    'npm ci && echo --ignore-scripts',
    'npm ci; echo --ignore-scripts',
    'npx cowsay',
    'npx --yes cowsay',
    'npm exec cowsay',
    'yarn',
    'wget -q example.org/x.sh',
  ])('in any script: %s', (script) => {
    expect(scriptFaults(script)).not.toEqual([]);
  });
});

describe('outside workflows', () => {
  it('.ci/run installs by the lock file and without scripts', async () => {
    const script = await readFile(join(root, '.ci/run'), 'utf8');
    expect(script).toContain('npm ci --ignore-scripts && npm run --silent dependencies');
    expect(scriptFaults(script)).toEqual([]);
  });

  it('the image is built on one base, without install scripts and without downloads', async () => {
    const lines = (await readFile(join(root, 'Dockerfile'), 'utf8')).replaceAll('\\\n', ' ').split('\n');
    const from = lines.flatMap((line) => /^FROM (\S+)(?: AS (\S+))?$/.exec(line)?.slice(1, 2) ?? []);
    expect(from).toEqual(['${NODE_IMAGE}', '${NODE_IMAGE}', 'scratch']);
    expect(lines.filter((line) => /^(?:ARG|ENV) NODE_IMAGE/.test(line))).toHaveLength(1);
    expect(lines.filter((line) => /^(?:ADD|COPY --from=[^ ]*[:/])/.test(line))).toEqual([]);
    for (const line of lines.filter((one) => one.startsWith('RUN '))) expect(scriptFaults(line.slice(4))).toEqual([]);
  });
});
