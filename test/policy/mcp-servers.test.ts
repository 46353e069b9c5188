// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of configs are what is tested.
import { describe, expect, test } from 'vitest';
import { mcpServerFindings } from '../../src/policy/servers/mcp-servers.ts';

const image = `ghcr.io/acme/server@sha256:${'a'.repeat(64)}`;
const docker = (...args: string[]) => ({ command: 'docker', args: ['run', '-i', '--rm', ...args] });

/** Codes and paths of the findings on servers, on a Linux machine where every command is there. */
function look(
  servers: object,
  { name = 'cursor/default', member = 'mcpServers', previous = undefined as unknown } = {},
) {
  const { errors, warnings } = mcpServerFindings(name, { [member]: servers }, previous, {
    platform: 'linux',
    isOnPath: (command) => command !== 'nowhere',
  });
  return {
    errors: errors.map(({ code, path }) => `${code} ${path}`),
    warnings: warnings.map(({ code, path }) => `${code} ${path}`),
  };
}

const none = { errors: [], warnings: [] };

describe('what is a client file', () => {
  test.each(['mcpServers', 'servers', 'context_servers', 'mcp', 'mcp_servers', 'extensions', 'amp.mcpServers'])(
    '%s',
    (member) => {
      expect(look({ a: { command: 'node', args: 1 } }, { member })).toEqual({
        errors: [`INVALID_ARGS_TYPE /${member}/a/args`],
        warnings: [],
      });
    },
  );

  test('Continue keeps an array, opencode a list for the command, goose other words', () => {
    expect(look([{ name: 'a', command: 'node', env: 1 }])).toEqual({
      errors: ['INVALID_ENV_TYPE /mcpServers/0/env'],
      warnings: [],
    });
    expect(
      look(
        { a: { type: 'local', command: ['npx', '-y', 'x'], environment: { A: '' } } },
        { member: 'mcp', name: 'opencode/x' },
      ),
    ).toEqual({
      errors: [],
      warnings: ['EMPTY_ENV_VAR /mcp/a/environment/A', 'UNPINNED_PACKAGE /mcp/a/command'],
    });
    expect(
      look({ a: { type: 'stdio', cmd: 'node', args: [], envs: { A: '' } } }, { member: 'extensions', name: 'goose/x' })
        .warnings,
    ).toEqual(['EMPTY_ENV_VAR /extensions/a/envs/A']);
  });

  test.each([
    [{ servers: { a: { host: 'x', port: 1 } } }],
    [{ mcp: true }],
    [{ extensions: ['x'] }],
    [{ other: {} }],
    [[1, 2]],
  ])('%j is none', (value) => {
    expect(mcpServerFindings('cursor/x', value, undefined)).toEqual(none);
  });
});

describe('errors', () => {
  test.each([
    ['EMPTY_CONFIG /mcpServers', {}],
    ['MISSING_COMMAND /mcpServers/a', { a: {} }],
    ['MISSING_COMMAND /mcpServers/a', { a: { command: ' ' } }],
    ['MISSING_COMMAND /mcpServers/a', { a: { type: 'stdio', url: 'https://x.example.net' } }],
    ['INVALID_ARGS_TYPE /mcpServers/a/args', { a: { command: 'node', args: 'x y' } }],
    ['INVALID_ARGS_TYPE /mcpServers/a/args', { a: { command: 'node', args: ['x', 1] } }],
    ['INVALID_ENV_TYPE /mcpServers/a/env', { a: { command: 'node', env: ['A=1'] } }],
    ['INVALID_ENV_TYPE /mcpServers/a/env', { a: { command: 'node', env: { PORT: 8080 } } }],
    ['UNRESOLVED_PLACEHOLDER /mcpServers/a/args/0', { a: { command: 'node', args: ['--port={port}'] } }],
    ['UNRESOLVED_PLACEHOLDER /mcpServers/a/url', { a: { url: 'https://{host}/mcp' } }],
  ])('%s', (finding, servers) => {
    expect(look(servers)).toEqual({ errors: [finding], warnings: [] });
  });

  test.each(['${port}', '${env:PORT}', '{"json":1}', '{{x}}', '{}', 'a{1}'])(
    '%s is no unresolved placeholder',
    (text) => {
      expect(look({ a: { command: 'node', args: [text] } })).toEqual(none);
    },
  );

  test('cursor takes 20 servers and 50 variables', () => {
    const servers = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`s${i}`, { command: 'node' }]));
    const env = (count: number) => ({
      a: { command: 'node', env: Object.fromEntries(Array.from({ length: count }, (_, i) => [`V${i}`, 'x'])) },
    });
    expect(look(servers(20))).toEqual(none);
    expect(look(servers(21)).warnings).toEqual(['TOO_MANY_SERVERS /mcpServers']);
    expect(look(env(50))).toEqual(none);
    expect(look(env(51)).warnings).toEqual(['TOO_MANY_ENV_VARS /mcpServers/a/env']);
    expect(look(servers(21), { name: 'vscode/default' })).toEqual(none);
  });

  test('a transport the client cannot hold', () => {
    const remote = { a: { type: 'http', url: 'https://x.example.net/mcp' } };
    expect(look(remote, { name: 'claude-desktop/default' }).errors).toEqual(['UNSUPPORTED_TRANSPORT /mcpServers/a']);
    expect(look({ a: { type: 'sse', url: 'https://x.example.net' } }, { name: 'codex/x' }).errors).toEqual([
      'UNSUPPORTED_TRANSPORT /mcpServers/a',
    ]);
    expect(look({ a: { url: 'https://x.example.net' } }, { name: 'claude-desktop/x' }).errors).toEqual([
      'UNSUPPORTED_TRANSPORT /mcpServers/a',
    ]);
    for (const type of ['http', 'streamable-http', 'streamableHttp', 'sse', 'remote'])
      expect(look({ a: { type, url: 'https://x.example.net' } })).toEqual(none);
  });
});

