import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, '..', '..', 'scripts', 'quickstart.ts');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quickstart-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the quickstart in a var folder of its own, as a person does, and gives what it prints. */
async function quickstart(): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, [SCRIPT], { env: { ...process.env, CONFIG_STORE_VAR: join(folder, 'var') } });
}

it('does the main job, and again', async () => {
  for (const [stored, changed, restored] of [
    ['as version 1', 'version 2', 'version 3'],
    ['still version 3', 'version 4', 'version 5'],
  ]) {
    const { stdout, stderr } = await quickstart();
    expect(stderr).toBe('');
    expect(stdout).toMatch(new RegExp(`^store +.*claude-desktop/default .*${stored}`, 'm'));
    expect(stdout).toMatch(new RegExp(`^change .*${changed}`, 'm'));
    expect(stdout).toContain('- /mcpServers/playwright/args/1  "@playwright/mcp@0.0.83"\n');
    expect(stdout).toContain('+ /mcpServers/playwright/args/1  "@playwright/mcp@0.0.84"\n');
    expect(stdout).toMatch(new RegExp(`^restore .*${restored}`, 'm'));
    expect(stdout).toMatch(/^verify +OK: /m);
    expect(stdout).toMatch(/^openssl +commit \d: (Signature Verified Successfully|skipped)/m);
    // Colour is for terminals.
    expect(stdout).not.toContain('\u001b');
  }
  expect((await readdir(join(folder, 'var'))).sort()).toEqual(['keys', 'state', 'storage', 'telemetry']);
});

it('ends with an entry for Claude Desktop that starts the server', async () => {
  const { stdout } = await quickstart();
  const { mcpServers } = JSON.parse(stdout.slice(stdout.indexOf('{\n')));
  const { command, args, env } = mcpServers['config-store'];
  const child = execFile(command, args, { env });
  child.stdin?.end('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
  let answer = '';
  for await (const chunk of child.stdout ?? []) answer += chunk;
  expect(JSON.parse(answer)).toMatchObject({ jsonrpc: '2.0', id: 1 });
});
