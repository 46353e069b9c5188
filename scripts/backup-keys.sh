#!/usr/bin/env bash
# The daily backup, for cron: writes a dated age file (mode 0600) of the signing keys, or of the whole store with its keys,
# verifies it, and keeps the last few of this store.
#
#   backup-keys.sh --to DIR --recipient age1… …          [--identity FILE] [options]
#   backup-keys.sh --to DIR --recipients-file FILE       [--identity FILE] [options]
#   backup-keys.sh --to DIR --passphrase-file FILE                         [options]
#
#   --whole                the log, the artifacts and the drafts too, in the same file
#   --docker               run the image instead of the config-store command
#   --image NAME           the image (mcp-config-store)
#   --volume NAME[:PATH]   volume or folder mounted at /app/var, or PATH (mcp-config-store); once for each of several
#   --keys-volume NAME     volume or folder that holds just the keys, where they have one of their own
#   --var DIR              without Docker: the var folder
#   --keep N               how many backups of this store stay (7); the newest that was opened and verified stays too
#
# The name says store, time and newest commit: config-store-keys-<12 of the id>-<time>-<index>.age. Next to one that was
# opened and verified lies its SHA-256, as NAME.verified. With recipients alone it cannot be opened here: what was written is
# read back by the process that wrote it.
# One line on stdout says what was written. Exit 0: written and verified. Anything else: one line on stderr, and what was
# there before stays. Put back with: config-store keys restore FILE, or config-store backup restore FILE
# cron:  15 3 * * *  /opt/config-store/backup-keys.sh --docker --whole --to /backup --recipient age1… >/dev/null
set -euo pipefail
umask 077

die() { printf 'backup-keys: %s\n' "$1" >&2; exit "${2:-1}"; }
usage() { sed -n '2,/^set /s/^# \{0,1\}//p' "$0" | sed '$d'; }

to='' lock=() identities=() passphrase='' docker=no image=mcp-config-store volumes=() var='' keep=7 scope=keys
while [ $# -gt 0 ]; do
  case $1 in
    --docker) docker=yes; shift; continue ;;
    --whole) scope=store; shift; continue ;;
    -h | --help) usage; exit 0 ;;
    --to | --recipient | --recipients-file | --identity | --passphrase-file | --image | --volume | --keys-volume | --var | --keep)
      [ $# -ge 2 ] || die "$1 needs a value" 64 ;;
    *) die "unknown option $1; see --help" 64 ;;
  esac
  case $1 in
    --to) to=$2 ;;
    --recipient) lock+=(--recipient "$2") ;;
    --recipients-file)
      [ -r "$2" ] || die "$2 cannot be read" 66
      while IFS= read -r line || [ -n "$line" ]; do # public, so they may stand in a command line
        line=${line%$'\r'}
        case $line in '' | \#*) ;; *) lock+=(--recipient "$line") ;; esac
      done <"$2" ;;
    --identity) identities+=("$2") ;;
    --passphrase-file) passphrase=$2 ;;
    --image) image=$2 ;;
    --volume) volumes+=("$2") ;;
    --keys-volume) volumes+=("$2:/app/var/keys") ;;
    --var) var=$2 ;;
    --keep) keep=$2 ;;
  esac
  shift 2
