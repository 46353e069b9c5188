import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { CanonicalServer, RemoteServer } from '../../clients/canonical/server.ts';
import type { ProbedServer } from '../../verbs/shared/installation.ts';
import { processEnvironment } from '../settings/settings.ts';
import { type Connect, shakeHands } from './handshake.ts';

/** A first start may have to fetch a package. */
const START_MS = 60_000;
const ANSWER_MS = 20_000;

/**
 * Starts a configured server, or reaches it at its address, and asks for its tools. Rejects with an Error that says what went
 * wrong, without a value.
 */
export async function probeEntry(entry: CanonicalServer): Promise<ProbedServer> {
  if (entry.type !== 'stdio') return shakeHands(await remote(entry), ANSWER_MS);
  const { command, args = [], env = {}, cwd } = entry;
  if (/(?:^|[/\\])docker(?:\.exe)?$/.test(command)) await checkDocker(command, args);
  const { ProcessConnection } = await import('./process-connection.ts');
  const program = { command, args, env: { ...processEnvironment(), ...env }, cwd };
  return shakeHands((limitMs) => new ProcessConnection(program, limitMs), START_MS);
}

async function remote({ type, url, headers = {} }: RemoteServer): Promise<Connect> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new Error('its address is not http');
  if (type === 'sse') {
    const { SseConnection } = await import('./sse-connection.ts');
    return (limitMs) => SseConnection.open({ url, headers }, limitMs);
  }
  const { HttpConnection } = await import('./http-connection.ts');
  return (limitMs) => new HttpConnection({ url, headers }, limitMs);
}

/** Says first whether the engine answers and the image is there: a pull would take the time of the probe. */
async function checkDocker(docker: string, args: readonly string[]): Promise<void> {
  const run = promisify(execFile);
  try {
    await run(docker, ['version'], { timeout: 10_000 });
  } catch (cause) {
    throw new Error('the container engine does not answer', { cause });
  }
  const { parseDockerLine } = await import('../../policy/servers/docker-line.ts');
  const line = parseDockerLine({ command: docker, args });
  const image = line?.verb === 'run' && !line.compose ? line.target : undefined;
  if (image === undefined) return;
  try {
    await run(docker, ['image', 'inspect', image], { timeout: 10_000 });
  } catch (cause) {
    throw new Error(`the image ${image} is not here: pull it first`, { cause });
  }
}
