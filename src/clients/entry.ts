import { isObject } from '../core/json/is-object.ts';
/** How a client starts this server: one member of its list of servers. */
export interface ServerEntry {
  /** A program; absolute where it is known, because a desktop program has no shell's `PATH`. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The image as `docker build` and the documentation name it. */
export const IMAGE = 'mcp-config-store';

/**
 * The arguments between `docker` and the image: standard input open, nothing left behind, no rights, no network, a read-only
 * root, and no copy of the conversation in the engine's log.
 */
const DOCKER_RUN: readonly string[] = [
  ...['run', '-i', '--rm', '--init', '--read-only', '--tmpfs', '/tmp:rw,noexec,nosuid,nodev,size=16m'],
  ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--network', 'none', '--log-driver', 'none'],
  ...['--pids-limit', '128', '--memory', '256m', '-v', 'mcp-config-store:/app/var'],
];

/** Returns the server as a container of its own for each client, all on one named volume. */
export function dockerEntry(docker: string): ServerEntry {
  return { command: docker, args: [...DOCKER_RUN, IMAGE] };
}

/**
 * Returns the server as a process of this installation.
 *
 * @param node absolute path of the Node binary
 * @param main absolute path of this program's main file
 * @param env the variables that lead it to the store, absolute paths
 */
export function nodeEntry(node: string, main: string, env: Readonly<Record<string, string>>): ServerEntry {
  return { command: node, args: [main, 'serve'], env };
}

/**
 * Returns the entry with what a person added to the one that is there: other members, other variables. An entry without
 * a command is no stdio server, so nothing of it is kept.
 */
export function mergeEntry(existing: unknown, { command, args, env }: ServerEntry): Record<string, unknown> {
  if (!isObject(existing) || typeof existing['command'] !== 'string') return { command, args, ...(env && { env }) };
  const { env: before, ...others } = existing;
  // A folder of this machine means nothing inside a container, and one of a former installation nothing at all.
  const kept = Object.entries(isObject(before) ? before : {}).filter(([name]) => !OWN_VARIABLES.test(name));
  const variables = { ...Object.fromEntries(kept), ...env };
  const hasVariables = Object.keys(variables).length > 0;
  return { ...others, command, args, ...(hasVariables && { env: variables }) };
}

const OWN_VARIABLES = /^CONFIG_STORE_(?:VAR|STORAGE_DIR|KEYS_DIR|STATE_DIR|TELEMETRY_DIR)$/;
