import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { CanonicalServer } from '../clients/canonical/server.ts';
import type { ProbedServer } from '../verbs/shared/installation.ts';
import { processEnvironment } from './settings/settings.ts';
import { version } from './version.ts';

/** A first start may have to fetch a package. */
const START_MS = 60_000;
const ANSWER_MS = 20_000;

/**
 * Starts a configured server, or reaches it at its address, and asks for its tools. Rejects with an Error that says what went
 * wrong, without a value.
 */
export async function probeEntry(entry: CanonicalServer): Promise<ProbedServer> {
  const { probeServer } = await import('../mcp/probe/probe-server.ts');
  if (entry.type !== 'stdio') {
    const { remoteServer } = await import('../mcp/probe/remote-server.ts');
    return probeServer(remoteServer(entry), { version, limitMs: ANSWER_MS });
  }
  const { command, args = [], env = {}, cwd } = entry;
  if (/(?:^|[/\\])docker(?:\.exe)?$/.test(command)) await checkDocker(command, args);
  const { localServer } = await import('../mcp/probe/local-server.ts');
  const program = { command, args, env: { ...processEnvironment(), ...env }, cwd };
  return probeServer(localServer(program), { version, limitMs: START_MS });
}

/** Says first whether the engine answers and the image is there: a pull would take the time of the probe. */
async function checkDocker(docker: string, args: readonly string[]): Promise<void> {
  const run = promisify(execFile);
  try {
    await run(docker, ['version'], { timeout: 10_000 });
  } catch (cause) {
    throw new Error('the container engine does not answer', { cause });
  }
  const { parseDockerLine } = await import('../policy/servers/docker-line.ts');
  const line = parseDockerLine({ command: docker, args });
  const image = line?.verb === 'run' && !line.compose ? line.target : undefined;
  if (image === undefined) return;
  try {
    await run(docker, ['image', 'inspect', image], { timeout: 10_000 });
  } catch (cause) {
    throw new Error(`the image ${image} is not here: pull it first`, { cause });
  }
}
