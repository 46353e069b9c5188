import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StoreError } from '../core/errors.ts';
import { probeEnvironment } from './settings/settings.ts';

/** How long a server may take, start and end included: less than the ten seconds the image gives the whole check; milliseconds. */
const LIMIT_MS = 8_000;
/** The program's main file: it lies one folder up, in the bundle as in the sources. */
export const ENTRY = new URL(import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js', import.meta.url);
const HELLO = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'health', version: '1' } },
};

/**
 * Starts a server as a host would, shakes hands, and lets it end. It opens no store and writes no telemetry.
 *
 * @throws StoreError `INTERNAL` when it does not answer as an MCP server
 */
export async function probeServer(entry: URL = ENTRY): Promise<string> {
  const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(entry), 'serve'], {
    env: probeEnvironment(),
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  // A server that is gone already says so by its exit.
  child.stdin.on('error', () => undefined);
  child.stdin.end(`${JSON.stringify(HELLO)}\n`);
  const lines: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(text));
  const code = await new Promise<number | null | Error>((resolve) => {
    child.on('error', resolve).on('close', resolve);
  });
  const name = serverName(lines.join(''));
  if (code !== 0 || name === undefined)
    throw new StoreError('INTERNAL', `a server started for the purpose did not answer (${ending(code)})`, {
      hint: 'Start the server by hand, give it one line of JSON-RPC, and read what it says on stderr.',
    });
  return `a server process answers MCP over stdio as ${name}`;
}

function serverName(output: string): string | undefined {
  try {
    const { id, result } = JSON.parse(output.split('\n')[0] ?? '') as {
      id?: unknown;
      result?: { serverInfo?: { name?: string } };
    };
    return id === HELLO.id ? result?.serverInfo?.name : undefined;
  } catch {
    return undefined; // no JSON: no answer
  }
}

function ending(code: number | null | Error): string {
  if (code instanceof Error) return `it cannot be started: ${(code as NodeJS.ErrnoException).code ?? code.name}`;
  return code === null ? `killed after ${LIMIT_MS / 1000} s` : `exit code ${code}`;
}
