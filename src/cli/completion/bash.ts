import { type Completes, groupNames, NAMES_COMMAND, type Outline, PATH_FLAGS, quote } from './outline.ts';

/** Returns the completion script for bash 3.2 and newer. */
export function bashCompletion(outlines: readonly Outline[]): string {
  const valueFlags = new Set(
    outlines.flatMap(({ options }) => options.filter((option) => option.takesValue)).map(({ flag }) => flag),
  );
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
_config_store_names() {
  local word="$1" name
  # Another program of that name, or a folder that only the shell can work out: its names are not known here.
  [[ \${COMP_WORDS[0]} == config-store ]] || return
  case "$store" in *[!A-Za-z0-9_./,:@%+=-]*) return ;; esac
  while IFS= read -r name; do
    case "$name" in '' | [!a-z0-9]* | *[!a-z0-9._/-]*) continue ;; esac
    [[ $name == "$word"* ]] && COMPREPLY+=("$name")
  done < <(${NAMES_COMMAND} \${store:+--var "$store"} 2>/dev/null </dev/null)
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
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="" place=0 at store="" options=(--var --json)
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
      ${[...valueFlags].filter((flag) => flag !== '--var').join('|')}) ((at++)) ;;
      -*) ;;
      *)
        case "$command" in
          '') command="\${COMP_WORDS[at]}" ;;
          ${groupNames(outlines).map(quote).join('|')}) command="$command \${COMP_WORDS[at]}" ;;
          *) ((place++)) ;;
        esac ;;
    esac
  done
  case "$before" in
    ${PATH_FLAGS.join('|')}) _config_store_files "$word"; return ;;
  esac
  if [[ $word == -* ]]; then
    case "$command" in
${options.join('\n')}
    esac
    _config_store_offer "$word" "\${options[@]}" --help
    return
  fi
  case "$command" in
    '') _config_store_offer "$word" ${words(top)} ;;
${outlines.flatMap(places).join('\n')}
  esac
}
complete -F _config_store config-store
`;
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
  if (what === 'configs') return '_config_store_names "$word"';
  if (what === 'files') return '_config_store_files "$word"';
  return what === 'nothing' ? undefined : `_config_store_offer "$word" ${words(what)}`;
}

function words(texts: readonly string[]): string {
  return texts.map(quote).join(' ');
}

function label({ path }: Outline): string {
  return `${quote(path.join(' '))})`;
}
