import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { asNobody, freePort, type PostgresServer, serverFolder } from './server.ts';

const PROGRAM = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) => existsSync(path));

/** PgBouncer in transaction mode in front of a server. */
export interface Pooler {
  readonly url: string;
  dispose(): Promise<void>;
}

/** Starts one; undefined where the program is not there. */
export async function startPooler(server: PostgresServer): Promise<Pooler | undefined> {
  if (PROGRAM === undefined) return undefined;
  const folder = serverFolder();
  const port = await freePort();
  const config = join(folder, 'pgbouncer.ini');
  writeFileSync(join(folder, 'users.txt'), '"postgres" ""\n');
  writeFileSync(
    config,
    [
      '[databases]',
      `postgres = host=127.0.0.1 port=${server.port}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = trust',
      `auth_file = ${join(folder, 'users.txt')}`,
      'pool_mode = transaction',
      'max_client_conn = 1000',
      'default_pool_size = 30',
      '',
    ].join('\n'),
  );
  const child = spawn(PROGRAM, ['-q', config], { ...asNobody, cwd: folder, stdio: 'ignore' });
  await listening(port, child);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    dispose: async () => {
      if (child.exitCode === null) {
        const ended = once(child, 'close');
        child.kill('SIGKILL');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const there = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (there) return;
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('PgBouncer does not start');
}
