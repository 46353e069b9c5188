/**
 * Makes test/fixtures/first-release-store anew, with a built program: node scripts/make-first-release-store.ts MAIN OUT.
 * The fixture in the repository is of version 0.1.0 and stays as it is; tests read it and never run this.
 */
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const [main, out] = process.argv.slice(2).map((path) => resolve(path));
if (main === undefined || out === undefined) throw new Error('usage: make-first-release-store.ts MAIN OUT');

const work = mkdtempSync(join(tmpdir(), 'first-release-'));
const storage = join(work, 'storage');
const env = { PATH: process.env['PATH'] ?? '', CONFIG_STORE_VAR: work, CONFIG_STORE_TELEMETRY: 'off' };

/** Runs a command of the program; what it prints with --json. */
function cli(args: readonly string[], input: string | Buffer = '', more: Record<string, string> = {}): unknown {
  const command = [main as string, ...args, '--json'];
  return camel(
    JSON.parse(execFileSync(process.execPath, command, { env: { ...env, ...more }, input, encoding: 'utf8' })),
  );
}

/** Members as the Store interface names them, digests without their prefix. */
function camel(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^sha256:/, '');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(camel);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      camel(inner),
    ]),
  );
}

/** Calls tools of the MCP server, in one process. */
async function mcp(...calls: ReadonlyArray<readonly [tool: string, args: Record<string, unknown>]>): Promise<void> {
  const client = new Client({ name: 'fixture-client', version: '1.0.0' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [main as string, 'serve'], env }));
  try {
    for (const [name, args] of calls) {
      const answer = await client.callTool({ name, arguments: args });
      if (answer.isError) throw new Error(`${name}: ${JSON.stringify(answer.structuredContent)}`);
    }
  } finally {
    await client.close();
  }
}

