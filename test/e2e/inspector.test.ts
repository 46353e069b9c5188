import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import { COMMAND, temporaryVar } from './server-process.ts';

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface CallResult {
  readonly isError?: boolean;
  readonly structuredContent: Record<string, unknown>;
}

const inspector = dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector/package.json'));

/** Runs the Inspector's command-line mode, which starts a server for this one request. */
async function inspect(folder: string, ...args: string[]): Promise<Run> {
  const target = [process.execPath, COMMAND, 'serve', '--var', join(folder, 'var')];
  // What it keeps between runs (a catalog, OAuth state) must not come from or go to the person's own folders.
  const env = { ...process.env, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), CONFIG_STORE_TELEMETRY: 'off' };
  const script = join(inspector, 'clients/launcher/build/index.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [script, '--cli', ...target, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

describe("the Inspector's command-line mode", () => {
  test('lists every tool, and finds no schema that some client could not read', async () => {
    const { code, stdout, stderr } = await inspect(await temporaryVar(), '--method', 'tools/list', '--strict');
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/^0 errors, \d+ warnings/m);
    const { tools } = JSON.parse(stdout) as { tools: Array<{ name: string }> };
    expect(tools.map(({ name }) => name)).toEqual(TOOLS.map(({ name }) => name));
  });

  // The clients' own libraries call them all in every run: clients.test.ts.
  test.skipIf(process.env['SLOW'] !== '1')('calls every tool', { timeout: 180_000 }, async () => {
    const folder = await temporaryVar();
    const called = new Set<string>();
    const call = async (tool: string, args: Record<string, unknown> = {}): Promise<Record<string, unknown>> => {
      called.add(tool);
      const pairs = Object.entries(args).map(
        ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      );
      const run = await inspect(
        folder,
        ...['--method', 'tools/call', '--tool-name', tool],
        ...(pairs.length === 0 ? [] : ['--tool-arg', ...pairs]),
      );
      expect(run.code, run.stderr + run.stdout).toBe(0);
      return (JSON.parse(run.stdout) as CallResult).structuredContent;
    };

    const name = 'claude-desktop/default';
    expect(await call('put_config', { name, json: { mcpServers: {} }, expected_version: 0 })).toMatchObject({
      created: true,
      version: 1,
    });
    expect(await call('patch_config', { name, patch: { mcpServers: { gh: { command: 'gh' } } } })).toMatchObject({
      version: 2,
      changes: [{ op: 'add', path: '/mcpServers/gh' }],
    });
    expect(await call('list_configs', { prefix: 'claude' })).toMatchObject({ total: 1 });
    expect(await call('get_config', { name, version: 1 })).toMatchObject({
      content: '{"mcpServers":{}}',
      verified: true,
    });
    expect(await call('list_history', { name })).toMatchObject({ total: 2, versions: [{ verified: 'ok' }, {}] });
    expect(await call('diff_configs', { name, from: 1, to: 2 })).toMatchObject({ equal: false });
    expect(await call('validate_config', { content: 'a: [', media_type: 'application/yaml' })).toMatchObject({
      valid: false,
    });
    await call('put_config', { name, json: { drafted: true }, draft: true });
    expect(await call('publish_drafts', { names: [name] })).toMatchObject({ published: [{ version: 3 }] });
    await call('put_config', { name, json: { dropped: true }, draft: true });
    expect(await call('discard_draft', { name })).toMatchObject({ discarded: true });
    expect(await call('restore_config', { name, version: 1 })).toMatchObject({ version: 4 });
    expect(await call('delete_config', { name, expected_version: 4 })).toMatchObject({ version: 5 });
    expect(await call('verify_store')).toMatchObject({ ok: true, checked: { commits: 6 } });
    expect(await call('check_health')).toMatchObject({ ok: true });
    expect(await call('review_telemetry', { since: '1h' })).toMatchObject({ summary: expect.any(String) });
    // client-files.test.ts calls those that change the files of clients, in a home of its own.
    const others = TOOLS.filter(({ onThisMachine }) => onThisMachine !== true);
    expect([...called].sort()).toEqual(others.map(({ name }) => name).sort());
  });

  test('shows a failure with its code and hint, and exits with its own', async () => {
    const args = ['--method', 'tools/call', '--tool-name', 'get_config', '--tool-arg', 'name=missing'];
    const { code, stdout } = await inspect(await temporaryVar(), ...args);
    expect(code).toBe(5);
    const result = JSON.parse(stdout) as CallResult;
    expect(result).toMatchObject({ isError: true, structuredContent: { code: 'NOT_FOUND', hint: expect.any(String) } });
  });
});