describe('warnings', () => {
  test.each([
    ['EMPTY_ENV_VAR /mcpServers/a/env/A', { command: 'node', env: { A: '', B: 'x' } }],
    ['DOCKER_NOT_INTERACTIVE /mcpServers/a/args', { command: 'docker', args: ['run', '--rm', image] }],
    ['DOCKER_NOT_REMOVED /mcpServers/a/args', { command: '/usr/bin/docker', args: ['run', '-i', image] }],
    ['DOCKER_PRIVILEGED /mcpServers/a/args', docker('--privileged', image)],
    ['DOCKER_SOCKET /mcpServers/a/args', docker('-v', '/var/run/docker.sock:/var/run/docker.sock', image)],
    ['DOCKER_SOCKET /mcpServers/a/args', docker('--mount=type=bind,src=/var/run/docker.sock,dst=/s', image)],
    ['DOCKER_HOST_NETWORK /mcpServers/a/args', docker('--network', 'host', image)],
    ['DOCKER_HOST_NETWORK /mcpServers/a/args', docker('--net=host', image)],
    ['DOCKER_UNPINNED_IMAGE /mcpServers/a/args', docker('acme/server')],
    ['DOCKER_UNPINNED_IMAGE /mcpServers/a/args', docker('localhost:5000/acme/server')],
    ['DOCKER_UNPINNED_IMAGE /mcpServers/a/args', docker('acme/server:latest', 'x:1')],
    ['DOCKER_TERMINAL /mcpServers/a/args', docker('-it', 'acme/server:1.2.3')],
    ['DOCKER_TERMINAL /mcpServers/a/args', docker('--tty', image)],
    ['DOCKER_DETACHED /mcpServers/a/args', docker('-d', image)],
    ['DOCKER_HOST_ROOT /mcpServers/a/args', docker('-v', '/:/host:ro', image)],
    ['DOCKER_HOST_ROOT /mcpServers/a/args', docker('--mount', 'type=bind,source=/,target=/host', image)],
    ['DOCKER_ROOT_USER /mcpServers/a/args', docker('--user', '0', image)],
    ['DOCKER_ROOT_USER /mcpServers/a/args', docker('-u', 'root:root', image)],
    ['DOCKER_NOT_INTERACTIVE /mcpServers/a/args', { command: 'docker', args: ['exec', 'c', 'server'] }],
    ['DOCKER_NOT_INTERACTIVE /mcpServers/a/args', { command: 'podman', args: ['exec', '-w', '-i', 'c', 'server'] }],
    ['DOCKER_ROOT_USER /mcpServers/a/args', { command: 'docker', args: ['exec', '-iu', '0:0', 'c', 'server'] }],
    ['DOCKER_TERMINAL /mcpServers/a/args', { command: 'docker', args: ['compose', 'run', '--rm', 'server'] }],
    ['DOCKER_TERMINAL /mcpServers/a/args', { command: 'docker', args: ['compose', '-f', 'run', 'exec', 'x', '-T'] }],
    ['DOCKER_NOT_REMOVED /mcpServers/a/args', { command: 'docker-compose', args: ['run', '-T', 'server'] }],
    ['LOCALHOST_IN_CONTAINER /mcpServers/a/args', docker('-e', 'API=http://localhost:3000/x', image)],
    ['UNPINNED_PACKAGE /mcpServers/a/args', { command: 'npx', args: ['-y', '@acme/server'] }],
    ['UNPINNED_PACKAGE /mcpServers/a/args', { command: 'npx', args: ['-y', '@acme/server@latest'] }],
    ['UNPINNED_PACKAGE /mcpServers/a/args', { command: 'npx', args: ['-p', 'server', 'run-it@1.0.0'] }],
    ['UNPINNED_PACKAGE /mcpServers/a/args', { command: 'uvx', args: ['--python', '3.12', 'server'] }],
    ['UNPINNED_PACKAGE /mcpServers/a/args', { command: 'uvx', args: ['--from', 'server', 'run-it'] }],
    ['COMMAND_NOT_FOUND /mcpServers/a/command', { command: 'nowhere' }],
    ['FOREIGN_PATH /mcpServers/a/args/0', { command: 'node', args: ['C:\\Users\\me\\server.js'] }],
    ['FOREIGN_PATH /mcpServers/a/command', { command: '/Users/me/bin/server' }],
  ])('%s', (finding, server) => {
    expect(look({ a: server })).toEqual({ errors: [], warnings: [finding] });
  });

  test.each([
    [docker(image)],
    [{ command: 'docker', args: ['run', '--init', '-i', '--rm', '-e', 'A', '--name', 'x', 'acme/server:1.2'] }],
    [{ command: 'docker', args: ['container', 'run', '-i', '--rm', '-v/a:/b', 'acme/server:1.2'] }],
    [{ command: 'docker', args: ['compose', 'exec', '-T', 'x', 'y'] }],
    [{ command: 'docker', args: ['-c', 'run', 'compose', '-p', 'p', 'run', '--rm', '-T', 'x', '-d', '-t'] }],
    [{ command: 'docker', args: ['exec', '-i', '--user', '1000', 'c', 'server', '--user', '0'] }],
    [docker('-v', '/home:/host', '--user', '10001', image, '-t')],
    [{ command: 'docker', args: ['logs', '-t', 'x'] }],
    [docker('--add-host', 'host.docker.internal:host-gateway', '-e', 'API=http://host.docker.internal:3000', image)],
    [{ command: 'npx', args: ['-y', '@acme/server@1.2.3'] }],
    [{ command: 'npx', args: ['./server'] }],
    [{ command: 'uvx', args: ['server==1.2.3'] }],
    [{ command: 'uvx', args: ['server@1.2.3', '--port', '1'] }],
    [{ command: 'pipx', args: ['run', 'server==1.2'] }],
    [{ command: '/home/me/bin/server', args: ['http://localhost:3000'] }],
    [{ command: '${env:HOME}/bin/server' }],
    [{ url: 'http://localhost:3000/mcp' }],
  ])('nothing on %j', (server) => {
    expect(look({ a: server })).toEqual(none);
  });

  test('a client that is not known, and one that expands nothing', () => {
    const servers = { a: { command: 'node', env: { A: '${env:A}' } } };
    expect(look(servers, { name: 'team/shared' }).warnings).toEqual(['UNKNOWN_CLIENT ']);
    expect(look(servers, { name: 'claude-desktop/default' }).warnings).toEqual([
      'VARIABLE_NOT_EXPANDED /mcpServers/a/env/A',
    ]);
    expect(look(servers, { name: 'codex/x', member: 'mcp_servers' }).warnings).toEqual([
      'VARIABLE_NOT_EXPANDED /mcp_servers/a/env/A',
    ]);
    expect(look(servers)).toEqual(none);
  });

  test('same name, different program', () => {
    const previous = { mcpServers: { a: { command: 'node', args: ['x.js'] }, b: { command: 'node' } } };
    expect(
      look(
        { a: { command: 'node', args: ['y.js'] }, b: { command: 'node', env: { A: 'x' } }, c: { command: 'node' } },
        { previous },
      ).warnings,
    ).toEqual(['PROGRAM_CHANGED /mcpServers/a']);
  });

  test('looks for commands on the real search path', () => {
    const codes = (command: string) =>
      mcpServerFindings('cursor/x', { mcpServers: { a: { command } } }, undefined).warnings.map(({ code }) => code);
    expect(codes('node')).toEqual([]);
    expect(codes('no-such-command-anywhere')).toEqual(['COMMAND_NOT_FOUND']);
  });
});

