import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pretty from 'pino-pretty';
import { build } from './build.ts';

const ROOT = join(import.meta.dirname, '..');
/** An editor saves in several steps; milliseconds. */
const QUIET_MS = 200;

// For development: builds the bundle and serves it, anew on each change of src/. Standard output stays JSON-RPC only;
// logs are made readable on standard error, where this script also says what it does.
const logs = pretty({ destination: 2, colorize: process.stderr.isTTY });
let server: ChildProcess | undefined;

async function restart(): Promise<void> {
  try {
    await build();
  } catch {
    say('not built (esbuild says above why): the server before it goes on'); // the next change tries again
    return;
  }
  if (server !== undefined && server.exitCode === null && server.signalCode === null) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  server = spawn(process.execPath, [join(ROOT, 'dist/main.js'), 'serve'], { stdio: ['inherit', 'inherit', 'pipe'] });
  server.stderr?.pipe(logs, { end: false });
  say(`serving (process ${server.pid})`);
}

function say(text: string): void {
  process.stderr.write(`dev: ${text}\n`);
}

let changed = 0;
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.once(signal, () => {
    server?.kill('SIGTERM');
    process.exit(0);
  });
watch(join(ROOT, 'src'), { recursive: true }, () => {
  changed++;
});
await restart();
for (let seen = 0; ; await wait(QUIET_MS)) {
  if (changed === seen) continue;
  do {
    seen = changed;
    await wait(QUIET_MS);
  } while (changed !== seen);
  await restart();
}
