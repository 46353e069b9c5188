import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  readonly binaries: Binaries;
  #child: ChildProcess | undefined;

  private constructor(binaries: Binaries, folder: string, port: number) {
    this.binaries = binaries;
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
    server.configure(options);
    await server.run();
    return server;
  }

  /** Writes its settings, and who is let in; they count from the next start. */
  configure({ settings = [], access }: ServerOptions): void {
    const lines = [
      `port = ${this.port}`,
      `listen_addresses = 'localhost'`,
      `unix_socket_directories = '${this.folder}'`,
      'max_connections = 300',
      ...settings,
    ];
    this.place('postgresql.auto.conf', `${lines.join('\n')}\n`, 0o600);
    if (access !== undefined) this.place('pg_hba.conf', `${access.join('\n')}\n`, 0o600);
  }

  /** Puts a file into the data folder, which belongs to the server's user. */
  place(name: string, bytes: string | Uint8Array, mode: number): void {
    const path = join(this.data, name);
    rmSync(path, { force: true });
    writeFileSync(path, bytes, { mode });
    if (asNobody.uid !== undefined) chownSync(path, NOBODY, NOBODY);
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  /** The server's process. */
  get pid(): number {
    return this.#child?.pid as number;
  }

  /** What all its processes have taken of the processor, in milliseconds; on Linux only. */
  processorMs(): number {
    const times = (pid: number) => (statOf(pid) ?? []).slice(11, 15).map(Number);
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = times(this.pid);
    const ofChildren = childrenOf(this.pid).flatMap((pid) => times(pid).slice(0, 2));
    const ticks = [user, system, endedUser, endedSystem, ...ofChildren].reduce((sum, each) => sum + each, 0);
    return ticks * 10;
  }

  /** The address of the database `postgres`, for a role. */
  url(role = 'postgres', parameters = ''): string {
    return `postgres://${role}@127.0.0.1:${this.port}/postgres${parameters}`;
  }

  /** Starts the server again, and waits until it answers. */
  async run(): Promise<void> {
    this.#child = spawn(this.binaries.postgres, ['-D', this.data], {
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
    // Through the socket: who is let in by TCP is what some tests are about.
    const client = new pg.Client({
      host: this.folder,
      port: this.port,
      user: 'postgres',
      database: 'postgres',
      connectionTimeoutMillis: 5_000,
    });
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

  /** Ends the server and all of its processes at once, with SIGKILL: as a power failure does, but for the disk's own cache. */
  async crash(): Promise<void> {
    const { pid } = this;
    const processes = [pid, ...childrenOf(pid)];
    const ended = once(this.#child as ChildProcess, 'close');
    for (const each of processes) {
      try {
        process.kill(each, 'SIGKILL');
      } catch {
        // ended by itself
      }
    }
    await ended;
  }

  /** Ends the server and takes its folder away. */
  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Processes that a process has started and that still run. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => Number(statOf(each)?.[1]) === pid);
}

/** What Linux says of a process after its name: its state, its parent, … (proc_pid_stat(5)); undefined once it has ended. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
