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

/** Returns true for an entry, in any client's words, that starts this server: no config that lacks it takes it away. */
export function startsThisServer(entry: Readonly<Record<string, unknown>>): boolean {
  const text = JSON.stringify(entry);
  return text.includes('"CONFIG_STORE_VAR"') || new RegExp(`"(?:[\\w./-]*/)?${IMAGE}(?:[:@][\\w.:-]+)?"`).test(text);
}
