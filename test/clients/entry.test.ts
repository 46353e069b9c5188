import { readFile } from 'node:fs/promises';
import { join, posix, win32 } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claudeDesktop } from '../../src/clients/dialects/apps/claude-desktop.ts';
import { dockerEntry, nodeEntry, type ServerEntry } from '../../src/clients/entry.ts';
import { mergeEntry as mergeFor } from '../../src/clients/install-entry.ts';
import { mcpServerFindings } from '../../src/policy/servers/mcp-servers.ts';

const mergeEntry = (existing: unknown, entry: ServerEntry) => mergeFor(claudeDesktop, 'a', existing, entry);
const NODE = nodeEntry('/usr/bin/node', '/opt/dist/main.js', { CONFIG_STORE_VAR: '/data' });

describe('the entry for docker run', async () => {
  const docs = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'claude-desktop.md'), 'utf8');
  const { command, args } = dockerEntry('docker');

  it('is the command of docs/claude-desktop.md, to the letter', () => {
    const commands = [...docs.matchAll(/^docker run -i (?:[^\n]*\\\n)*[^\n]*/gm)].map(([line]) =>
      line.replace(/\s*\\\n\s*/g, ' ').split(' '),
    );
    expect(commands).toContainEqual([command, ...args]);
  });

  it('is what the snippets there say, for each system, and so is the one for Node', () => {
    const snippets = [...docs.matchAll(/```json\n([\s\S]*?)\n```/g)].map(
      ([, json = '']) => (JSON.parse(json) as { mcpServers: Record<string, ServerEntry> }).mcpServers['config-store'],
    );
    const [docker, node] = [snippets.slice(0, 3), snippets.slice(3)];
    expect(docker.map((entry) => entry?.args)).toEqual([args, args, args]);
    for (const entry of node) {
      expect(entry).toEqual(nodeEntry(entry?.command ?? '', entry?.args[0] ?? '', entry?.env ?? {}));
      expect(Object.keys(entry?.env ?? {})).toEqual(['CONFIG_STORE_VAR']);
    }
    // A desktop program has no PATH: each names its program by an absolute path of its system.
    const isAbsolute = [posix.isAbsolute, win32.isAbsolute, posix.isAbsolute];
    expect(snippets.map((entry, at) => isAbsolute[at % 3]?.(entry?.command ?? ''))).toEqual(Array(6).fill(true));
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
