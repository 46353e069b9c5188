import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';

/** A server over HTTP in a process of its own. */
export interface HttpServer {
  readonly url: string;
  /** When the process was asked for, on the clock of `performance.now`. */
  readonly startedMs: number;
  /** Memory that it and all processes it started hold now, in MiB. */
  rssMib(): Promise<number>;
  end(): Promise<void>;
}

/** How to start one: `port` where it has to be told its own, else it says where it listens. */
export interface HttpContender {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly port?: number;
}

/** Starts a script on this Node, and waits until it listens. */
export async function startServer({ args, env, port }: HttpContender): Promise<HttpServer> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const url = port === undefined ? await announced(child) : await listening(port);
  return {
    url,
    startedMs,
    rssMib: async () => rssMib(child.pid ?? 0),
    end: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function announced(child: ChildProcess): Promise<string> {
  let said = '';
  for await (const chunk of child.stderr ?? []) {
    said += String(chunk);
    const [, url] = /listening on (\S+?),?(?:\s|$)/.exec(said) ?? [];
    if (url === undefined) continue;
    child.stderr?.resume();
    return url;
  }
  throw new Error(`the server did not start: ${said}`);
}

async function listening(port: number): Promise<string> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isThere = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]);
    socket.destroy();
    if (isThere) return `http://127.0.0.1:${port}/mcp`;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function rssMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const own = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1_024;
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean);
  const theirs = await Promise.all(children.map((child) => rssMib(Number(child))));
  return theirs.reduce((sum, one) => sum + one, own);
}
