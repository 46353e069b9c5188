// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as files have them.
import { describe, expect, it } from 'vitest';
import { fromClient } from '../../src/clients/canonical/from-client.ts';
import { mergeFields } from '../../src/clients/canonical/merge-fields.ts';
import type { CanonicalServer } from '../../src/clients/canonical/server.ts';
import { entryOf, toClient } from '../../src/clients/canonical/to-client.ts';
import { dialectOf } from '../../src/clients/dialects/index.ts';

const LOCAL: CanonicalServer = {
  type: 'stdio',
  command: 'run',
  args: ['-a'],
  env: { TOKEN: '${env:TOKEN}', MODE: 'on' },
};
const REMOTE: CanonicalServer = {
  type: 'streamable-http',
  url: 'https://a.example/mcp',
  headers: { Authorization: 'Bearer ${env:TOKEN}', 'X-Key': '${env:KEY}', 'X-Team': 'red' },
};

function rendered(client: string, server: CanonicalServer) {
  const { fields, losses } = toClient(dialectOf(client), 'a', server);
  return { entry: fields && entryOf(fields), losses: losses.map(({ code, field }) => `${code} ${field}`.trim()) };
}

describe('a server in the words of each client', () => {
  it.each([
    ['claude-desktop', { command: 'run', args: ['-a'], env: { MODE: 'on' } }, ['VARIABLE_UNSUPPORTED env.TOKEN']],
    ['claude-code', { type: 'stdio', command: 'run', args: ['-a'], env: { TOKEN: '${TOKEN}', MODE: 'on' } }, []],
    ['cursor', { command: 'run', args: ['-a'], env: { TOKEN: '${env:TOKEN}', MODE: 'on' } }, []],
    ['vscode', { type: 'stdio', command: 'run', args: ['-a'], env: { TOKEN: '${env:TOKEN}', MODE: 'on' } }, []],
    ['copilot-cli', { type: 'local', command: 'run', args: ['-a'], env: { TOKEN: '${TOKEN}', MODE: 'on' } }, []],
    ['zed', { command: 'run', args: ['-a'], env: { MODE: 'on' } }, ['VARIABLE_UNSUPPORTED env.TOKEN']],
    ['codex', { command: 'run', args: ['-a'], env: { MODE: 'on' }, env_vars: ['TOKEN'] }, []],
    [
      'goose',
      { type: 'stdio', name: 'a', enabled: true, cmd: 'run', args: ['-a'], envs: { MODE: 'on' }, env_keys: ['TOKEN'] },
      [],
    ],
    [
      'continue',
      { name: 'a', type: 'stdio', command: 'run', args: ['-a'], env: { TOKEN: '${{ secrets.TOKEN }}', MODE: 'on' } },
      [],
    ],
    ['opencode', { type: 'local', command: ['run', '-a'], environment: { TOKEN: '{env:TOKEN}', MODE: 'on' } }, []],
    ['crush', { type: 'stdio', command: 'run', args: ['-a'], env: { TOKEN: '$TOKEN', MODE: 'on' } }, []],
    ['kiro', { command: 'run', args: ['-a'], env: { TOKEN: '${TOKEN}', MODE: 'on' } }, []],
  ])('%s, local', (client, entry, losses) => {
    expect(rendered(client, LOCAL)).toEqual({ entry, losses });
    const read = fromClient(dialectOf(client), entry as Record<string, unknown>);
    expect(read.server).toEqual(losses.length === 0 ? LOCAL : { ...LOCAL, env: { MODE: 'on' } });
  });

  it.each([
    ['claude-desktop', undefined, ['TRANSPORT_UNSUPPORTED']],
    [
      'claude-code',
      {
        type: 'http',
        url: REMOTE.url,
        headers: { Authorization: 'Bearer ${TOKEN}', 'X-Key': '${KEY}', 'X-Team': 'red' },
      },
      [],
    ],
    [
      'gemini-cli',
      { httpUrl: REMOTE.url, headers: { Authorization: 'Bearer ${TOKEN}', 'X-Key': '${KEY}', 'X-Team': 'red' } },
      [],
    ],
    [
      'cline',
      {
        type: 'streamableHttp',
        url: REMOTE.url,
        headers: { Authorization: 'Bearer ${env:TOKEN}', 'X-Key': '${env:KEY}', 'X-Team': 'red' },
      },
      [],
    ],
    [
      'codex',
      {
        url: REMOTE.url,
        bearer_token_env_var: 'TOKEN',
        env_http_headers: { 'X-Key': 'KEY' },
        http_headers: { 'X-Team': 'red' },
      },
      [],
    ],
    [
      'goose',
      {
        name: 'a',
        enabled: true,
        description: 'a',
        type: 'streamable_http',
        uri: REMOTE.url,
        headers: { Authorization: 'Bearer ${TOKEN}', 'X-Key': '${KEY}', 'X-Team': 'red' },
        env_keys: ['TOKEN', 'KEY'],
      },
      [],
    ],
    [
      'antigravity',
      { serverUrl: REMOTE.url, headers: { 'X-Team': 'red' } },
      ['VARIABLE_UNSUPPORTED headers.Authorization', 'VARIABLE_UNSUPPORTED headers.X-Key'],
    ],
    [
      'jetbrains-copilot',
      {
        url: REMOTE.url,
        requestInit: { headers: { Authorization: 'Bearer ${env:TOKEN}', 'X-Key': '${env:KEY}', 'X-Team': 'red' } },
      },
      [],
    ],
    [
      'opencode',
      {
        type: 'remote',
        url: REMOTE.url,
        headers: { Authorization: 'Bearer {env:TOKEN}', 'X-Key': '{env:KEY}', 'X-Team': 'red' },
      },
      [],
    ],
  ])('%s, remote', (client, entry, losses) => {
    expect(rendered(client, REMOTE)).toEqual({ entry, losses });
    if (entry !== undefined && losses.length === 0)
      expect(fromClient(dialectOf(client), entry as Record<string, unknown>).server).toEqual(REMOTE);
  });

  it.each([
    ['cwd to claude-code', 'claude-code', { type: 'stdio', command: 'x', cwd: '/w' }, ['FIELD_UNSUPPORTED cwd']],
    ['cwd to claude-desktop', 'claude-desktop', { type: 'stdio', command: 'x', cwd: '/w' }, ['FIELD_UNSUPPORTED cwd']],
    ['cwd to opencode', 'opencode', { type: 'stdio', command: 'x', cwd: '/w' }, ['FIELD_UNSUPPORTED cwd']],
    ['sse to goose', 'goose', { type: 'sse', url: 'https://a.example' }, ['TRANSPORT_UNSUPPORTED']],
    ['a $ to crush', 'crush', { type: 'stdio', command: 'x', args: ['$(rm -r ~)'] }, ['VARIABLE_UNSUPPORTED args.0']],
    [
      'a variable in args of zed',
      'zed',
      { type: 'stdio', command: 'x', args: ['${env:T}'] },
      ['VARIABLE_UNSUPPORTED args.0'],
    ],
  ])('says what is lost: %s', (_, client, server, losses) => {
    expect(rendered(client, server as CanonicalServer).losses).toEqual(losses);
  });

  it('a name that a client keeps for itself is not given', () => {
    expect(toClient(dialectOf('claude-code'), 'workspace', LOCAL)).toMatchObject({
      fields: undefined,
      losses: [{ code: 'NAME_UNSUPPORTED' }],
    });
  });
});

