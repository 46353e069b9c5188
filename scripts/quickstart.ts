/** The main job, once, for real: a server is started as a host starts it, spoken to over MCP, and checked with openssl. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import picocolors from 'picocolors';

const ROOT = join(import.meta.dirname, '..');
const MAIN = join(ROOT, 'dist', 'main.js');
/** Named in all that is started here: what lies in a working folder is never taken for a store. */
const VAR = resolve(process.env['CONFIG_STORE_VAR'] || join(ROOT, 'var'));
const NAME = 'claude-desktop/default';
const EXAMPLE = join(ROOT, 'examples', 'claude_desktop_config.json');

const run = promisify(execFile);
const { bold, dim, green, red, yellow } = picocolors.createColors(
  picocolors.isColorSupported && process.stdout.isTTY === true,
);

/** What the tools used here answer, as far as it is shown. */
interface Answer {
  readonly summary: string;
  readonly version: number;
  readonly changes?: ReadonlyArray<{
    op: 'add' | 'remove' | 'replace';
    path: string;
    before?: unknown;
    after?: unknown;
  }>;
  readonly receipt: { readonly index: number };
  readonly ok: boolean;
}

const client = new Client({ name: 'quickstart', version: '1.0.0' });

async function call(tool: string, args: Record<string, unknown>): Promise<Answer> {
  const { isError, structuredContent } = await client.callTool({ name: tool, arguments: args });
  const answer = structuredContent as unknown as Answer & { code?: string; hint?: string };
  if (isError) throw new Error(`${tool}: ${answer.code}: ${answer.summary}. ${answer.hint}`);
  return answer;
}

function step(label: string, text: string): void {
  process.stdout.write(`${bold(label.padEnd(8))}  ${text}\n`);
}

function detail(text: string): void {
  process.stdout.write(`${' '.repeat(10)}${text}\n`);
}

function showChanges({ changes = [] }: Answer): void {
  for (const { op, path, before, after } of changes) {
    if (op !== 'add') detail(red(`- ${path}  ${JSON.stringify(before)}`));
    if (op !== 'remove') detail(green(`+ ${path}  ${JSON.stringify(after)}`));
  }
}

/** Exports the newest version and runs the commands its README gives; says why when they cannot be run here. */
async function checkWithOpenssl(): Promise<string> {
  const openssl = await run('openssl', ['version']).catch(() => undefined);
  if (!/^OpenSSL [3-9]/.test(openssl?.stdout ?? '')) return yellow('skipped: there is no OpenSSL 3 here');
  const folder = await mkdtemp(join(tmpdir(), 'quickstart-'));
  try {
    const evidence = join(folder, 'evidence');
    await run(process.execPath, [MAIN, 'export', NAME, '--out', evidence, '--var', VAR]);
    const readme = await readFile(join(evidence, 'README.txt'), 'utf8');
    const commands = readme
      .split('\n')
      .filter((line) => /^(cut|\(printf|openssl) /.test(line) && !line.includes('sha256sum'));
    const { stdout } = await run('sh', ['-ec', commands.join('\n')], { cwd: evidence });
    return stdout.trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await mkdir(VAR, { recursive: true });
const env = { ...getDefaultEnvironment(), CONFIG_STORE_VAR: VAR };
await client.connect(new StdioClientTransport({ command: process.execPath, args: [MAIN, 'serve'], env }));
try {
  const stored = await call('put_config', {
    name: NAME,
    content: await readFile(EXAMPLE, 'utf8'),
    media_type: 'application/json',
    message: 'the example of the quickstart',
  });
  step('store', stored.summary);

  const patch = { mcpServers: { playwright: { args: ['-y', '@playwright/mcp@0.0.84', '--headless', '--isolated'] } } };
  const changed = await call('patch_config', { name: NAME, patch, message: 'newer Playwright server' });
  step('change', changed.summary);

  const diff = await call('diff_configs', { name: NAME, from: stored.version, to: changed.version });
  step('diff', diff.summary);
  showChanges(diff);

  const restored = await call('restore_config', { name: NAME, version: 1, message: 'back to version 1' });
  step('restore', restored.summary);

  const verified = await call('verify_store', {});
  step('verify', verified.ok ? green(verified.summary) : red(verified.summary));
  step('openssl', `commit ${restored.receipt.index}: ${await checkWithOpenssl()}`);
  if (!verified.ok) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`quickstart: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
} finally {
  await client.close();
}

const entry = { command: process.execPath, args: [MAIN, 'serve'], env: { CONFIG_STORE_VAR: VAR } };
process.stdout.write(`
${bold('Written')}
  configs    ${join(VAR, 'storage')}
  keys       ${join(VAR, 'keys')}  ${dim('back this folder up')}
  state      ${join(VAR, 'state')}
  telemetry  ${join(VAR, 'telemetry')}

${bold('Paste into claude_desktop_config.json')}
${JSON.stringify({ mcpServers: { 'config-store': entry } }, undefined, 2)}
`);
