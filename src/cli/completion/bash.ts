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

/** Returns the completion script for bash 3.2 and newer. */
export function bashCompletion(outlines: readonly Outline[]): string {
  const top = outlines.filter(({ path }) => path.length === 1).map(({ path }) => path[0] ?? '');
  const options = outlines.map(
    (outline) => `      ${label(outline)} options=(${words(outline.options.map(({ flag }) => flag))}) ;;`,
  );
  return `# bash completion of config-store
# No text that is offered is ever expanded: words are compared and taken as they are.
_config_store_offer() {
  local word="$1" offered
  shift
  for offered in "$@"; do
    [[ $offered == "$word"* ]] && COMPREPLY+=("$offered")
  done
}
# Another program of that name, or a folder that only the shell can work out: what is in its store is not known here.
_config_store_known() {
  [[ \${COMP_WORDS[0]} == config-store ]] || return 1
  case "$store" in *[!A-Za-z0-9_./,:@%+=-]*) return 1 ;; esac
}
_config_store_names() {
  local word="$1" name
  _config_store_known || return
  while IFS= read -r name; do
    case "$name" in '' | [!a-z0-9]* | *[!a-z0-9._/-]*) continue ;; esac
    [[ $name == "$word"* ]] && COMPREPLY+=("$name")
  done < <(${NAMES_COMMAND} \${store:+--var "$store"} 2>/dev/null </dev/null)
}
_config_store_values() {
  local kind="$1" word="$2" head="$3" value
  _config_store_known || return
  case "$first" in *[!a-z0-9._/-]*) return ;; esac
  while IFS= read -r value; do
    case "$value" in '' | [!A-Za-z0-9/]* | *[!A-Za-z0-9._/~+-]*) continue ;; esac
    [[ $value == "$word"* ]] && COMPREPLY+=("$head$value")
  done < <(${VALUES_COMMAND} "$kind" \${first:+"$first"} \${store:+--var "$store"} 2>/dev/null </dev/null)
}
# NAME, then NAME@VERSION: for bash the @ is a word of its own, unless it was set up otherwise, and yet replaced with what follows.
_config_store_versions() {
  local word="$1" first="$before"
  if [[ $word == @ ]]; then
    _config_store_values versions '' @
  elif [[ $before == @ ]]; then
    first="\${COMP_WORDS[COMP_CWORD-2]}"
    _config_store_values versions "$word" @
  elif [[ $word == *@* ]]; then
    first="\${word%%@*}"
    _config_store_values versions "\${word#*@}" "$first@"
  else
    _config_store_names "$word"
  fi
}
_config_store_files() {
  local word="$1" file quoted=""
  # Bash itself quotes file names, where it is asked to; bash 3.2 cannot be asked.
  compopt -o filenames 2>/dev/null || quoted=yes
  while IFS= read -r file; do
    [[ -n $quoted ]] && printf -v file %q "$file"
    COMPREPLY+=("$file")
  done < <(compgen -f -- "$word")
}
_config_store() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="" first="" place=0 at store="" options=(--var --json)
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "\${COMP_WORDS[at]}" in
      --var)
        ((at++))
        store="\${COMP_WORDS[at]}"
        case "$store" in
          =) ((at++)); store="\${COMP_WORDS[at]}" ;;
          '~' | '~/'*) store="$HOME\${store#?}" ;;
        esac ;;
      ${valueFlags(outlines).join('|')} | @) ((at++)) ;;
      -*) ;;
      *)
        case "$command" in
          '') command="\${COMP_WORDS[at]}" ;;
          ${groupNames(outlines).map(quote).join('|')}) command="$command \${COMP_WORDS[at]}" ;;
          *) ((place++)) || first="\${COMP_WORDS[at]%%@*}" ;;
        esac ;;
    esac
  done
  # The @ of a version that is being typed belongs to the word before it, which is no place of its own.
  [[ $word == @ || $before == @ ]] && ((place > 0)) && ((place--))
  case "$command $before" in
    *' --var') _config_store_files "$word"; return ;;
${outlines.flatMap(optionValues).join('\n')}
  esac
  if [[ $word == -* ]]; then
    case "$command" in
${options.join('\n')}
    esac
    _config_store_offer "$word" "\${options[@]}" --help
    return
  fi
  case "$command" in
    '') _config_store_offer "$word" ${words(top)} help ;;
    help) _config_store_offer "$word" ${words(top)} ;;
${outlines.flatMap(places).join('\n')}
  esac
}
complete -F _config_store config-store
`;
}

/** The lines for the options of a command that take a value. */
function optionValues({ path, options }: Outline): string[] {
  const valued = options.filter(({ takesValue, flag }) => takesValue && flag !== '--var');
  return valued.map((option) => {
    const labels = spellings(option).map((flag) => quote(`${path.join(' ')} ${flag}`));
    return `    ${labels.join(' | ')}) ${offerOf(option.completes) ?? ':'}; return ;;`;
  });
}

function places(outline: Outline): string[] {
  const last = outline.completes.length - 1;
  const lines = outline.completes.flatMap((what, at) => {
    const offer = offerOf(what);
    return offer === undefined ? [] : [`        ${at === last ? '*' : at}) ${offer} ;;`];
  });
  return lines.length === 0 ? [] : [`    ${label(outline)}`, '      case $place in', ...lines, '      esac ;;'];
}

function offerOf(what: Completes): string | undefined {
  switch (what) {
    case 'nothing':
      return undefined;
    case 'configs':
      return '_config_store_names "$word"';
    case 'versions':
      return '_config_store_versions "$word"';
    case 'files':
      return '_config_store_files "$word"';
    default:
      return typeof what === 'string'
        ? `_config_store_values ${what} "$word"`
        : `_config_store_offer "$word" ${words(what)}`;
  }
}

function words(texts: readonly string[]): string {
  return texts.map(quote).join(' ');
}

function label({ path }: Outline): string {
  return `${quote(path.join(' '))})`;
}