describe('an address alone means', () => {
  it.each([
    ['gemini-cli', { url: 'https://a.example' }, 'sse'],
    ['gemini-cli', { url: 'https://a.example', type: 'http' }, 'streamable-http'],
    ['gemini-cli', { httpUrl: 'https://a.example' }, 'streamable-http'],
    ['cline', { url: 'https://a.example' }, 'sse'],
    ['cline', { transport: { type: 'streamableHttp' }, url: 'https://a.example' }, 'streamable-http'],
    ['cursor', { url: 'https://a.example' }, 'streamable-http'],
    ['antigravity', { url: 'https://a.example' }, 'streamable-http'],
    ['devin', { url: 'https://a.example', transport: 'sse' }, 'sse'],
  ])('%s %j: %s', (client, entry, type) => {
    expect(fromClient(dialectOf(client), entry).server?.type).toBe(type);
  });
});

describe('is no server of ours', () => {
  it.each([
    ['goose', { type: 'builtin', name: 'developer', enabled: true, bundled: true }],
    ['goose', { type: 'platform', name: 'memory', enabled: true }],
    ['cursor', { url: 'wss://a.example' }],
    ['cursor', { disabled: true }],
    ['cursor', { command: 'x', args: 'not a list' }],
  ])('%s %j', (client, entry) => {
    expect(fromClient(dialectOf(client), entry).server).toBeUndefined();
  });
});

describe('a change of an entry', () => {
  it('of another transport leaves nothing of the former one, which would stop codex altogether', () => {
    const { fields = [] } = toClient(dialectOf('codex'), 'a', REMOTE);
    const before = { command: 'x', args: ['y'], env: { A: 'b' }, enabled: false, startup_timeout_sec: 9 };
    expect(Object.keys(mergeFields(dialectOf('codex'), before, fields)).sort()).toEqual(
      ['bearer_token_env_var', 'enabled', 'env_http_headers', 'http_headers', 'startup_timeout_sec', 'url'].sort(),
    );
  });

  it('keeps the older form of zed, and the other name of an address', () => {
    const { fields = [] } = toClient(dialectOf('zed'), 'a', { type: 'stdio', command: 'new', args: ['n'] });
    expect(mergeFields(dialectOf('zed'), { source: 'custom', command: { path: 'old', args: ['o'] } }, fields)).toEqual({
      source: 'custom',
      command: { path: 'new', args: ['n'] },
    });
    const remote = toClient(dialectOf('antigravity'), 'a', { type: 'streamable-http', url: 'https://new.example' });
    expect(mergeFields(dialectOf('antigravity'), { url: 'https://old.example' }, remote.fields ?? [])).toEqual({
      url: 'https://new.example',
    });
  });
});
