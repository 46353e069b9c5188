import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { COMMAND, StdioPeer, temporaryVar } from './server-process.ts';

it('the bundle installs itself, and what it wrote starts it', async () => {
  const folder = await temporaryVar();
  const file = join(folder, 'claude_desktop_config.json');
  const line = [COMMAND, 'install', 'claude-desktop', '--file', file, '--var', join(folder, 'my var')];
  await promisify(execFile)(process.execPath, line);
  const { mcpServers } = JSON.parse(await readFile(file, 'utf8')) as {
    mcpServers: Record<string, { command: string; args: string[]; env: Record<string, string> }>;
  };
  const entry = mcpServers['config-store'];
  expect(entry).toEqual({
    command: process.execPath,
    args: [COMMAND, 'serve'],
    env: { CONFIG_STORE_VAR: join(folder, 'my var') },
  });
  const peer = new StdioPeer(entry?.command ?? '', entry?.args ?? [], entry?.env);
  expect(await peer.initialize()).toBeDefined();
  peer.child.stdin.end();
  expect(await peer.exited).toEqual([0, null]);
});
