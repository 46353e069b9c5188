import { NAMES_COMMAND, type Outline, PATH_FLAGS, quote } from './outline.ts';

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
        ? [`complete -c config-store -n ${quote(here)} -a ${quote(`(${NAMES_COMMAND})`)}`]
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
  return `${['# fish completion of config-store', 'complete -c config-store -f', ...lines].join('\n')}\n`;
}

function seen(words: readonly string[]): string {
  return `__fish_seen_subcommand_from ${words.join(' ')}`;
}
