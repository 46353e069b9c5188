import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEADLINE_MS, type Ended, inTime, start } from './command.ts';
import { copyInstallation, type Installation, makeOriginal, SIGNED } from './installation.ts';
import { applyChange, storageChanges } from './storage-changes.ts';

const SLOW = process.env['SLOW'] === '1';
const CASES = Number(process.env['FUZZ_PROCESS_CASES'] ?? (SLOW ? 300 : 2));
const SEED = Number(process.env['FUZZ_SEED'] ?? (SLOW ? Math.floor(Math.random() * 2 ** 31) : 20_261_125));
const MAX_BYTES = 256 * 1_048_576;
const KEY_ID = SIGNED.keys[1]?.keyId ?? '';
// An age recipient whose private key is nowhere: nobody opens these backups.
const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

/** Every command that reads; `%` stands for a folder of this case. */
const COMMANDS = [
  'list --deleted --json',
  'list --names',
  'get claude-desktop/default --json',
  'get notes/logo --json',
  'get team/limits@1 --json',
  'get notes/scratch@1 --json',
  'log claude-desktop/default --json',
  'diff claude-desktop/default@1 claude-desktop/default@2 --json',
  'diff claude-desktop/default --draft',
  'draft list --json',
  'draft show notes/picture',
  'keys list --json',
  `keys show ${KEY_ID} --public`,
  'status --json',
  'health --json',
  'verify --json',
  'verify claude-desktop/default --depth signatures',
  'gc --json',
  'export claude-desktop/default --out %/exported --json',
  `backup --out %/backup.age --recipient ${RECIPIENT} --json`,
  'telemetry --json',
  'telemetry verify --json',
  'rebuild --json',
] as const;

/** What a client asks a server, one after the other. */
const REQUESTS: readonly (readonly [method: string, params: object])[] = [
  ['tools/list', {}],
  ['tools/call', { name: 'list_configs', arguments: { include_deleted: true } }],
  ['tools/call', { name: 'get_config', arguments: { name: 'claude-desktop/default' } }],
  ['tools/call', { name: 'get_config', arguments: { name: 'notes/picture', draft: true } }],
  ['tools/call', { name: 'list_history', arguments: { name: 'claude-desktop/default' } }],
  ['tools/call', { name: 'diff_configs', arguments: { name: 'claude-desktop/default', from: 1, to: 2 } }],
  ['tools/call', { name: 'validate_config', arguments: { name: 'claude-desktop/default', draft: true } }],
  ['tools/call', { name: 'verify_store', arguments: {} }],
  ['tools/call', { name: 'check_health', arguments: {} }],
  ['tools/call', { name: 'review_telemetry', arguments: {} }],
  ['resources/list', {}],
  ['resources/read', { uri: 'config://claude-desktop/default' }],
  ['resources/read', { uri: 'store://health' }],
  ['resources/read', { uri: 'store://log' }],
];

let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'fuzz-'));
  await makeOriginal(root);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Answer {
  readonly verified?: boolean;
  readonly name?: string;
  readonly version?: number;
  readonly digest?: string;
}

/** Says when an answer that counts as verified is not what was signed. */
function falsehood({ verified, name = '', version, digest }: Answer, newest: boolean): string[] {
  if (verified !== true) return [];
  const signed = SIGNED.configs[name]?.find((one) => one.version === version);
  if (digest?.replace('sha256:', '') !== signed?.digest) return [`${name}@${version} was never signed so`];
  return newest && SIGNED.configs[name]?.[0].version !== version ? [`${name}@${version} is said to be the newest`] : [];
}

async function runCommand(installation: Installation, command: string, seen: boolean): Promise<string[]> {
  const args = command.replaceAll('%', installation.tmp).split(' ');
  const { child, ended } = start(installation, args);
  child.stdin.end();
  const end = await inTime(child, ended);
  const problems = processProblems(end);
  if (command.startsWith('get ') && end.code === 0)
    problems.push(...falsehood(JSON.parse(end.stdout) as Answer, seen && !command.includes('@')));
  return problems.map((problem) => `${command}: ${problem}`);
}

/** What holds for every process, whatever it was asked. */
function processProblems({ code, stderr, peakBytes }: Ended): string[] {
  const problems: string[] = [];
  if (code === undefined) problems.push('did not end in time');
  else if (code === null || code === 70 || code > 128) problems.push(`ends with ${code}: ${stderr}`);
  if (/^\s+at .+:\d+/m.test(stderr)) problems.push(`shows a stack: ${stderr}`);
  if (!(peakBytes < MAX_BYTES) && code !== undefined) problems.push(`had ${Math.round(peakBytes / 1_048_576)} MiB`);
  return problems;
}

async function runServer(installation: Installation, seen: boolean): Promise<string[]> {
  const { child, ended } = start(installation, ['serve']);
  const problems: string[] = [];
  const waiting = new Map<number, (message: Record<string, unknown>) => void>();
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = JSON.parse(line) as Record<string, unknown>;
      waiting.get(message['id'] as number)?.(message);
    }
  });
  let last = 0;
  const ask = async (method: string, params: object) => {
    const id = ++last;
    const { promise, resolve } = Promise.withResolvers<Record<string, unknown> | undefined>();
    waiting.set(id, resolve);
    const timer = setTimeout(() => resolve(undefined), DEADLINE_MS);
    void ended.then(() => resolve(undefined));
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    const answer = await promise;
    clearTimeout(timer);
    const question = `${method} ${JSON.stringify(params)}`;
    if (answer === undefined) problems.push(`${question}: no answer in time`);
    const error = answer?.['error'] as { code: number; message: string } | undefined;
    // A resource that cannot be read has no other way to say the code and the reason.
    if (error?.code === -32603 && !/^(?!INTERNAL)[A-Z_]+: /.test(error.message))
      problems.push(`${question}: ${error.message}`);
    const result = answer?.['result'] as { structuredContent?: Answer & { code?: string } } | undefined;
    if (result?.structuredContent?.code === 'INTERNAL') problems.push(`${question}: ${JSON.stringify(result)}`);
    if (question.includes('get_config') && !question.includes('draft'))
      problems.push(...falsehood(result?.structuredContent ?? {}, seen));
  };
  const clientInfo = { name: 'fuzz', version: '1' };
  await ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  for (const [method, params] of REQUESTS) await ask(method, params);
  child.stdin.end();
  problems.push(...processProblems(await inTime(child, ended)));
  return problems.map((problem) => `serve: ${problem}`);
}

it(
  `whatever is changed below storage (seed ${SEED}): every command and the server answer or end`,
  async () => {
    let made = 0;
    const property = fc.asyncProperty(storageChanges, fc.boolean(), async (changes, seen) => {
      const installation = copyInstallation(root, `case-${made++}`, seen);
      const words = changes.map((change) => applyChange(change, installation));
      const changed = installation.watch(['tmp']);
      const problems: string[] = [];
      const todo: (() => Promise<string[]>)[] = [
        () => runServer(installation, seen),
        ...COMMANDS.map((command) => () => runCommand(installation, command, seen)),
      ];
      const lanes = [0, 1].map(async () => {
        for (let next = todo.shift(); next !== undefined; next = todo.shift()) problems.push(...(await next()));
      });
      await Promise.all(lanes);
      problems.push(...changed());
      rmSync(join(root, `case-${made - 1}`), { recursive: true, force: true });
      expect({ changes: words, problems }).toEqual({ changes: words, problems: [] });
    });
    await fc.assert(property, { numRuns: CASES, seed: SEED, endOnFailure: true });
  },
  6 * 3_600_000,
);