describe('what one client cannot do', () => {
  test.each([
    ['a command and a URL', 'cursor/x', { command: 'node', url: 'https://a.example' }, 'COMMAND_AND_URL /mcpServers/a'],
    [
      'a shell reads more into a value',
      'crush/x',
      { command: 'node', args: ['$(id)'] },
      'SHELL_EXPANSION /mcpServers/a/args/0',
    ],
    [
      'a variable that has to be approved',
      'kiro/x',
      { command: 'node', env: { A: '${env:A}' } },
      'VARIABLE_APPROVAL /mcpServers/a/env/A',
    ],
    ['http to another machine', 'kiro/x', { url: 'http://a.example/mcp' }, 'PLAIN_HTTP /mcpServers/a/url'],
  ])('%s', (_, name, server, finding) => {
    const { errors, warnings } = look({ a: server }, { name });
    expect([...errors, ...warnings]).toContain(finding);
  });

  test('what they can is no finding', () => {
    expect(look({ a: { command: 'node', args: ['$HOME', '${env:A}'] } }, { name: 'crush/x' })).toEqual(none);
    expect(look({ a: { url: 'http://localhost:8080/mcp' } }, { name: 'kiro/x' })).toEqual(none);
    expect(look({ workspace: { command: 'node' } }, { name: 'claude-code/x' }).warnings).toEqual([
      'RESERVED_NAME /mcpServers/workspace',
    ]);
  });
});
