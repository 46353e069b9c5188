import { spawnSync } from 'node:child_process';
import { parse } from 'yaml';

export interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Job {
  readonly uses?: string;
  readonly needs?: string | readonly string[];
  readonly steps?: readonly Step[];
  readonly permissions?: Permissions;
  readonly container?: string | { readonly image: string };
  readonly services?: Readonly<Record<string, { readonly image: string }>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly secrets?: unknown;
  readonly strategy?: unknown;
  readonly 'timeout-minutes'?: number;
}

export type Permissions = string | Readonly<Record<string, string>>;

export interface Workflow {
  readonly on: unknown;
  readonly permissions?: Permissions;
  readonly defaults?: { readonly run?: { readonly shell?: string } };
  readonly jobs: Readonly<Record<string, Job>>;
}

/** What may be used where a job can publish or sign: nothing that runs code of packages, of the checkout or of a cache. */
const ACTIONS_OF_A_PUBLISHER = ['actions/download-artifact', 'sigstore/cosign-installer'];
/** Programs that run, build or fetch code; those that only move files, by digest or as they were handed over, are left. */
const RUNS_CODE =
  /(?:^|[\s;&|($`"'])(?:npm(?! publish --ignore-scripts [\w -]+\.tgz$)|npx|node|corepack|yarn|pnpm|bun|deno|python3?|pip3?|ruby|perl|make|go|cargo|git|gh(?! release create )|sh|bash|source|eval|apt|apt-get|docker (?:run|build|load|compose|exec)|docker buildx b\w+|\.{1,2}\/\S+)(?=[\s;&|)`"']|$)/m;
const DIGEST_CHECK = /=~ \^sha256:\[0-9a-f\]\{64\}\$ \]\]/;
const FROM_A_JOB = /^\$\{\{ needs\.([\w-]+)\.outputs\.([\w-]+) \}\}$/;

/** Whether a job's token may change anything; a job without permissions of its own has those of the workflow. */
export function mayWrite(workflow: Workflow, job: Job): boolean {
  const permissions = job.permissions ?? workflow.permissions ?? 'write-all';
  if (typeof permissions === 'string') return permissions !== 'read-all' && permissions !== '';
  return Object.values(permissions).includes('write');
}

/** Returns what is wrong with where a workflow's code comes from and with who may do what, one sentence each. */
export function supplyFaults(text: string): string[] {
  const workflow = parse(text, { strict: true }) as Workflow;
  const faults: string[] = [];
  if (JSON.stringify(workflow.permissions) !== '{"contents":"read"}')
    faults.push('the workflow may more than read contents');
  const triggers = triggersOf(workflow);
  for (const trigger of triggers)
    if (!['push', 'pull_request', 'schedule', 'workflow_call', 'workflow_dispatch'].includes(trigger))
      faults.push(`${trigger} runs with our rights on what strangers send`);
  if (workflow.defaults?.run?.shell !== 'bash') faults.push('a failure inside a pipe is not seen');
  for (const [, used = '', comment = ''] of text.matchAll(/\buses: *(\S+)(.*)$/gm))
    if (!isPinned(used)) faults.push(`${used} is not pinned by a commit`);
    else if (!used.startsWith('./') && !/^ # v\d+\.\d+\.\d+$/.test(comment)) faults.push(`${used} lacks its tag`);
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const own = jobFaults(job);
    if (mayWrite(workflow, job)) own.push(...publisherFaults(workflow, job, triggers));
    faults.push(...own.map((fault) => `${name}: ${fault}`));
  }
  return faults;
}

function triggersOf({ on }: Workflow): string[] {
  if (typeof on === 'string') return [on];
  return Array.isArray(on) ? on.map(String) : Object.keys(on as object);
}

function isPinned(used: string): boolean {
  return used.startsWith('./') || /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(used);
}

function jobFaults(job: Job): string[] {
  const faults: string[] = [];
  const images = [job.container, ...Object.values(job.services ?? {})].filter((image) => image !== undefined);
  for (const given of images) {
    const image = typeof given === 'string' ? given : given.image;
    if (!/@sha256:[0-9a-f]{64}$/.test(image)) faults.push(`the image ${image} is named by a tag`);
  }
  if (job.secrets !== undefined) faults.push('hands secrets to another workflow');
  for (const step of job.steps ?? []) {
    faults.push(...(step.run === undefined ? [] : scriptFaults(step.run)));
    if (step.uses?.startsWith('actions/checkout@') === true && step.with?.['persist-credentials'] !== false)
      faults.push('leaves its token in the checkout');
    if (step.run !== undefined && buildsImage(step.run)) faults.push(...imageFaults(step));
  }
  return faults;
}

/** Returns what is wrong with a shell script: of a workflow, of CI, or of a Dockerfile. */
export function scriptFaults(script: string): string[] {
  const faults: string[] = [];
  if (script.includes('${{')) faults.push('pastes an expression into a script');
  const trouble = syntaxTrouble(script);
  if (trouble !== '') faults.push(`bash cannot read a script: ${trouble}`);
  for (const command of script.replaceAll('\\\n', ' ').split(/\n|&&|\|\||;/)) {
    if (/^\s*#/.test(command)) continue;
    if (/\b(?:npm (?:ci|i|install|add|update|rebuild|exec|x|link)|yarn|pnpm|bun)\b/.test(command))
      if (!/\bnpm ci\b.*\s--ignore-scripts\b/.test(command)) faults.push(`installs with scripts: ${command.trim()}`);
    if (/\bnpx\b/.test(command) && !/\bnpx --no-install\b/.test(command))
      faults.push(`fetches what it runs: ${command.trim()}`);
    if (/\b(?:curl|wget)\b/.test(command)) faults.push(`fetches without a hash: ${command.trim()}`);
  }
  return faults;
}

const readByBash = new Map<string, string>();

function syntaxTrouble(script: string): string {
  const known = readByBash.get(script);
  if (known !== undefined) return known;
  const { status, stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });
  const trouble = status === 0 ? '' : stderr || `exit ${status}`;
  readByBash.set(script, trouble);
  return trouble;
}

function buildsImage(script: string): boolean {
  return /\bdocker (?:buildx )?b(?:uild|ake)\b/.test(script);
}

/** An image that a workflow builds is built on a base that another job named, by its digest. */
function imageFaults({ run = '', env = {} }: Step): string[] {
  const [, name = '', digest = ''] = /--build-arg "NODE_IMAGE=\$(\w+)@\$(\w+)"/.exec(run) ?? [];
  const named = FROM_A_JOB.test(env[name] ?? '') && FROM_A_JOB.test(env[digest] ?? '');
  return named && DIGEST_CHECK.test(run) && run.includes(`[[ "$${digest}" =~`)
    ? []
    : ['builds an image on a base that is not named by its digest'];
}

/** What only a job that may write has to keep. */
function publisherFaults(workflow: Workflow, job: Job, triggers: readonly string[]): string[] {
  const faults: string[] = [];
  if (typeof job.permissions !== 'object') faults.push('does not name what it may write');
  if (triggers.some((trigger) => trigger !== 'push')) faults.push('may write, and does not start from a tag alone');
  if (job.uses !== undefined) faults.push('hands its rights to another workflow');
  const steps = job.steps ?? [];
  for (const [index, { uses, run, env = {}, with: given = {} }] of steps.entries()) {
    const action = uses?.replace(/@.*/, '');
    if (action !== undefined && !ACTIONS_OF_A_PUBLISHER.includes(action)) faults.push(`may write, and uses ${action}`);
    const code = RUNS_CODE.exec(run?.replaceAll(/^\s*#.*$/gm, '') ?? '');
    if (code !== null) faults.push(`may write, and runs code: ${code[0].trim()}`);
    if (action === 'actions/download-artifact') faults.push(...handOverFaults(workflow, job, steps[index + 1]));
    for (const value of [...Object.values(env), ...Object.values(given)])
      for (const [, secret] of String(value).matchAll(/secrets\.(\w+)/g))
        if (secret !== 'GITHUB_TOKEN') faults.push(`holds the secret ${secret}`);
  }
  return faults;
}

/** After files of other jobs have come, the next step compares each with a hash that came another way. */
function handOverFaults(workflow: Workflow, job: Job, next: Step | undefined): string[] {
  const { run = '', env = {} } = next ?? {};
  if (!/\| sha256sum --check --strict\s*$/.test(run))
    return ['uses handed-over files before their hashes are compared'];
  const faults: string[] = [];
  const used = [...run.matchAll(/"\$(\w+)"/g)].map(([, name]) => `${name}`);
  if (used.length === 0) faults.push('compares no hash');
  for (const name of used) {
    const [, from = '', output = ''] = FROM_A_JOB.exec(env[name] ?? '') ?? [];
    const source = workflow.jobs[from];
    if (source === undefined || ![job.needs].flat().includes(from)) faults.push(`the hash ${name} comes from no job`);
    else if (source.uses === undefined && source.outputs?.[output] === undefined)
      faults.push(`${from} hands over no ${output}`);
    else if (mayWrite(workflow, source)) faults.push(`${from}, which makes the files, may write`);
  }
  return faults;
}
