import type { PolicyFinding } from '../finding.ts';
import { type DockerLine, parseDockerLine } from './docker-line.ts';
import type { ServerEntry } from './server-entries.ts';

/** Warnings on a server that runs in a container: what cannot work over stdio, and what opens the host. */
export function* dockerFindings(server: ServerEntry): Generator<PolicyFinding> {
  const line = parseDockerLine(server);
  if (line === undefined) return;
  const finding = ([code, message]: readonly [string, string]): PolicyFinding => ({
    code,
    path: server.argsPath,
    message,
  });
  for (const found of stdioFindings(line)) yield finding(found);
  for (const found of hostFindings(line)) yield finding(found);
  const { verb, compose, target } = line;
  if (verb === 'run' && !compose && target !== undefined && !/@sha256:[0-9a-f]{64}$/.test(target)) {
    const tag = /:([^/:]+)$/.exec(target)?.[1];
    if (tag === undefined || tag === 'latest')
      yield finding([
        'DOCKER_UNPINNED_IMAGE',
        'the image has no tag or the tag latest: what runs can change without notice',
      ]);
  }
  const localhost = server.texts.some(({ text }) =>
    /\b[a-z][a-z0-9+.-]*:\/\/(?:[^/@\s]*@)?(?:localhost|127\.0\.0\.1|\[::1\])(?=[:/?#]|$)/i.test(text),
  );
  if (localhost && !values(line, '--net', '--network').includes('host'))
    yield finding([
      'LOCALHOST_IN_CONTAINER',
      'localhost in a URL means the container itself; use host.docker.internal with --add-host host.docker.internal:host-gateway',
    ]);
}

/** Finds what keeps JSON-RPC from passing unchanged between client and server. */
function* stdioFindings(line: DockerLine): Generator<readonly [string, string]> {
  const name = `docker ${line.compose ? 'compose ' : ''}${line.verb}`;
  if (!line.compose && !isSet(line, '-i', '--interactive'))
    yield ['DOCKER_NOT_INTERACTIVE', `${name} without -i: the server gets no standard input, so stdio cannot work`];
  if (isSet(line, '-d', '--detach'))
    yield ['DOCKER_DETACHED', `${name} with -d: input and output are cut off, so stdio cannot work`];
  if (isSet(line, '-t', '--tty'))
    yield ['DOCKER_TERMINAL', `${name} with -t: a terminal in between echoes the input and changes line ends`];
  else if (line.compose && !isSet(line, '-T', '--no-TTY', '--no-tty'))
    yield ['DOCKER_TERMINAL', `${name} without -T: Compose may put a terminal in between, which changes the lines`];
  if (line.verb === 'run' && !isSet(line, '--rm'))
    yield ['DOCKER_NOT_REMOVED', `${name} without --rm: stopped containers pile up`];
}

/** Finds what gives the server more of the host than it needs. */
function* hostFindings(line: DockerLine): Generator<readonly [string, string]> {
  const mounts = values(line, '-v', '--volume', '--mount');
  if (isSet(line, '--privileged'))
    yield [
      'DOCKER_PRIVILEGED',
      `docker ${line.verb} with --privileged: the container can do what root on the host can`,
    ];
  if (mounts.some((value) => /docker\.sock|podman\.sock/.test(value)))
    yield ['DOCKER_SOCKET', 'the Docker socket is mounted, which equals root on the host'];
  if (mounts.some(isHostRoot))
    yield [
      'DOCKER_HOST_ROOT',
      'the whole file system of the host is mounted: the server sees and may change all of it',
    ];
  if (values(line, '-u', '--user').some((user) => /^(?:0|root)(?::|$)/.test(user)))
    yield ['DOCKER_ROOT_USER', 'the server runs as root: name a user of its own, or leave --user out'];
  if (values(line, '--net', '--network').includes('host'))
    yield ['DOCKER_HOST_NETWORK', 'host networking: the container reaches every port of the host'];
}

/** `/:/host`, `C:\:/host`, `type=bind,source=/,…`. */
function isHostRoot(mount: string): boolean {
  if (!mount.includes('=')) return /^(?:\/+|[A-Za-z]:[\\/]?):\//.test(mount);
  return mount.split(',').some((field) => /^(?:source|src)=(?:\/+|[A-Za-z]:[\\/]?)$/.test(field));
}

/** True where an option stands alone or says yes. */
function isSet({ options }: DockerLine, ...names: string[]): boolean {
  return options.some(({ name, value }) => names.includes(name) && !/^(?:false|0)$/i.test(value));
}

function values({ options }: DockerLine, ...names: string[]): string[] {
  return options.filter(({ name }) => names.includes(name)).map(({ value }) => value);
}
