import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pretty from 'pino-pretty';
import { build } from './build.ts';

const ROOT = join(import.meta.dirname, '..');
/** How often the sources are looked at; an editor saves in several steps, so they must be still for as long. Milliseconds. */
const LOOK_MS = 250;

// For development: builds the bundle and serves it, again on each change of src/, and ends with its client. Standard output stays
// JSON-RPC only; logs are made readable on standard error, where this script also says what it does.
const { outdir } = parseArgs({ options: { outdir: { type: 'string', default: join(ROOT, 'dist') } } }).values;
const logs = pretty({ destination: 2, colorize: process.stderr.isTTY });
let server: ChildProcess | undefined;

async function restart(): Promise<void> {
  try {
    await build({ outdir });
  } catch {
    say('not built (esbuild says above why): the server before it goes on'); // the next change tries again
    return;
  }
  if (server !== undefined && server.exitCode === null && server.signalCode === null) {
    server.removeAllListeners('exit');
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  server = spawn(process.execPath, [join(outdir, 'main.js'), 'serve'], { stdio: ['inherit', 'inherit', 'pipe'] });
  server.stderr?.pipe(logs, { end: false });
  // It ends when its client goes away, and then there is nothing to restart for.
  server.once('exit', (code) => process.exit(code ?? 1));
  say(`serving (process ${server.pid})`);
}

function say(text: string): void {
  process.stderr.write(`dev: ${text}\n`);
}

/** What the sources are: looked at by name, so that a file saved by renaming another over it counts, on every file system. */
function sources(): string {
  const seen: string[] = [];
  for (const entry of readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined) seen.push(`${path} ${stat.mtimeMs} ${stat.size} ${stat.ino}`);
  }
  return seen.join('\n');
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.once(signal, () => {
    server?.removeAllListeners('exit');
    server?.kill('SIGTERM');
    process.exit(0);
  });
let built = sources();
await restart();
for (let before = built; ; ) {
  await wait(LOOK_MS);
  const now = sources();
  const isStill = now === before;
  before = now;
  if (!isStill || now === built) continue;
  built = now;
  await restart();
}
