import { NAMES_COMMAND, type Outline, PATH_FLAGS, quote } from './outline.ts';

const NAMES = `function __config_store_names
  set -l words (commandline -opc)
  set -l store
  # Another program of that name, or a folder that only the shell can work out: its names are not known here.
  test "$words[1]" = config-store; or return
  for at in (seq 2 (count $words))
    switch $words[$at]
      case --var
        set -l next (math $at + 1)
        set store --var (string replace -r -- '^~(?=/|$)' $HOME "$words[$next]")
      case '--var=*'
        set store --var (string replace -- --var= '' $words[$at])
    end
  end
  string match -qr '[^A-Za-z0-9_./,:@%+=-]' -- "$store[2]"; and return
  ${NAMES_COMMAND} $store 2>/dev/null </dev/null | string match -r '^[a-z0-9][a-z0-9._/-]*$'
end`;

/** Returns the completion script for fish. */
export function fishCompletion(outlines: readonly Outline[]): string {
  const names = outlines.flatMap(({ path }) => (path.length === 1 ? path : []));
  const lines = outlines.flatMap((outline) => {
    const { path, summary, options, completes } = outline;
    const [command = '', inner] = path;
    const siblings = outlines.flatMap((other) =>
      other.path.length > 1 && other.path[0] === command ? other.path.slice(1) : [],
    );
    const offered = inner === undefined ? `not ${seen(names)}` : `${seen([command])}; and not ${seen(siblings)}`;
    const here = inner === undefined ? seen([command]) : `${seen([command])}; and ${seen([inner])}`;
    return [
      `complete -c config-store -n ${quote(offered)} -a ${inner ?? command} -d ${quote(summary)}`,
      ...options.map(
        ({ flag, takesValue, meaning }) =>
          `complete -c config-store -n ${quote(here)} -l ${flag.slice(2)}${takesValue ? ' -r' : ''}${PATH_FLAGS.includes(flag) ? ' -F' : ''} -d ${quote(meaning)}`,
      ),
      ...(completes.includes('configs')
        ? [`complete -c config-store -n ${quote(here)} -a '(__config_store_names)'`]
        : []),
      ...(completes.includes('files') ? [`complete -c config-store -n ${quote(here)} -F`] : []),
      // A group's words are its subcommands, which have lines of their own.
      ...completes.flatMap((what) =>
        typeof what === 'string' || siblings.length > 0
          ? []
          : [`complete -c config-store -n ${quote(here)} -a ${quote(what.join(' '))}`],
      ),
    ];
  });
  return `${['# fish completion of config-store', NAMES, 'complete -c config-store -f', ...lines].join('\n')}\n`;
}

function seen(words: readonly string[]): string {
  return `__fish_seen_subcommand_from ${words.join(' ')}`;
}
