import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Schema, Validator } from '@cfworker/json-schema';
import { expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import server from '../server.json' with { type: 'json' };
import { SETTINGS } from '../src/app/settings/setting-table.ts';
import schema from './fixtures/schemas/registry-server-2025-12-11.schema.json' with { type: 'json' };

const validator = new Validator(schema as unknown as Schema, '7', false);

it('server.json is as the registry wants it', () => {
  expect(validator.validate(server).errors).toEqual([]);
});

it.each([
  ['a description that is too long', { ...server, description: 'x'.repeat(101) }],
  ['a name without a namespace', { ...server, name: 'mcp-config-store' }],
  ['no version', { ...server, version: undefined }],
  ['a package whose version moves', { ...server, packages: [{ ...server.packages[0], version: 'latest' }] }],
  ['a package without a transport', { ...server, packages: [{ ...server.packages[0], transport: undefined }] }],
  ['a misspelled member', { ...server, website: 'https://example.com' }],
  [
    'an argument without a value',
    { ...server, packages: [{ ...server.packages[0], packageArguments: [{ type: 'positional' }] }] },
  ],
])('the schema refuses %s', (_what, changed) => {
  expect(validator.validate(JSON.parse(JSON.stringify(changed))).valid).toBe(false);
});

it('server.json, package.json and the image name the same server, version and settings', async () => {
  const [npm, oci] = server.packages;
  const { name, mcpName, version, repository } = packageJson;
  expect(server).toMatchObject({ name: mcpName, version });
  expect(repository.url).toBe(`git+${server.repository.url}.git`);
  expect(npm).toMatchObject({ identifier: name, version });
  expect(oci?.identifier).toBe(`ghcr.io/mcp-config-store/mcp-config-store:${version}`);
  const dockerfile = await readFile(join(import.meta.dirname, '..', 'Dockerfile'), 'utf8');
  expect(dockerfile).toContain(`io.modelcontextprotocol.server.name="${mcpName}"`);
  expect(dockerfile).toContain(`org.opencontainers.image.source="${server.repository.url}"`);
  const variables = Object.values(SETTINGS).map((row) => row.variable as string);
  for (const { name: variable } of npm?.environmentVariables ?? []) expect(variables).toContain(variable);
});
