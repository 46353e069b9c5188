import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { probeServer } from '../../src/app/server-probe.ts';

async function script(text: string): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), 'probe-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'server.mjs'), text);
  return pathToFileURL(join(folder, 'server.mjs'));
}

test('the command itself answers, and leaves nothing behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'probe-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  process.env['CONFIG_STORE_VAR'] = folder;
  onTestFinished(() => {
    delete process.env['CONFIG_STORE_VAR'];
  });
  expect(await probeServer()).toBe('a server process answers MCP over stdio as mcp-config-store');
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ['that says nothing', ''],
  ['that says something else', 'console.log("hello")'],
  ['that answers and fails', 'console.log(\'{"id":1,"result":{"serverInfo":{"name":"x"}}}\'); process.exitCode = 3'],
  ['that cannot be loaded', 'import "./missing.mjs"'],
])('a server %s is a failed probe', async (_, text) => {
  await expect(probeServer(await script(text))).rejects.toMatchObject({
    code: 'INTERNAL',
    message: expect.stringContaining('did not answer'),
  });
});