done
[ -n "$to" ] || die '--to is missing: the folder for the backups' 64
[ ${#lock[@]} -gt 0 ] || [ -n "$passphrase" ] || die 'a recipient or --passphrase-file is missing' 64
[ ${#lock[@]} -eq 0 ] || [ -z "$passphrase" ] || die 'recipients and --passphrase-file: choose one' 64
[[ $keep =~ ^[1-9][0-9]*$ ]] || die "--keep $keep is not a number of backups" 64
for file in ${passphrase:+"$passphrase"} ${identities[@]+"${identities[@]}"}; do
  [ -r "$file" ] || die "$file cannot be read" 66
done
mkdir -p "$to" || die "$to cannot be made" 73
[ ${#volumes[@]} -gt 0 ] || volumes=(mcp-config-store)

# in_container FLAG… -- ARGUMENT…: without network
in_container() {
  local flags=()
  while [ "$1" != -- ]; do flags+=("$1"); shift; done
  shift
  "${DOCKER:-docker}" run --rm -i --read-only --tmpfs /tmp:rw,noexec,nosuid,nodev,size=64m --cap-drop ALL \
    --security-opt no-new-privileges --network none --log-driver none --pids-limit 128 --memory 256m \
    -e CONFIG_STORE_TELEMETRY=off -e CONFIG_STORE_EXPECT_VOLUME=off "${flags[@]}" "$image" "$@"
}

write_backup() {
  local line=(backup --out -) from=/dev/null volume mounts=()
  [ "$scope" = store ] || line=(keys "${line[@]}")
  if [ -n "$passphrase" ]; then line+=(--passphrase-file -) from=$passphrase; else line+=("${lock[@]}"); fi
  if [ "$docker" = yes ]; then
    for volume in "${volumes[@]}"; do
      case $volume in
        /*:/* | [!/]*:/*) mounts+=(-v "$volume:ro") ;;
        *) mounts+=(-v "$volume:/app/var:ro") ;;
      esac
    done
    in_container "${mounts[@]}" -- "${line[@]}" <"$from"
  else
    "${CONFIG_STORE:-config-store}" "${line[@]}" ${var:+--var "$var"} <"$from"
  fi
}

verify_backup() { # FILE
  local line=(backup verify) secret=(--passphrase-file -) from=("$passphrase")
  if [ -z "$passphrase" ]; then secret=(--identity -) from=("${identities[@]}"); fi
  if [ "$docker" = yes ]; then # as the user whose file it is
    cat "${from[@]}" | in_container --user "$(id -u):$(id -g)" -v "$(realpath "$1"):/backup.age:ro" -- \
      "${line[@]}" /backup.age "${secret[@]}" >/dev/null
  else
    cat "${from[@]}" | CONFIG_STORE_TELEMETRY=off "${CONFIG_STORE:-config-store}" "${line[@]}" "$1" "${secret[@]}" >/dev/null
  fi
}

draft=$(mktemp "$to/.config-store-$scope.XXXXXX") || die "$to cannot be written" 73
trap 'rm -f "$draft" "$draft.said"' EXIT
code=0
write_backup >"$draft" 2>"$draft.said" || code=$?
grep -E '^config-store: ' "$draft.said" >&2 || [ "$code" = 0 ] || cat "$draft.said" >&2
[ "$code" = 0 ] || die 'the backup could not be made (the line above says why); nothing was changed' "$code"
facts=$(sed -nE 's/^ *of the store ([0-9a-f]{12})[0-9a-f]*(, up to commit ([0-9]+).*)?$/\1 \3/p' "$draft.said")
read -r id index <<<"$facts" || true
name=config-store-$scope-${id:-unknown}-$(date -u +%Y%m%dT%H%M%SZ)-$(printf '%09d' "${index:-0}").age
how='read back (not opened: no --identity)'
if [ -n "$passphrase" ] || [ ${#identities[@]} -gt 0 ]; then
  verify_backup "$draft" || die 'the backup does not verify (the line above says why), and was not kept' $?
  how=verified
fi
[ ! -e "$to/$name" ] || die "$to/$name is there already; nothing was changed" 73
mv "$draft" "$to/$name" || die "$to/$name cannot be written" 73
[ "$how" != verified ] || (cd "$to" && sha256sum "$name" >"$name.verified")

removed=0 newest_verified=''
shopt -s nullglob
backups=("$to/config-store-$scope-${id:-unknown}"-*.age) # oldest first, by the time in the name
for file in "${backups[@]}"; do [ ! -e "$file.verified" ] || newest_verified=$file; done
for file in "${backups[@]:0:$((${#backups[@]} > keep ? ${#backups[@]} - keep : 0))}"; do
  [ "$file" != "$newest_verified" ] || continue
  rm -f "$file" "$file.verified"
  removed=$((removed + 1))
done
printf 'backup-keys: %s written, %s; %d older removed\n' "$to/$name" "$how" "$removed"
