import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DOCKER, describeContainer, docker, execute, figure, HARDENED, IMAGE, volume } from './engine.ts';

const ROOT = join(import.meta.dirname, '../..');
const TOKEN = randomBytes(32).toString('hex');
/** The image the build begins from: a neighbour that has Node, and no part of ours. */
const NEIGHBOUR = process.env['NODE_IMAGE'] ?? 'node:24-trixie-slim';
const CALL = { jsonrpc: '2.0', id: 1, method: 'tools/call' };
const LIST = JSON.stringify({ ...CALL, method: 'tools/list' });
const CONFIGS = JSON.stringify({ ...CALL, id: 2, params: { name: 'list_configs', arguments: {} } });
const NC = findNetcat();
if (NC === undefined) process.stderr.write('\nno nc here: other containers are not tested with it\n\n');

function findNetcat(): string | undefined {
  try {
    return execFileSync('sh', ['-c', 'command -v nc'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined; // not installed
  }
}

/** A folder of this test's own, readable to every user, gone after it. */
async function openFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'config-store-http-'));
  await chmod(path, 0o755);
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Runs a script on the neighbour's own Node, in the same network. @throws Error with what it said on stderr */
async function neighbour(network: string, text: string): Promise<string> {
  return docker('run', '--rm', `--network=${network}`, '--log-driver=none', NEIGHBOUR, 'node', '-e', text);
}

/** The script of an HTTP client: sends a body with the token, and prints what comes. */
const post = (url: string, body: string) => `
  const headers = { authorization: 'Bearer ${TOKEN}', 'content-type': 'application/json', accept: 'application/json' };
  const answer = await fetch('${url}', { method: 'POST', headers, body: ${JSON.stringify(body)} });
  console.log(answer.status, await answer.text());`;

