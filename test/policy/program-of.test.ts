import { expect, it } from 'vitest';
import { programOf } from '../../src/policy/servers/program-of.ts';

const TOKEN = `ghp_${'aB3dE6gH9jK2mN5pQ8sT1vW4xY7zC0fG2hJ5'}`;

it.each([
  [{ command: 'npx', args: ['-y', '@scope/server@1.2', '--token', TOKEN] }, 'npx @scope/server@1.2'],
  [{ command: 'C:\\Tools\\npx.cmd', args: ['server'] }, 'npx server'],
  [{ command: 'uvx', args: ['--from', 'mcp-server-git==1.0', 'mcp-server-git'] }, 'uvx mcp-server-git==1.0'],
  [{ command: '/usr/bin/docker', args: ['run', '-i', '-e', `T=${TOKEN}`, 'mcp/postgres'] }, 'docker mcp/postgres'],
  [{ command: '/opt/server', args: [TOKEN] }, 'server'],
  [{ command: 'npx', args: [TOKEN] }, 'npx'],
  [{ command: `/opt/${TOKEN}`, args: [] }, undefined],
  [{ url: `https://ada:${TOKEN}@mcp.example.com:8443/${TOKEN}?key=${TOKEN}` }, 'mcp.example.com:8443'],
  [{ url: 'https://$' + '{env:HOST}/' }, undefined],
  [{}, undefined],
])('case %#: in a few words, never an argument that may be a secret', (entry, program) => {
  expect(programOf({ command: undefined, args: [], url: undefined, ...entry })).toBe(program);
});
