import type { PolicyFinding } from '../finding.ts';
import type { ServerEntry } from './server-entries.ts';

/** Options of `docker run` that take the next argument as their value, when they have none of their own. */
const TAKES_VALUE = new Set(
  '-a -c -e -h -l -m -p -u -v -w --add-host --annotation --attach --cap-add --cap-drop --cgroupns --cidfile --cpus --cpuset-cpus --device --dns --entrypoint --env --env-file --expose --gpus --group-add --hostname --ip --ipc --label --link --log-driver --log-opt --memory --mount --name --net --network --network-alias --pid --platform --publish --pull --restart --runtime --security-opt --shm-size --stop-signal --storage-opt --sysctl --tmpfs --ulimit --user --userns --uts --volume --volume-driver --volumes-from --workdir'.split(
    ' ',
  ),
);

/** Warnings on a server that is started by `docker run` (or podman): what cannot work over stdio, and what opens the host. */
export function* dockerFindings(server: ServerEntry): Generator<PolicyFinding> {
  const run = parseDockerRun(server);
  if (run === undefined) return;
  const finding = (code: string, message: string): PolicyFinding => ({ code, path: server.argsPath, message });
  const has = (...names: string[]) => run.options.some(({ name }) => names.includes(name));
  const values = (...names: string[]) =>
    run.options.filter(({ name }) => names.includes(name)).map(({ value }) => value);
  if (!has('-i', '--interactive'))
    yield finding(
      'DOCKER_NOT_INTERACTIVE',
      'docker run without -i: the server gets no standard input, so stdio cannot work',
    );
  if (!has('--rm')) yield finding('DOCKER_NOT_REMOVED', 'docker run without --rm: stopped containers pile up');
  if (has('--privileged'))
    yield finding('DOCKER_PRIVILEGED', 'docker run with --privileged: the container can do what root on the host can');
  if (values('-v', '--volume', '--mount').some((value) => /docker\.sock|podman\.sock/.test(value))) {
    yield finding('DOCKER_SOCKET', 'the Docker socket is mounted, which equals root on the host');
  }
  if (values('--net', '--network').includes('host'))
    yield finding('DOCKER_HOST_NETWORK', 'host networking: the container reaches every port of the host');
  if (run.image !== undefined && !/@sha256:[0-9a-f]{64}$/.test(run.image)) {
    const tag = /:([^/:]+)$/.exec(run.image)?.[1];
    if (tag === undefined || tag === 'latest')
      yield finding(
        'DOCKER_UNPINNED_IMAGE',
        'the image has no tag or the tag latest: what runs can change without notice',
      );
  }
  const localhost = server.texts.some(({ text }) =>
    /\b[a-z][a-z0-9+.-]*:\/\/(?:[^/@\s]*@)?(?:localhost|127\.0\.0\.1|\[::1\])(?=[:/?#]|$)/i.test(text),
  );
  if (localhost && !values('--net', '--network').includes('host')) {
    yield finding(
      'LOCALHOST_IN_CONTAINER',
      'localhost in a URL means the container itself; use host.docker.internal with --add-host host.docker.internal:host-gateway',
    );
  }
}

interface DockerRun {
  readonly options: ReadonlyArray<{ name: string; value: string }>;
  readonly image: string | undefined;
}

/** Returns the image that `docker run` starts; undefined for any other line. */
export function imageOf(command: string, args: readonly string[]): string | undefined {
  return parseDockerRun({ command, args })?.image;
}

function parseDockerRun({ command, args }: Pick<ServerEntry, 'command' | 'args'>): DockerRun | undefined {
  if (command === undefined || !/(?:^|[/\\])(?:docker|podman)(?:\.exe)?$/i.test(command)) return undefined;
  const start = args[0] === 'container' ? 1 : 0;
  if (args[start] !== 'run') return undefined;
  const options: Array<{ name: string; value: string }> = [];
  for (let i = start + 1; i < args.length; i++) {
    const arg = args[i] as string;
    if (!arg.startsWith('-') || arg === '-') return { options, image: arg };
    const equals = arg.indexOf('=');
    if (equals !== -1 && arg.startsWith('--'))
      options.push({ name: arg.slice(0, equals), value: arg.slice(equals + 1) });
    else if (TAKES_VALUE.has(arg)) options.push({ name: arg, value: args[++i] ?? '' });
    else if (arg.startsWith('--')) options.push({ name: arg, value: '' });
    else for (const option of shortOptions(arg)) options.push(option);
  }
  return { options, image: undefined };
}

/** `-it` is `-i -t`; `-p8080:80` is `-p 8080:80`. */
function shortOptions(arg: string): Array<{ name: string; value: string }> {
  const options: Array<{ name: string; value: string }> = [];
  for (let i = 1; i < arg.length; i++) {
    const name = `-${arg[i]}`;
    if (TAKES_VALUE.has(name)) return [...options, { name, value: arg.slice(i + 1).replace(/^=/, '') }];
    options.push({ name, value: '' });
  }
  return options;
}
