import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { COMMAND, StdioPeer, temporaryVar } from './server-process.ts';

// How much a call asks of the system, counted and not timed: what it costs on any machine. Only on Linux, and where tracing is allowed.
const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
const CALLS = '%file,read,pread64,write,pwrite64,fsync,fdatasync,ftruncate,fcntl,close';
const COUNT = 20;

/** The system calls of a server between its answers, those to its own files and folders only. */
async function traceOf(work: (server: StdioPeer) => Promise<void>, given?: string): Promise<string[]> {
  const folder = given ?? (await temporaryVar());
  const trace = join(folder, 'trace');
  const env = { ...process.env, CONFIG_STORE_TELEMETRY: 'off' };
  const command = [process.execPath, COMMAND, 'serve', '--var', join(folder, 'var')];
  const server = new StdioPeer(
    'strace',
    ['-f', '-y', '-s', '60', '-o', trace, '-e', `trace=${CALLS}`, ...command],
    env,
  );
  await server.initialize();
  await work(server);
  server.child.stdin.end();
  await server.exited;
  return readFileSync(trace, 'utf8').split('\n');
}

async function call(server: StdioPeer, id: string, tool: string, args: object): Promise<void> {
  server.call(id, tool, args);
  expect((await server.reply(id)).result?.['isError']).not.toBe(true);
}

/** The calls from the request with one id up to the request with another. */
function between(lines: readonly string[], first: string, next: string): string[] {
  const at = (id: string) => lines.findIndex((line) => line.includes(`\\"id\\":\\"${id}\\"`));
  return lines.slice(at(first), at(next)).filter((line) => /^\d+ +\w+\(/.test(line));
}

it.skipIf(!canTrace)('a put waits for the disk four times, two at once, and a get reads one file', async () => {
  const content = (n: number) => `${n} `.repeat(500);
  const lines = await traceOf(async (server) => {
    for (let n = 0; n < 5; n++) await call(server, `warm-${n}`, 'put_config', { name: `a/${n}`, content: content(n) });
    for (let n = 0; n < COUNT; n++)
      await call(server, `put-${n}`, 'put_config', { name: `a/${n % 5}`, content: content(100 + n) });
    for (let n = 0; n < COUNT; n++) await call(server, `get-${n}`, 'get_config', { name: `a/${n % 5}` });
    await call(server, 'end', 'get_config', { name: 'a/0' });
  });
  const ofPuts = between(lines, 'put-0', 'get-0');
  // What was put is written to the cache a moment later.
  const ofGets = between(lines, 'get-0', 'end').filter((line) => !line.includes('/state/cache.sqlite'));
  const flushes = (of: readonly string[]) =>
    of.filter((line) => /f(?:data)?sync\(/.test(line) && line.includes('/storage/'));
  expect(flushes(ofPuts)).toHaveLength(4 * COUNT);
  expect(ofPuts.length / COUNT).toBeLessThan(100);
  expect(flushes(ofGets)).toHaveLength(0);
  expect(ofGets.filter((line) => line.includes('/objects/') && /openat\(/.test(line))).toHaveLength(COUNT);
  expect(ofGets.length / COUNT).toBeLessThan(14);
});

it.skipIf(!canTrace)(
  'the first answer loads only what it needs, and a read makes nothing durable of its own',
  async () => {
    const folder = await temporaryVar();
    const put = spawnSync(process.execPath, [COMMAND, 'put', 'a', import.meta.filename, '--var', join(folder, 'var')]);
    expect(put.status).toBe(0);
    const trace = await traceOf((server) => call(server, 'first', 'get_config', { name: 'a' }), folder);
    const lines = trace.slice(
      0,
      trace.findLastIndex((line) => /write\(1<.*"result/.test(line)),
    );
    const opened = lines.flatMap((line) => /openat\([^"]*"([^"]*\/dist\/[^"]+)".* = \d/.exec(line)?.[1] ?? []);
    const chunks = [...new Set(opened)].filter((path) => path.endsWith('.js'));
    expect(chunks.length).toBeGreaterThan(0);
    expect(chunks.length).toBeLessThan(18);
    expect(chunks.reduce((sum, path) => sum + statSync(path).size, 0)).toBeLessThan(1_300_000);
    expect(chunks.join('\n')).not.toMatch(/chunks\/(?:registry|prom|pg|age|diff|yaml|toml|ed25519|worker)-/);
    expect(lines.filter((line) => /f(?:data)?sync\(/.test(line) && !line.includes('/storage/log'))).toEqual([]);
  },
);

it('a start leaves modules of Node alone that no answer needs', async () => {
  const watch = `process.on('exit', () => process.stderr.write('LOADED ' + process.moduleLoadList.join()))`;
  const env = { ...process.env, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(watch)}` };
  const command = [COMMAND, 'serve', '--var', join(await temporaryVar(), 'var')];
  const server = new StdioPeer(process.execPath, command, { ...env, CONFIG_STORE_TELEMETRY: 'off' });
  await server.initialize();
  server.call('first', 'get_config', { name: 'none' });
  await server.reply('first');
  server.child.stdin.end();
  await server.exited;
  const loaded =
    /LOADED (.*)/
      .exec(server.stderr)?.[1]
      ?.split(',')
      .map((name) => name.replace('NativeModule ', '')) ?? [];
  expect(loaded).toContain('crypto');
  const costly = ['worker_threads', 'internal/crypto/webcrypto', 'internal/fs/promises', 'internal/readline/interface'];
  expect(loaded.filter((name) => costly.includes(name))).toEqual([]);
});

it.skipIf(!canTrace)("an image's health check reads one file of the program, and asks the system little", async () => {
  const folder = await temporaryVar();
  const trace = join(folder, 'trace');
  const env = { ...process.env, CONFIG_STORE_VAR: join(folder, 'var') };
  const put = spawnSync(process.execPath, [COMMAND, 'put', 'a', COMMAND], { env, encoding: 'utf8' });
  expect(put.status, put.stderr).toBe(0);
  const check = [process.execPath, join(dirname(COMMAND), 'health.cjs')];
  const options = ['-f', '-s', '200', '-o', trace, '-e', `trace=${CALLS},execve`];
  const { stdout } = spawnSync('strace', [...options, ...check], { env, encoding: 'utf8' });
  expect(stdout).toBe('healthy: 12 checks passed\n');
  const lines = readFileSync(trace, 'utf8').split('\n');
  expect(lines.filter((line) => /execve\(.*\) = 0/.test(line))).toHaveLength(1);
  const opened = lines.filter((line) => /openat\(/.test(line) && !line.includes('ENOENT'));
  expect(opened.filter((line) => /\/dist\/.*js"/.test(line)).length).toBe(1);
  // 256 of the calls look at the folders of artifacts, without opening them.
  expect(opened.length).toBeLessThan(100);
  expect(lines.length).toBeLessThan(1_100);
});
