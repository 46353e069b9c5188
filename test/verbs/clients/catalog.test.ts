// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as configs have them.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCatalogDocument } from '../../../src/clients/catalog/registry-document.ts';
import { mcpServerFindings } from '../../../src/policy/servers/mcp-servers.ts';
import { addServer } from '../../../src/verbs/catalog/add-server.ts';
import { addToCatalog, searchCatalog } from '../../../src/verbs/catalog/catalog.ts';
import { getConfig } from '../../../src/verbs/configs/get-config.ts';
import { refusal } from '../configs/open-context.ts';
import { makeMachine } from './machine.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', '..', 'examples', 'catalog');
const files = await readdir(EXAMPLES);

describe('the examples', () => {
  it('are the fifteen servers', () => {
    expect(files).toHaveLength(15);
  });

  it.each(files)('%s gives an entry that our policy has no objection to', async (file) => {
    const read = readCatalogDocument(JSON.parse(await readFile(join(EXAMPLES, file), 'utf8')));
    if (typeof read === 'string') throw new Error(read);
    for (const { inputs, entry } of read.ways) {
      const values = Object.fromEntries(inputs.filter(({ secret }) => !secret).map(({ name }) => [name, '/a']));
      const made = entry(values);
      expect(made).not.toHaveProperty('missing');
      const { errors, warnings } = mcpServerFindings('cursor/default', { mcpServers: { a: made } }, undefined, {
        isOnPath: () => true,
      });
      expect([errors, warnings]).toEqual([[], []]);
    }
  });
});

it('fills a config: pinned, secrets as references, what is missing named, other servers kept', async () => {
  const { ctx } = await makeMachine();
  for (const file of ['filesystem.json', 'github.json', 'postgres.json'])
    await addToCatalog(ctx, { id: file.replace('.json', ''), bytes: await readFile(join(EXAMPLES, file)) });
  expect((await searchCatalog(ctx, 'PostgreSQL')).map(({ id }) => id)).toEqual(['postgres']);
  const config = 'cursor/default';
  const missing = await refusal(addServer(ctx, { id: 'filesystem', config, values: {} }));
  expect([missing.code, missing.message]).toEqual(['ARGUMENT_INVALID', 'filesystem needs path']);
  await addServer(ctx, { id: 'filesystem', config, values: { path: '/home/ada' } });
  await addServer(ctx, { id: 'postgres', config, values: {}, server: 'db' });
  const { variables, version } = await addServer(ctx, {
    id: 'github',
    config,
    values: { Authorization: 'GITHUB_TOKEN' },
  });
  expect([variables, version]).toEqual([['GITHUB_TOKEN'], 3]);
  expect(JSON.parse((await getConfig(ctx, { name: config })).content)).toEqual({
    mcpServers: {
      filesystem: {
        type: 'stdio',
        command: 'npx',
        args: ['-y', '@modelcontextprotocol/server-filesystem@2026.8.31', '/home/ada'],
      },
      db: {
        type: 'stdio',
        command: 'uvx',
        args: ['postgres-mcp==0.3.0', '--access-mode', 'restricted'],
        env: { DATABASE_URI: '${env:DATABASE_URI}' },
      },
      github: {
        type: 'streamable-http',
        url: 'https://api.githubcopilot.com/mcp/',
        headers: { Authorization: 'Bearer ${env:GITHUB_TOKEN}' },
      },
    },
  });
  expect((await refusal(addServer(ctx, { id: 'githib', config, values: {} }))).hint).toBe('Did you mean github?');
});
