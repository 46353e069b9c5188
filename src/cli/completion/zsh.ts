import { type Completes, groupNames, NAMES_COMMAND, type Outline, PATH_FLAGS, quote } from './outline.ts';

/** Returns the completion script for zsh, as an autoloaded `_config-store` or sourced. */
export function zshCompletion(outlines: readonly Outline[]): string {
  const top = outlines.filter(({ path }) => path.length === 1);
  return `#compdef config-store
_config_store_names() {
  local -a names store
  local at name var
  # Another program of that name, or a folder that only the shell can work out: its names are not known here.
  [[ $line_words[1] == config-store ]] || return 1
  for ((at = 2; at < line_current; at++)); do
    case $line_words[at] in
      --var) var=$line_words[at+1]; [[ $var == '~' || $var == '~/'* ]] && var=$HOME\${var#?}; store=(--var "$var") ;;
      --var=*) store=(--var "\${line_words[at]#--var=}") ;;
    esac
  done
  [[ \${store[2]} == *[^A-Za-z0-9_./,:@%+=-]* ]] && return 1
  for name in \${(f)"$(${NAMES_COMMAND} "\${store[@]}" 2>/dev/null </dev/null)"}; do
    [[ $name == [a-z0-9]* && $name != *[^a-z0-9._/-]* ]] && names+=("$name")
  done
  compadd -a names
}
_config_store() {
  local command="\${words[2]}" line_current=$CURRENT
  local -a line_words
  line_words=("\${words[@]}")
  local -a commands
  commands=(
${top.map(({ path, summary }) => `    ${quote(`${path[0] ?? ''}:${summary}`)}`).join('\n')}
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
        shift words
        (( CURRENT-- ))
      fi ;;
  esac
  case $command in
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
  const flags = options.map(({ flag, takesValue, meaning }) => {
    const value = takesValue ? `:value:${PATH_FLAGS.includes(flag) ? '_files' : ' '}` : '';
    return quote(`${flag}[${meaning.replace(/[[\]:\\]/g, '\\$&')}]${value}`);
  });
  const last = completes.length - 1;
  return [...flags, ...completes.map((what, at) => quote(`${at === last ? '*' : at + 1}:${action(what)}`))];
}

function action(what: Completes): string {
  if (what === 'configs') return 'config:_config_store_names';
  if (what === 'files') return 'file:_files';
  return what === 'nothing' ? 'argument: ' : `argument:(${what.join(' ')})`;
}
