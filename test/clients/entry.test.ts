import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dockerEntry, mergeEntry, nodeEntry } from '../../src/clients/entry.ts';
import { mcpServerFindings } from '../../src/policy/mcp-servers.ts';

const NODE = nodeEntry('/usr/bin/node', '/opt/dist/main.js', { CONFIG_STORE_VAR: '/data' });

describe('the entry for docker run', () => {
  it('is the command of docs/claude-desktop.md, to the letter', async () => {
    const docs = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'claude-desktop.md'), 'utf8');
    const { command, args } = dockerEntry('docker');
    const commands = [...docs.matchAll(/^docker run -i [^\n]*(?:\\\n[^\n]*)*/gm)].map(([line]) =>
      line.replace(/\s*\\\n\s*/g, ' ').split(' '),
    );
    expect(commands).toContainEqual([command, ...args]);
  });

  it('is nothing that our own policy objects to, but that a local image has no digest', () => {
    const file = { mcpServers: { docker: dockerEntry('/usr/bin/docker'), node: NODE } };
    const { errors, warnings } = mcpServerFindings('claude-desktop/default', file, undefined);
    expect([errors, warnings.map(({ code }) => code)]).toEqual([[], ['DOCKER_UNPINNED_IMAGE']]);
  });
});

describe('what is there already', () => {
  it('stays, but for the program and the folders', () => {
    const before = { command: 'old', cwd: '/', env: { CONFIG_STORE_KEYS_DIR: '/k', CONFIG_STORE_READ_ONLY: 'on' } };
    expect(mergeEntry(before, NODE)).toEqual({
      cwd: '/',
      command: '/usr/bin/node',
      args: ['/opt/dist/main.js', 'serve'],
      env: { CONFIG_STORE_READ_ONLY: 'on', CONFIG_STORE_VAR: '/data' },
    });
  });

  it('loses folders of this machine when a container is to start', () => {
    const { command, args } = dockerEntry('docker');
    expect(mergeEntry(mergeEntry(undefined, NODE), dockerEntry('docker'))).toEqual({ command, args });
  });

  it.each([undefined, null, 'text', [], { url: 'https://example.com/mcp', headers: {} }])(
    'is replaced as a whole when it starts nothing: %j',
    (before) => {
      expect(mergeEntry(before, NODE)).toEqual(NODE);
    },
  );
});
