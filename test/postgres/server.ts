import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Binaries } from './binaries.ts';

/** PostgreSQL refuses to run as root: it is started as nobody then. */
const NOBODY = 65_534;
export const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** Makes a temporary folder that belongs to the server's user. */
export function serverFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'config-store-postgres-'));
  chmodSync(folder, 0o755);
  if (asNobody.uid !== undefined) chownSync(folder, NOBODY, NOBODY);
  return folder;
}

/** Returns a port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

/** How a server is made. */
export interface ServerOptions {
  /** Lines of postgresql.conf. */
  readonly settings?: readonly string[];
  /** Lines of pg_hba.conf; trust on loopback without. */
  readonly access?: readonly string[];
}

/** A real PostgreSQL in a temporary folder, on a free port of loopback. */
export class PostgresServer {
  readonly folder: string;
  readonly port: number;
  readonly #binaries: Binaries;
  #child: ChildProcess | undefined;

  private constructor(binaries: Binaries, folder: string, port: number) {
    this.#binaries = binaries;
    this.folder = folder;
    this.port = port;
  }

  /** Makes a database cluster and starts its server. */
  static async start(binaries: Binaries, options: ServerOptions = {}): Promise<PostgresServer> {
    const server = new PostgresServer(binaries, serverFolder(), await freePort());
    execFileSync(
      binaries.initdb,
      ['-D', server.data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--data-checksums', '--no-sync'],
      { ...asNobody, stdio: ['ignore', 'ignore', 'inherit'], cwd: server.folder },
    );
    const settings = [
      `port = ${server.port}`,
      `listen_addresses = '127.0.0.1'`,
      `unix_socket_directories = '${server.folder}'`,
      'max_connections = 300',
      ...(options.settings ?? []),
    ];
    writeFileSync(join(server.data, 'postgresql.auto.conf'), `${settings.join('\n')}\n`);
    if (options.access !== undefined) writeFileSync(join(server.data, 'pg_hba.conf'), `${options.access.join('\n')}\n`);
    await server.run();
    return server;
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  /** The server's process. */
  get pid(): number {
    return this.#child?.pid as number;
  }

  /** The address of the database `postgres`, for a role. */
  url(role = 'postgres', parameters = ''): string {
    return `postgres://${role}@127.0.0.1:${this.port}/postgres${parameters}`;
  }

  /** Starts the server again, and waits until it answers. */
  async run(): Promise<void> {
    this.#child = spawn(this.#binaries.postgres, ['-D', this.data], {
      ...asNobody,
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said: Buffer[] = [];
    this.#child.stderr?.on('data', (part: Buffer) => {
      said.push(part);
      this.log += part.toString();
    });
    for (let attempt = 0; ; attempt++) {
      try {
        await this.query('SELECT 1');
        return;
      } catch (error) {
        if (attempt === 600 || this.#child.exitCode !== null)
          throw new Error(`PostgreSQL does not start: ${Buffer.concat(said).toString()}`, { cause: error });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /** Everything the server has written to its log. */
  log = '';

  /** Runs a statement as superuser. */
  async query(text: string, values: unknown[] = []): Promise<pg.QueryResult> {
    const client = new pg.Client({ connectionString: this.url(), connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined); // the query fails too
    await client.connect();
    try {
      return await client.query(text, values);
    } finally {
      await client.end();
    }
  }

  /** Ends the server: `SIGINT` fast, `SIGQUIT` at once as a crash, `SIGKILL` harder still. */
  async stop(signal: NodeJS.Signals = 'SIGQUIT'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    child.kill(signal);
    await ended;
  }

  /** Ends the server and takes its folder away. */
  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
