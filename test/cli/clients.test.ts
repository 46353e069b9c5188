import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createWorkplace } from './run-cli.ts';

const CATALOG = `${import.meta.dirname}/../../examples/catalog`;

it('from an empty catalog to a deployed server, what differs, and back', async () => {
  const place = await createWorkplace();
  onTestFinished(() => place.remove());
  const file = place.path('.codex/config.toml');
  await mkdir(dirname(file));
  const before = '# mine\nmodel = "o9"\n\n[mcp_servers.mine]\ncommand = "x"\n';
  await writeFile(file, before);
  await place.json(['catalog', 'add', `${CATALOG}/brave-search.json`]);
  const listed = await place.run(['catalog', 'search', 'brave']);
  expect([listed.code, listed.stdout]).toEqual([0, expect.stringContaining('brave-search  2.1.4')]);
  const added = await place.json<{ variables: string[] }>([
    'clients',
    'add-server',
    'brave-search',
    '--to',
    'codex/default',
  ]);
  expect(added.variables).toEqual(['BRAVE_API_KEY']);
  const asked = await place.run(['clients', 'deploy', 'codex/default']);
  expect([asked.code, asked.stderr]).toEqual([64, expect.stringContaining('--yes')]);
  expect(await readFile(file, 'utf8')).toBe(before);
  const deployed = await place.run(['clients', 'deploy', 'codex/default', '--yes']);
  expect([deployed.code, deployed.stderr]).toEqual([0, '']);
  expect(deployed.stdout).toMatch(
    /\+ brave-search[\s\S]*env_vars \["BRAVE_API_KEY"\][\s\S]*Start a new session of Codex/,
  );
  const written = await readFile(file, 'utf8');
  expect(written.startsWith(before)).toBe(true);
  expect(written).toContain('args = ["-y", "@brave/brave-search-mcp-server@2.1.4", "--transport", "stdio"]');
  const scan = await place.run(['clients']);
  expect(Math.max(...scan.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(scan.stdout).toMatch(/codex +ok +2 +1 +codex\/default@1\n +~\/\.codex\/config\.toml/);
  await writeFile(file, written.replace('"npx"', '"evil"'));
  expect((await place.run(['clients', 'show', 'codex'])).stdout).toContain('other-program');
  await writeFile(file, written);
  expect((await place.run(['clients', 'history'])).stdout).toMatch(/deploy +codex +codex\/default@1/);
  expect((await place.run(['clients', 'undo', 'codex'])).code).toBe(0);
  expect(await readFile(file, 'utf8')).toBe(before);
});

it('renders, runs with the value of a variable, and probes', async () => {
  const place = await createWorkplace();
  onTestFinished(() => place.remove());
  const server = `${import.meta.dirname}/../clients/tiny-server.mjs`;
  const entry = { type: 'stdio', command: process.execPath, args: [server], env: { GREETING: `\${env:GREETING}` } };
  await writeFile(place.path('a.json'), JSON.stringify({ mcpServers: { tiny: entry } }));
  await place.json(['put', 'team/servers', 'a.json']);
  const rendered = await place.run(['get', 'team/servers', '--for', 'claude-desktop']);
  expect([rendered.stderr, JSON.parse(rendered.stdout)]).toEqual([
    expect.stringContaining('VARIABLE_UNSUPPORTED: claude-desktop: tiny.env.GREETING'),
    { mcpServers: { tiny: { command: process.execPath, args: [server] } } },
  ]);
  const none = await place.run(['run', 'team/servers/tiny']);
  expect([none.code, none.stderr]).toEqual([66, expect.stringContaining('GREETING has no value')]);
  const request = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })}\n`;
  const ran = await place.run(['run', 'team/servers/tiny'], { stdin: request, env: { GREETING: 'hello' } });
  expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining('"description":"hello"')]);
  const first = await place.run(['probe', 'team/servers', '--record'], { env: { GREETING: 'hello' } });
  expect([first.code, first.stdout]).toEqual([0, expect.stringMatching(/tiny +yes +1 .*2025-11-25/)]);
  const changed = await place.run(['probe', 'team/servers/tiny'], { env: { GREETING: 'do something else' } });
  expect([changed.code, changed.stdout]).toEqual([4, expect.stringContaining('tiny: ~ greet')]);
});

it('says of a file that is left alone only once why', async () => {
  const place = await createWorkplace();
  onTestFinished(() => place.remove());
  await mkdir(place.path('.cursor'));
  await writeFile(place.path('.cursor/mcp.json'), '{"mcpServers":{');
  await place.run(['put', 'cursor/default', '-'], { stdin: '{"mcpServers":{"a":{"type":"stdio","command":"x"}}}' });
  const refused = await place.run(['clients', 'deploy', 'cursor/default']);
  expect([refused.code, refused.stderr]).toEqual([65, '']);
  expect(refused.stdout.match(/cannot be edited/g)).toHaveLength(1);
  await writeFile(place.path('.cursor/mcp.json'), '{"mcpServers":{"a":{"command":"y"}}}');
  const conflict = await place.run(['clients', 'deploy', 'cursor/default']);
  expect([conflict.code, conflict.stdout.match(/^cursor /gm)?.length]).toEqual([75, 1]);
  const taken = await place.run(['clients', 'deploy', 'cursor/default', '--take-over', '--yes']);
  expect(taken.stdout.match(/Cursor reads the file when it is saved/g)).toHaveLength(1);
});

/** A program of this test's own in the place of the system's: no real keyring was tried. */
it.skipIf(process.platform !== 'linux')('takes the value of a variable from the keyring of the system', async () => {
  const place = await createWorkplace();
  onTestFinished(() => place.remove());
  const script = (text: string) => writeFile(place.path('bin/secret-tool'), `#!/bin/sh\n${text}\n`);
  await mkdir(place.path('bin'));
  await script(`echo "$@" >> '${place.path('asked')}'; [ "$5" = GREETING ] && printf 'hello\\n'`);
  await chmod(place.path('bin/secret-tool'), 0o755);
  const env = { PATH: `${place.path('bin')}:${process.env['PATH']}` };
  const greet = ['-c', 'printf %s "$GREETING"'];
  const entry = (name: string) => ({ type: 'stdio', command: 'sh', args: greet, env: { GREETING: `\${env:${name}}` } });
  const servers = { ours: entry('GREETING'), other: entry('NOT_THERE') };
  await place.run(['put', 'team/servers', '-'], { stdin: JSON.stringify({ mcpServers: servers }) });
  const ran = await place.run(['run', 'team/servers/ours'], { env });
  expect([ran.code, ran.stdout]).toEqual([0, 'hello']);
  expect(await readFile(place.path('asked'), 'utf8')).toBe('lookup service mcp-config-store variable GREETING\n');
  const own = await place.run(['run', 'team/servers/ours'], { env: { ...env, GREETING: 'from here' } });
  expect(own.stdout).toBe('from here');
  const missing = await place.run(['run', 'team/servers/other'], { env });
  expect([missing.code, missing.stderr]).toEqual([66, expect.stringMatching(/NOT_THERE has no value.*keyring/s)]);
  await script('echo s3cr3t >&2; exit 1');
  const failed = await place.run(['run', 'team/servers/ours'], { env });
  expect([failed.code, failed.stderr]).toEqual([66, expect.not.stringContaining('s3cr3t')]);
});