function newKey(): { publicPem: string; privatePem: string; id: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    id: sha256(publicKey.export({ type: 'spki', format: 'der' })),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const servers = (version: string) => ({
  mcpServers: { playwright: { command: 'npx', args: ['-y', `@playwright/mcp@${version}`] } },
  limits: { tokens: 1e21, ratio: 0.1, name: 'Zürich 東京 🗼' },
});
const binary = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

async function writeCommits(): Promise<void> {
  const { store } = cli(['init', '--label', 'first key']) as { store: string }; // 0
  await mcp(['put_config', { name: 'claude-desktop/default', json: servers('0.0.83'), message: 'first servers' }]); // 1
  cli(['put', 'notes/welcome', '-', '--media-type', 'text/plain'], 'Grüße, 世界\r\nno newline at the end'); // 2
  cli(['put', 'codex/config', '-', '--media-type', 'application/toml'], '[limits]\nseconds = 30\n'); // 3
  cli(['put', 'continue/config', '-', '--media-type', 'application/yaml'], '# rules\nrules:\n  - be brief\n'); // 4
  await mcp(
    [
      'patch_config',
      { name: 'claude-desktop/default', patch: { limits: { ratio: null, tokens: 2 } }, message: 'less' },
    ], // 5
    ['put_config', { name: 'team/limits', json: { seconds: 60 }, draft: true, message: 'a minute' }],
    ['put_config', { name: 'team/prompt', content: 'Be kind.\n', draft: true, message: 'a prompt' }],
    ['publish_drafts', { names: ['team/limits', 'team/prompt'] }], // 6
  );
  cli(['restore', 'claude-desktop/default@1', '--message', 'back to what worked']); // 7
  cli(['rm', 'continue/config', '--message', 'not used any more']); // 8
  cli(['put', 'notes/scratch', '-', '--media-type', 'text/plain'], 'written by mistake\n'); // 9
  cli(['put', 'notes/scratch', '-'], 'as it should be\n'); // 10
  cli(['keys', 'rotate', '--label', 'second key']); // 11
  cli(['put', 'codex/config', '-', '--message', 'more time'], '[limits]\nseconds = 90\n'); // 12

  const colleague = newKey();
  cli(['keys', 'trust', '-', '--label', 'colleague', '--role', 'writer'], colleague.publicPem); // 13
  const theirs = { CONFIG_STORE_KEYS_DIR: join(work, 'colleague'), CONFIG_STORE_ID: store };
  cli(['keys', 'import', '-'], colleague.privatePem, theirs); // known already: no commit
  cli(['put', 'team/limits', '-', '--message', 'by a colleague'], '{"seconds":75}', theirs); // 14
  cli(['keys', 'retire', colleague.id]); // 15
  cli(['keys', 'trust', '-', '--label', 'build machine'], newKey().publicPem); // 16
  cli(['keys', 'revoke', store, '--from-index', '12', '--reason', 'old disk was sold', '--yes']); // 17
  cli(['purge', 'notes/scratch@1', '--reason', 'written by mistake', '--yes']); // 18
  await mcp(['put_config', { name: 'notes/logo', content: binary.toString('base64'), encoding: 'base64' }]); // 19
  cli(['restore', 'continue/config@1']); // 20

  cpSync(storage, join(work, 'older'), { recursive: true });
  cli(['put', 'codex/config', '-', '--message', 'lost with the roll-back'], '[limits]\nseconds = 120\n');
  rmSync(storage, { recursive: true });
  renameSync(join(work, 'older'), storage);
  cli(['trust', '--accept', '--reason', 'the older copy is right', '--yes']); // 21
  cli(['put', 'notes/welcome', '-'], 'Welcome.\n'); // 22
  writeFileSync(join(storage, 'log/000/000/000000023.json'), 'not a commit\n');
  cli(['repair', '--reason', 'a stray file', '--yes']); // 23
  cli(['rm', 'team/prompt']); // 24
  await mcp(
    ['put_config', { name: 'cursor/default', json: servers('0.0.83') }], // 25
    [
      'patch_config',
      { name: 'claude-desktop/default', patch: { limits: { tokens: 3 } }, draft: true, message: 'three' },
    ],
    [
      'patch_config',
      { name: 'claude-desktop/default', patch: { limits: { tokens: 4 } }, draft: true, message: 'four' },
    ],
    ['put_config', { name: 'notes/dropped', content: 'never published', draft: true }],
    ['discard_draft', { name: 'notes/dropped' }],
  );
  cli(['draft', 'put', 'notes/picture', '-', '--message', 'all bytes, backwards'], Buffer.from(binary).reverse());
}

interface Payload {
  readonly predicate: {
    readonly message: string;
    readonly changes: ReadonlyArray<{ action: string; name?: string; version?: number }>;
    readonly keys: ReadonlyArray<{ action: string; label?: string }>;
  };
}

/** One commit as its file says. */
function commitFacts(path: string, index: number): object {
  const bytes = readFileSync(path);
  const { payload, signatures } = JSON.parse(bytes.toString()) as { payload: string; signatures: [{ keyid: string }] };
  const { predicate } = JSON.parse(Buffer.from(payload, 'base64').toString()) as Payload;
  const changes = predicate.changes.map(({ action, name, version }) =>
    name === undefined ? action : `${action} ${name}@${version}`,
  );
  const keys = predicate.keys.map(({ action, label }) => `${action} ${label ?? ''}`.trim());
  const { message } = predicate;
  return { index, commit: sha256(bytes), keyId: signatures[0].keyid, message, changes, keys };
}

/** What the program itself says of the store: commits, versions, keys and drafts. */
function expectation(): object {
  const { version, store, head } = cli(['status']) as Record<string, unknown>;
  const { configs } = cli(['list', '--deleted']) as { configs: { name: string }[] };
  const histories = configs.map(({ name }) => {
    const { versions } = cli(['log', name]) as { versions: { verified: string; restoredFrom?: number }[] };
    return [
      name,
      versions.map(({ verified, ...row }) => ({ ...row, restoredFrom: row.restoredFrom ?? null, verdict: verified })),
    ];
  });
  const { keys } = cli(['keys', 'list']) as { keys: { file: string }[] };
  const { drafts } = cli(['draft', 'list']) as { drafts: object[] };
  return {
    version,
    store,
    head,
    commits: filesBelow(join(storage, 'log')).map(commitFacts),
    configs: Object.fromEntries(histories),
    purged: ['notes/scratch@1'],
    keys: keys.map(({ file: _file, ...key }) => key),
    drafts,
  };
}

try {
  await writeCommits();
  const report = cli(['verify']) as { ok: boolean; findings: readonly object[] };
  if (!report.ok || report.findings.length > 0) throw new Error(JSON.stringify(report));
  for (const part of ['storage', 'keys']) rmSync(join(out, part), { recursive: true, force: true });
  // The cache and tmp/ are made again by whoever opens the store, and so are empty folders, which git would not keep.
  for (const file of [...filesBelow(storage), ...filesBelow(join(work, 'keys'))]) {
    const path = relative(work, file);
    if (!/^storage.(cache|tmp)/.test(path)) cpSync(file, join(out, path));
  }
  writeFileSync(join(out, 'expected.json'), `${JSON.stringify(expectation(), undefined, 2)}\n`);
  const lasting = filesBelow(join(out, 'storage')).filter((file) => !file.startsWith(join(out, 'storage/drafts')));
  const sums = lasting.map((file) => `${sha256(readFileSync(file))}  ${relative(out, file)}\n`);
  writeFileSync(join(out, 'SHA256SUMS'), sums.join(''));
} finally {
  rmSync(work, { recursive: true, force: true });
}
