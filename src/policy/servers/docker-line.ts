import type { ServerEntry } from './server-entries.ts';

/** How a container engine starts a server, as its entry says. */
export interface DockerLine {
  /** `run` and `exec` of the engine, or of Compose. */
  readonly verb: 'run' | 'exec';
  readonly compose: boolean;
  readonly options: ReadonlyArray<{ readonly name: string; readonly value: string }>;
  /** The image, container or service. */
  readonly target: string | undefined;
}

const names = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Options that take the next argument as their value, when they have none of their own, by where they stand. */
const TAKES_VALUE = {
  engine: names('-c -H -l --config --context --host --log-level --tlscacert --tlscert --tlskey --connection --url'),
  compose: names(
    '-f -p --ansi --env-file --file --parallel --profile --progress --project-directory --project-name --context --host',
  ),
  run: names(
    '-a -c -e -h -l -m -p -u -v -w --add-host --annotation --attach --cap-add --cap-drop --cgroupns --cidfile --cpus --cpuset-cpus --device --dns --entrypoint --env --env-file --expose --gpus --group-add --hostname --ip --ipc --label --link --log-driver --log-opt --memory --mount --name --net --network --network-alias --pid --platform --publish --pull --restart --runtime --security-opt --shm-size --stop-signal --storage-opt --sysctl --tmpfs --ulimit --user --userns --uts --volume --volume-driver --volumes-from --workdir',
  ),
  exec: names('-e -u -w --detach-keys --env --env-file --user --workdir --index'),
} as const;

/** Reads an entry that starts a container, or enters one; undefined for any other. */
export function parseDockerLine({ command, args }: Pick<ServerEntry, 'command' | 'args'>): DockerLine | undefined {
  const program = /(?:^|[/\\])(docker-compose|podman-compose|docker|podman)(?:\.exe)?$/i.exec(command ?? '')?.[1];
  if (program === undefined) return undefined;
  let compose = /compose$/i.test(program);
  let at = after(args, 0, compose ? TAKES_VALUE.compose : TAKES_VALUE.engine);
  if (!compose && args[at] === 'compose') {
    compose = true;
    at = after(args, at + 1, TAKES_VALUE.compose);
  } else if (!compose && args[at] === 'container') at++;
  const verb = args[at];
  if (verb !== 'run' && verb !== 'exec') return undefined;
  const options: Array<{ name: string; value: string }> = [];
  const end = after(args, at + 1, TAKES_VALUE[verb], options);
  return { verb, compose, options, target: args[end] };
}

/** Returns where the first argument stands that is no option, and collects the options before it. */
function after(
  args: readonly string[],
  start: number,
  takesValue: ReadonlySet<string>,
  options: Array<{ name: string; value: string }> = [],
): number {
  for (let i = start; i < args.length; i++) {
    const arg = args[i] as string;
    if (!arg.startsWith('-') || arg === '-') return i;
    const equals = arg.indexOf('=');
    if (equals !== -1 && arg.startsWith('--'))
      options.push({ name: arg.slice(0, equals), value: arg.slice(equals + 1) });
    else if (takesValue.has(arg)) options.push({ name: arg, value: args[++i] ?? '' });
    else if (arg.startsWith('--')) options.push({ name: arg, value: '' });
    else {
      options.push(...shortOptions(arg, takesValue));
      const last = options.at(-1);
      if (last !== undefined && last.value === '' && takesValue.has(last.name)) last.value = args[++i] ?? '';
    }
  }
  return args.length;
}

/** `-it` is `-i -t`; `-p8080:80` is `-p 8080:80`. */
function shortOptions(arg: string, takesValue: ReadonlySet<string>): Array<{ name: string; value: string }> {
  const options: Array<{ name: string; value: string }> = [];
  for (let i = 1; i < arg.length; i++) {
    const name = `-${arg[i]}`;
    if (takesValue.has(name)) return [...options, { name, value: arg.slice(i + 1).replace(/^=/, '') }];
    options.push({ name, value: '' });
  }
  return options;
}
