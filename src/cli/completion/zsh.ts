import {
  type Completes,
  groupNames,
  NAMES_COMMAND,
  type Outline,
  quote,
  spellings,
  VALUES_COMMAND,
  valueFlags,
} from './outline.ts';

/** Returns the completion script for zsh, as an autoloaded `_config-store` or sourced. */
export function zshCompletion(outlines: readonly Outline[]): string {
  const top = outlines.filter(({ path }) => path.length === 1);
  return `#compdef config-store
# What the line says already: the store, and the first argument without its version.
_config_store_line() {
  local at var depth=\${line_depth:-1}
  # Another program of that name, or a folder that only the shell can work out: what is in its store is not known here.
  [[ $line_words[1] == config-store ]] || return 1
  for ((at = 2; at < line_current; at++)); do
    case $line_words[at] in
      --var) var=$line_words[++at]; [[ $var == '~' || $var == '~/'* ]] && var=$HOME\${var#?}; store=(--var "$var") ;;
      --var=*) store=(--var "\${line_words[at]#--var=}") ;;
      ${valueFlags(outlines).join('|')}) ((at++)) ;;
      -*) ;;
      *) if ((depth > 0)); then ((depth--)); elif [[ -z $first ]]; then first=\${line_words[at]%%@*}; fi ;;
    esac
  done
  [[ \${store[2]} != *[^A-Za-z0-9_./,:@%+=-]* && $first != *[^a-z0-9._/-]* ]]
}
_config_store_names() {
  local -a names store
  local name first
  _config_store_line || return 1
  for name in \${(f)"$(${NAMES_COMMAND} "\${store[@]}" 2>/dev/null </dev/null)"}; do
    [[ $name == [a-z0-9]* && $name != *[^a-z0-9._/-]* ]] && names+=("$name")
  done
  compadd -a names
}
_config_store_values() {
  local kind=$1 value first of=$2
  local -a found store
  _config_store_line || return 1
  [[ -n $of ]] && first=$of
  for value in \${(f)"$(${VALUES_COMMAND} $kind \${first:+"$first"} "\${store[@]}" 2>/dev/null </dev/null)"}; do
    [[ $value == [A-Za-z0-9/]* && $value != *[^A-Za-z0-9._/~+-]* ]] && found+=("$value")
  done
  compadd -a found
}
_config_store_versions() {
  if compset -P '*@'; then
    [[ $IPREFIX == [a-z0-9]* && $IPREFIX != *[^a-z0-9._/@-]* ]] && _config_store_values versions "\${IPREFIX%@}"
  else
    _config_store_names
  fi
}
_config_store() {
  local command="\${words[2]}" line_current=$CURRENT line_depth=1
  local -a line_words
  line_words=("\${words[@]}")
  local -a commands
  commands=(
${top.map(({ path, summary }) => `    ${quote(`${path[0] ?? ''}:${summary}`)}`).join('\n')}
    'help:show help for a command'
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $command in
    ${groupNames(outlines).join('|')})
      if (( CURRENT > 2 )); then
        command="$command \${words[2]}"
        line_depth=2
        shift words
        (( CURRENT-- ))
      fi ;;
  esac
  case $command in
    help) _describe command commands ;;
${outlines.map((outline) => `    ${quote(outline.path.join(' '))}) _arguments ${specifications(outline).join(' ')} ;;`).join('\n')}
  esac
}
if [[ $funcstack[1] == _config-store ]]; then
  _config_store "$@"
else
  compdef _config_store config-store
fi
`;
}

function specifications({ options, completes }: Outline): string[] {
  const flags = options.flatMap((option) => {
    const { flag, short, takesValue, meaning } = option;
    const value = takesValue ? `:value:${flag === '--var' ? '_files' : action(option.completes)}` : '';
    const shown = `[${meaning.replace(/[[\]:\\]/g, '\\$&')}]${value}`;
    return spellings(option).map((spelling) =>
      quote(`${short === undefined ? '' : `(${short} ${flag})`}${spelling}${shown}`),
    );
  });
  const last = completes.length - 1;
  return [...flags, ...completes.map((what, at) => quote(`${at === last ? '*' : at + 1}:argument:${action(what)}`))];
}

/** A function behind a space is called as it stands, without arguments of the caller's. */
function action(what: Completes): string {
  switch (what) {
    case 'nothing':
      return ' ';
    case 'configs':
      return ' _config_store_names';
    case 'versions':
      return ' _config_store_versions';
    case 'files':
      return '_files';
    default:
      return typeof what === 'string' ? ` _config_store_values ${what}` : `(${what.join(' ')})`;
  }
}
