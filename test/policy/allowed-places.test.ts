// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of configs are what is tested.
import { describe, expect, test } from 'vitest';
import { admit } from '../../src/policy/policy.ts';
import { candidate, overMcp, randomLooking as r } from './candidates.ts';

const allowing = (...allowSecrets: string[]) => ({ ...overMcp, allowSecrets });
const two = { env: { API_KEY: r(32), OTHER_TOKEN: r(32) } };

describe('one place that a person allows', () => {
  test('lets that credential pass, and no other', async () => {
    await expect(admit(candidate(two), allowing('/env/API_KEY'))).rejects.toMatchObject({
      code: 'SECRET_FOUND',
      details: { path: '/env/OTHER_TOKEN', findings: 1 },
    });
    expect(await admit(candidate(two), allowing('/env/API_KEY', '/env/OTHER_TOKEN'))).toEqual([
      { path: '/env/API_KEY', rule: 'named-secret' },
      { path: '/env/OTHER_TOKEN', rule: 'named-secret' },
    ]);
  });

  test('can be a line of text, a comment among them', async () => {
    const yaml = candidate(`# api_key: ${r(32)}\na: 1\n`, { mediaType: 'application/yaml' });
    expect(await admit(yaml, allowing('line 1'))).toEqual([{ path: 'line 1', rule: 'named-secret' }]);
  });

  test.each(['/env/NONE', '/env', 'env/API_KEY', '', 'message', 'line 1'])(
    'is refused where there is none: %j',
    (path) => expect(admit(candidate(two), allowing(path))).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' }),
  );

  test('is none of the message, the name, or a place that is not shown in full', async () => {
    const inMessage = candidate('{}', { message: `token: ${r(32)}` });
    await expect(admit(inMessage, allowing('message'))).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    const hidden = candidate({ [r(40)]: { API_KEY: r(32) } });
    await expect(admit(hidden, allowing('/…/API_KEY'))).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  });

  test('says whether it is certain or likely', async () => {
    await expect(admit(candidate({ device: { pin: '482913' } }), overMcp)).rejects.toMatchObject({
      message: expect.stringContaining('what is likely a credential'),
      details: { grade: 'likely' },
    });
    await expect(admit(candidate(two), overMcp)).rejects.toMatchObject({ details: { grade: 'certain' } });
  });
});

describe('the next step is that of the client', () => {
  const server = { command: 'npx', env: { API_KEY: r(32) } };
  const at = '"/mcpServers/x/env/API_KEY"';
  test.each([
    ['vscode/mcp', `Put \${env:API_KEY} at ${at}`],
    ['team/cursor/mcp', `Put \${env:API_KEY} at ${at}`],
    ['claude-code/default', `Put \${API_KEY} at ${at}`],
    ['gemini/settings', `Put \${API_KEY} at ${at}`],
    ['opencode/default', `Put {env:API_KEY} at ${at}`],
    ['continue/default', `Put \${{ secrets.API_KEY }} at ${at}`],
    ['crush/default', `Put $API_KEY at ${at}`],
    ['claude-desktop/default', 'claude-desktop replaces no variables itself'],
    ['codex/default', `Take the value out at ${at} and write the variable's name API_KEY into env_vars`],
    ['goose/default', "write the variable's name API_KEY into env_keys"],
    ['of/no-client', `Put \${env:API_KEY} at ${at}`],
  ])('%s', (name, hint) =>
    expect(admit(candidate({ mcpServers: { x: server } }, { name }), overMcp)).rejects.toMatchObject({
      hint: expect.stringContaining(hint),
    }),
  );

  test.each<readonly [string, object, string]>([
    ['codex', { mcp_servers: { x: { url: 'https://h', http_headers: { 'X-Api-Key': r(32) } } } }, 'env_http_headers'],
    ['codex', { mcp_servers: { x: { url: 'https://h', bearer_token: r(32) } } }, 'bearer_token_env_var'],
    ['vscode', { inputs: [], servers: { x: server } }, '${env:API_KEY}'],
    ['zed', { context_servers: { x: server } }, 'zed replaces no variables'],
    ['amp', { 'amp.mcpServers': { x: server } }, '${API_KEY}'],
    ['opencode', { mcp: { x: { type: 'local', command: ['npx'], environment: { API_KEY: r(32) } } } }, '{env:API_KEY}'],
    ['goose', { extensions: { x: { cmd: 'npx', envs: { API_KEY: r(32) } } } }, 'env_keys'],
    ['continue', { mcpServers: [{ name: 'x', ...server }] }, '${{ secrets.API_KEY }}'],
  ])('%s by its members', (_, content, hint) =>
    expect(admit(candidate(content, { name: 'a/b' }), overMcp)).rejects.toMatchObject({
      hint: expect.stringContaining(hint),
    }),
  );
});
