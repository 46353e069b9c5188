import { type Completes, groupNames, NAMES_COMMAND, type Outline, PATH_FLAGS, quote } from './outline.ts';

/** Returns the completion script for bash 3.2 and newer. */
export function bashCompletion(outlines: readonly Outline[]): string {
  const valueFlags = new Set(
    outlines.flatMap(({ options }) => options.filter((option) => option.takesValue)).map(({ flag }) => flag),
  );
  const top = outlines.filter(({ path }) => path.length === 1).map(({ path }) => path[0] ?? '');
  const options = outlines.map(
    (outline) => `      ${label(outline)} options=${quote(outline.options.map(({ flag }) => flag).join(' '))} ;;`,
  );
  return `# bash completion of config-store
_config_store() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="" place=0 options="--var --json" at
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "\${COMP_WORDS[at]}" in
      ${[...valueFlags].join('|')}) ((at++)) ;;
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
    ${PATH_FLAGS.join('|')}) COMPREPLY=($(compgen -f -- "$word")); return ;;
  esac
  if [[ $word == -* ]]; then
    case "$command" in
${options.join('\n')}
    esac
    COMPREPLY=($(compgen -W "$options --help" -- "$word"))
    return
  fi
  case "$command" in
    '') COMPREPLY=($(compgen -W ${quote(top.join(' '))} -- "$word")) ;;
${outlines.flatMap(places).join('\n')}
  esac
}
complete -F _config_store config-store
`;
}

function places(outline: Outline): string[] {
  const last = outline.completes.length - 1;
  const lines = outline.completes.flatMap((what, at) => {
    const reply = words(what);
    return reply === undefined
      ? []
      : [`        ${at === last ? '*' : at}) COMPREPLY=($(compgen ${reply} -- "$word")) ;;`];
  });
  return lines.length === 0 ? [] : [`    ${label(outline)}`, '      case $place in', ...lines, '      esac ;;'];
}

function words(what: Completes): string | undefined {
  if (what === 'configs') return `-W "$(${NAMES_COMMAND})"`;
  if (what === 'files') return '-f';
  return what === 'nothing' ? undefined : `-W ${quote(what.join(' '))}`;
}

function label({ path }: Outline): string {
  return `${quote(path.join(' '))})`;
}
