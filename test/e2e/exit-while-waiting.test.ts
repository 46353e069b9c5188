import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { COMMAND, ServerProcess, type StdioPeer, temporaryVar } from './server-process.ts';

// Something never answers: the other end of a FIFO, a disk, a thread. The process has to end all the same; without an end of its
// own it would wait for ever, and so would the test.
const canCompile = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0;
const canUnshare = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;
const canPrompt = (spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '').includes('util-linux');

let folder: string;
let fifo: string;
const config = (args: readonly string[], input = '', env: Record<string, string> = {}) =>
  execFileSync(process.execPath, [COMMAND, ...args, '--var', join(folder, 'var')], {
    input,
    env: { ...process.env, HOME: folder, ...env },
  });
beforeEach(async () => {
  folder = await temporaryVar();
  fifo = join(folder, 'fifo');
  if (process.platform !== 'win32') execFileSync('mkfifo', [fifo]);
});

const ENDS: ReadonlyArray<[string, (server: StdioPeer) => void]> = [
  ['the end of input', (server) => server.child.stdin.end()],
  ['SIGTERM', (server) => server.child.kill('SIGTERM')],
  ['SIGINT', (server) => server.child.kill('SIGINT')],
];

describe.skipIf(process.platform === 'win32').each(ENDS)('at %s a server ends with 0 while', (_, end) => {
  test('a write waits for a passphrase that nobody sends', async () => {
    writeFileSync(join(folder, 'passphrase'), 'secret\n');
    config(['put', 'a/b', '-'], 'x');
    config(['keys', 'encrypt'], '', { CONFIG_STORE_KEY_PASSPHRASE_FILE: join(folder, 'passphrase') });
    const server = new ServerProcess(join(folder, 'var'), [], { CONFIG_STORE_KEY_PASSPHRASE_FILE: fifo });
    await server.initialize();
    server.call(1, 'put_config', { name: 'c/d', content: 'y' });
    server.call(2, 'get_config', { name: 'a/b' });
    await server.reply(2);
    await wait(300); // the put has come to the passphrase by now; if not, the test shows less, and still has to pass
    end(server);
    expect(await server.exited).toEqual([0, null]);
  });

  test('a thread compares large content', async () => {
    const server = new ServerProcess(join(folder, 'var'));
    await server.initialize();
    const lines = (seed: number) => Array.from({ length: 60_000 }, (_value, at) => (at * seed) % 9_973).join('\n');
    server.call(1, 'put_config', { name: 'a/b', content: lines(7) });
    await server.reply(1);
    server.call(2, 'diff_configs', { name: 'a/b', from: 1, content: lines(11), unified: true });
    server.call(3, 'list_configs', {});
    await server.reply(3);
    end(server);
    expect(await server.exited).toEqual([0, null]);
  });
});

test.skipIf(!canCompile).each(ENDS)('at %s a server ends with 0 while the disk does not answer', async (_, end) => {
  const library = join(folder, 'slow.so');
  const source = '#include <unistd.h>\nint fsync(int file) { for (;;) pause(); }\n';
  execFileSync('cc', ['-shared', '-fPIC', '-x', 'c', '-o', library, '-'], { input: source });
  const server = new ServerProcess(join(folder, 'var'), [], { LD_PRELOAD: library });
  await server.initialize();
  server.call(1, 'put_config', { name: 'a/b', content: 'x' });
  server.call(2, 'validate_config', { content: 'x' });
  await server.reply(2);
  end(server);
  expect(await server.exited).toEqual([0, null]);
});

describe.skipIf(process.platform === 'win32')('a command', () => {
  test.each([
    ['reads a file', ['put', 'a/b', 'FIFO']],
    ['reads a draft', ['draft', 'put', 'a/b', 'FIFO']],
    ['compares a file', ['diff', 'e/e', '--file', 'FIFO']],
    ['reads a key', ['keys', 'import', 'FIFO']],
    ['reads a passphrase', ['backup', '--out', 'b.age', '--passphrase-file', 'FIFO']],
    ['checks a backup', ['backup', 'verify', 'FIFO', '--passphrase-file', 'FIFO']],
    ['follows events', ['telemetry', '--follow']],
    ['reads its input', ['put', 'a/b', '-']],
  ])('ends at SIGTERM while it %s', async (_, line) => {
    config(['put', 'e/e', '-'], 'x');
    const args = [...line.map((word) => (word === 'FIFO' ? fifo : word)), '--var', join(folder, 'var')];
    const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, env: { ...process.env, HOME: folder } });
    const ended = once(child, 'close');
    await wait(700);
    child.kill('SIGTERM');
    await ended;
    expect(child.exitCode ?? child.signalCode).toSatisfy((how) => how === 'SIGTERM' || how === 0);
  });

  test.skipIf(!canUnshare)('ends at SIGTERM as process 1 of a container too', async () => {
    const args = ['--pid', '--fork', process.execPath, COMMAND, 'put', 'a/b', fifo, '--var', join(folder, 'var')];
    const child = spawn('unshare', args, { env: { ...process.env, HOME: folder } });
    const ended = once(child, 'close');
    await wait(1_000);
    const [inner = ''] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
    process.kill(Number(inner), 'SIGTERM');
    await ended;
    expect(child.exitCode).toBe(143);
  });

  test.skipIf(!canPrompt).each([
    ['no more input', '\u0004', /nothing was changed/],
    ['Ctrl-C', '\u0003', /nothing was changed|^$/],
  ])('ends at %s in front of a question', async (_, typed, said) => {
    config(['put', 'a/b', '-'], 'x');
    const line = [process.execPath, COMMAND, 'purge', 'a/b@1', '--reason', 'r', '--var', join(folder, 'var')];
    const child = spawn('script', ['-qefc', line.map((word) => `'${word}'`).join(' '), '/dev/null'], {
      env: { ...process.env, HOME: folder, TERM: 'xterm' },
    });
    let shown = '';
    const asked = new Promise<void>((resolve) => {
      child.stdout.on('data', (text: Buffer) => {
        shown += text.toString('utf8');
        if (shown.includes('[y/N]')) resolve();
      });
    });
    const ended = once(child, 'close');
    await asked;
    await wait(200);
    child.stdin.write(typed);
    await ended;
    expect(child.exitCode).not.toBe(0);
    expect(shown.split('[y/N]').at(-1)).toMatch(said);
  });
});