/** `nc` of this machine in the neighbour: the program, and the libraries the neighbour may not have. */
async function netcat(network: string, host: string, lines: string): Promise<string> {
  const folder = await openFolder();
  const program = NC ?? '';
  const libraries = execFileSync('ldd', [program], { encoding: 'utf8' }).match(/\/\S*lib(?:bsd|md|resolv)\.\S*/g) ?? [];
  for (const path of [program, ...libraries]) await copyFile(path, join(folder, basename(path)));
  const run = ['run', '--rm', '-i', `--network=${network}`, '--log-driver=none', `--volume=${folder}:/nc:ro`];
  const command = ['--env=LD_LIBRARY_PATH=/nc', NEIGHBOUR, '/nc/nc', '-N', host, '8002'];
  const { code, stdout, stderr } = await execute(DOCKER, [...run, ...command], { input: lines });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

describeContainer('the Compose profile http', () => {
  test('becomes healthy, serves other containers by HTTP and by lines, and ends cleanly', async () => {
    const folder = await openFolder();
    for (const path of ['docker-compose.yml', 'LICENSE']) await cp(join(ROOT, path), join(folder, path));
    await writeFile(join(folder, 'service-token.txt'), `${TOKEN}\n`, { mode: 0o644 });
    const name = `mcs${randomBytes(4).toString('hex')}`;
    const env = {
      ...process.env,
      ...{ IMAGE, HTTP_PORT: '0', CONFIG_STORE_TCP: '0.0.0.0:8002', CONFIG_STORE_TCP_SCOPE: 'read' },
    };
    const compose = async (...args: readonly string[]) => {
      const file = ['-f', join(folder, 'docker-compose.yml'), '-p', name, '--profile', 'http'];
      const { code, stdout, stderr } = await execute(DOCKER, ['compose', ...file, ...args], { env });
      if (code !== 0) throw new Error(`compose ${args.join(' ')}: exit ${code}: ${stderr}`);
      return stdout.trim();
    };
    onTestFinished(async () => {
      await compose('down', '-v', '--remove-orphans');
    });
    await compose('up', '-d', 'http');
    const id = await compose('ps', '-q', 'http');
    const health = () => execute(DOCKER, ['exec', id, '/usr/local/bin/node', '/app/main.js', 'health']);
    await expect.poll(async () => (await health()).code, { timeout: 30_000 }).toBe(0);
    expect((await health()).stdout).toContain('/readyz');

    const network = `${name}_clients`;
    const put = { ...CALL, params: { name: 'put_config', arguments: { name: 'a/b', content: 'x' } } };
    expect(await neighbour(network, post('http://http:3000/mcp', LIST))).toMatch(/^200 .*"put_config"/);
    expect(await neighbour(network, post('http://http:3000/mcp', JSON.stringify(put)))).toMatch(/"created":true/);
    const unknown = post('http://http:3000/mcp', LIST).replace(TOKEN, 'another');
    expect(await neighbour(network, unknown)).toMatch(/^401 \{"jsonrpc"/);
    if (NC !== undefined) {
      const said = await netcat(network, 'http', `${LIST}\n${CONFIGS}\n`);
      expect(said).toContain('"get_config"');
      expect(said).not.toContain('"put_config"');
      expect(said).toContain('"a/b"');
    }
    await compose('stop');
    expect(await docker('inspect', '-f', '{{.State.ExitCode}} {{.State.OOMKilled}}', id)).toBe('0 false');
  });
});

describeContainer('256 MiB', () => {
  test('are enough for 32 calls in flight, large ones among them', async () => {
    const network = await docker('network', 'create', `mcs-${randomBytes(4).toString('hex')}`);
    const flags = HARDENED.filter((flag) => !flag.startsWith('--network') && !flag.startsWith('--log-driver'));
    const settings = [`--env=SERVICE_AUTH_TOKEN=${TOKEN}`, '--network-alias=store', `--network=${network}`];
    const mounts = [`--volume=${await volume()}:/app/var`];
    const id = await docker('run', '-d', ...flags, ...settings, ...mounts, IMAGE, 'serve', '--http', '0.0.0.0:3000');
    onTestFinished(async () => {
      await execute(DOCKER, ['rm', '-f', id]);
      await execute(DOCKER, ['network', 'rm', network]);
    });
    const calls = `
      const headers = { authorization: 'Bearer ${TOKEN}', 'content-type': 'application/json', accept: 'application/json' };
      const call = async (name, args) => {
        const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } });
        const answer = await fetch('http://store:3000/mcp', { method: 'POST', headers, body });
        const { result } = await answer.json();
        if (answer.status !== 200 || result.isError) throw new Error(answer.status + JSON.stringify(result).slice(0, 500));
      };
      for (let n = 0; ; n++) if (await call('list_configs', {}).then(() => true, (error) => { if (n > 100) throw error; })) break;
        else await new Promise((resolve) => setTimeout(resolve, 50));
      const large = 'line of text\\n'.repeat(20000);
      const began = performance.now();
      let done = 0;
      await Promise.all(Array.from({ length: 32 }, async (_, worker) => {
        for (let n = 0; n < 60; n++, done++) {
          if (n % 10 === 0) await call('put_config', { name: 'load/' + worker, content: n + large });
          else if (n % 10 === 1) await call('list_history', { name: 'load/' + worker });
          else await call('get_config', { name: 'load/' + worker });
        }
      }));
      console.log(done, Math.round(done / (performance.now() - began) * 1000));`;
    const [done, perSecond] = (await neighbour(network, calls)).split(' ');
    expect(done).toBe('1920');
    const peak = await execute(DOCKER, ['exec', id, '/usr/local/bin/node', '-p', PEAK]);
    figure(`HTTP in 256 MiB, 32 in flight: ${perSecond} calls/s, memory at most ${peak.stdout.trim()} MiB`);
    expect(await docker('inspect', '-f', '{{.State.Running}} {{.State.OOMKilled}}', id)).toBe('true false');
    await docker('stop', id);
    expect(await docker('inspect', '-f', '{{.State.ExitCode}}', id)).toBe('0');
  });
});

/** Reads the greatest amount of memory the container's processes had, from process 1: the cgroup may not be visible. */
const PEAK = `Math.round(/VmHWM:\\s+(\\d+)/.exec(fs.readFileSync('/proc/1/status', 'utf8'))[1] / 1024)`;

describe.skipIf(NC !== undefined)('nc', () => {
  test.skip('lists and calls tools from another container: no nc here');
});
