import { type Completes, NAMES_COMMAND, type Outline, quote, VALUES_COMMAND, valueFlags } from './outline.ts';

const functions = (
  flags: readonly string[],
) => `# The arguments of the line, and the store it names, behind so many words of a command.
function __config_store_line
  set -l words (commandline -opc)
  set -l depth $argv[1]
  set -l at 2
  while test $at -le (count $words)
    switch $words[$at]
      case --var
        set at (math $at + 1)
        echo "store "(string replace -r -- '^~(?=/|$)' $HOME "$words[$at]")
      case '--var=*'
        echo "store "(string replace -- --var= '' $words[$at])
      case ${flags.join(' ')}
        set at (math $at + 1)
      case '-*'
      case '*'
        if test $depth -gt 0
          set depth (math $depth - 1)
        else
          echo "argument "(string replace -r -- '@.*' '' $words[$at])
        end
    end
    set at (math $at + 1)
  end
end
function __config_store_place
  test (count (__config_store_line $argv[1] | string match 'argument *')) $argv[2] $argv[3]
end
function __config_store_values
  # Another program of that name, or a folder that only the shell can work out: what is in its store is not known here.
  test (commandline -opc)[1] = config-store; or return
  set -l line (__config_store_line $argv[2])
  set -l store (string replace -f -r -- '^store ' '' $line)[-1]
  set -l first (string replace -f -r -- '^argument ' '' $line)[1]
  string match -qr '[^A-Za-z0-9_./,:@%+=-]' -- "$store"; and return
  string match -qr '[^a-z0-9._/-]' -- "$first"; and return
  test -n "$store"; and set store --var $store
  switch $argv[1]
    case configs
      ${NAMES_COMMAND} $store 2>/dev/null </dev/null | string match -r '^[a-z0-9][a-z0-9._/-]*$'
    case versions
      set -l typed (commandline -ct)
      if not string match -q '*@*' -- $typed
        __config_store_values configs $argv[2]
        return
      end
      set -l name (string replace -r -- '@.*' '' $typed)
      string match -qr '^[a-z0-9][a-z0-9._/-]*$' -- $name; or return
      ${VALUES_COMMAND} versions $name $store 2>/dev/null </dev/null | string match -r '^[a-z0-9][a-z0-9._-]*$' | string replace -r '^' $name@
    case '*'
      ${VALUES_COMMAND} $argv[1] $first $store 2>/dev/null </dev/null | string match -r '^[A-Za-z0-9/][A-Za-z0-9._/~+-]*$'
  end
end`;

/** Returns the completion script for fish. */
export function fishCompletion(outlines: readonly Outline[]): string {
  const top = outlines.filter(({ path }) => path.length === 1);
  const names = top.flatMap(({ path }) => path);
  const lines = outlines.flatMap((outline) => {
    const { path, summary, options, completes } = outline;
    const [command = '', inner] = path;
    const siblings = outlines.flatMap((other) =>
      other.path.length > 1 && other.path[0] === command ? other.path.slice(1) : [],
    );
    const offered =
      inner === undefined ? `not ${seen([...names, 'help'])}` : `${seen([command])}; and not ${seen(siblings)}`;
    const here = inner === undefined ? seen([command]) : `${seen([command])}; and ${seen([inner])}`;
    const depth = path.length;
    return [
      `complete -c config-store -n ${quote(offered)} -a ${inner ?? command} -d ${quote(summary)}`,
      ...options.map((option) => {
        const { flag, short, takesValue, meaning } = option;
        const value = takesValue ? ` -r${flag === '--var' ? ' -F' : offerOf(option.completes, depth)}` : '';
        const letter = short === undefined ? '' : ` -s ${short.slice(1)}`;
        return `complete -c config-store -n ${quote(here)} -l ${flag.slice(2)}${letter}${value} -d ${quote(meaning)}`;
      }),
      ...completes.flatMap((what, at) => {
        // A group's words are its subcommands, which have lines of their own.
        const rest =
          typeof what === 'object' ? what.filter((word) => !siblings.includes(word) || inner !== undefined) : what;
        const offer = offerOf(rest, depth);
        if (offer === '' || offer === " -a ''") return [];
        const place = `__config_store_place ${depth} ${at === completes.length - 1 ? '-ge' : '-eq'} ${at}`;
        return [`complete -c config-store -n ${quote(`${here}; and ${place}`)}${offer}`];
      }),
    ];
  });
  return `${[
    '# fish completion of config-store',
    functions(valueFlags(outlines)),
    'complete -c config-store -f',
    `complete -c config-store -n ${quote(`not ${seen([...names, 'help'])}`)} -a help -d 'show help for a command'`,
    `complete -c config-store -n ${quote(seen(['help']))} -a ${quote(names.join(' '))}`,
    ...lines,
  ].join('\n')}\n`;
}

function offerOf(what: Completes, depth: number): string {
  if (what === 'nothing') return '';
  if (what === 'files') return ' -F';
  return ` -a ${quote(typeof what === 'string' ? `(__config_store_values ${what} ${depth})` : what.join(' '))}`;
}

function seen(words: readonly string[]): string {
  return `__fish_seen_subcommand_from ${words.join(' ')}`;
}
