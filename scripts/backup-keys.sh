#!/usr/bin/env bash
# The daily backup of the signing keys, for cron: writes a dated age file (mode 0600), verifies it, keeps the last few.
#
#   backup-keys.sh --to DIR --recipient age1…  [--identity FILE] [options]
#   backup-keys.sh --to DIR --passphrase-file FILE               [options]
#
#   --docker              run the image instead of the config-store command
#   --image NAME          the image (mcp-config-store)
#   --volume NAME         volume or folder mounted at /app/var (mcp-config-store)
#   --keys-volume NAME    volume or folder that holds just the keys, where they have one of their own
#   --var DIR             without Docker: the var folder
#   --keep N              how many backups stay (7)
#
# One line on stdout says what was written. Exit 0: written and verified. Anything else: one line on stderr, and what was
# there before stays. With --recipient alone the backup cannot be opened here (only the identity can): then its form is
# checked, and the line says so.
# cron:  15 3 * * *  /opt/config-store/backup-keys.sh --docker --to /backup --recipient age1… >/dev/null
set -euo pipefail
umask 077

die() { printf 'backup-keys: %s\n' "$1" >&2; exit "${2:-1}"; }
usage() { sed -n '2,/^set /s/^# \{0,1\}//p' "$0" | sed '$d'; }

to='' recipient='' identity='' passphrase='' docker=no image=mcp-config-store volume=mcp-config-store keys_volume='' var='' keep=7
while [ $# -gt 0 ]; do
  case $1 in
    --docker) docker=yes; shift; continue ;;
    -h | --help) usage; exit 0 ;;
    --to | --recipient | --identity | --passphrase-file | --image | --volume | --keys-volume | --var | --keep)
      [ $# -ge 2 ] || die "$1 needs a value" 64 ;;
    *) die "unknown option $1; see --help" 64 ;;
  esac
  case $1 in
    --to) to=$2 ;;
    --recipient) recipient=$2 ;;
    --identity) identity=$2 ;;
    --passphrase-file) passphrase=$2 ;;
    --image) image=$2 ;;
    --volume) volume=$2 ;;
    --keys-volume) keys_volume=$2 ;;
    --var) var=$2 ;;
    --keep) keep=$2 ;;
  esac
  shift 2
done
[ -n "$to" ] || die '--to is missing: the folder for the backups' 64
[ -n "$recipient$passphrase" ] || die '--recipient or --passphrase-file is missing' 64
[ -z "$recipient" ] || [ -z "$passphrase" ] || die '--recipient and --passphrase-file: choose one' 64
[[ $keep =~ ^[1-9][0-9]*$ ]] || die "--keep $keep is not a number of backups" 64
for file in "$passphrase" "$identity"; do
  [ -z "$file" ] || [ -r "$file" ] || die "$file cannot be read" 66
done
mkdir -p "$to" || die "$to cannot be made" 73

# in_container FLAG… -- ARGUMENT…: without network, with room for age's passphrases (256 MiB while one is worked out)
in_container() {
  local flags=()
  while [ "$1" != -- ]; do flags+=("$1"); shift; done
  shift
  "${DOCKER:-docker}" run --rm -i --read-only --tmpfs /tmp:rw,noexec,nosuid,nodev,size=64m --cap-drop ALL \
    --security-opt no-new-privileges --network none --log-driver none --pids-limit 128 --memory 640m \
    -e CONFIG_STORE_TELEMETRY=off -e CONFIG_STORE_EXPECT_VOLUME=off "${flags[@]}" "$image" "$@"
}

write_backup() {
  local lock=(--recipient "$recipient") from=/dev/null
  if [ -n "$passphrase" ]; then lock=(--passphrase-file -) from=$passphrase; fi
  if [ "$docker" = yes ]; then
    local mount=$volume:/app/var:ro
    if [ -n "$keys_volume" ]; then mount=$keys_volume:/app/var/keys:ro; fi
    in_container -v "$mount" -- keys backup --out - "${lock[@]}" <"$from"
  else
    "${CONFIG_STORE:-config-store}" keys backup --out - "${lock[@]}" ${var:+--var "$var"} <"$from"
  fi
}

verify_backup() { # FILE
  [ "$(head -c 22 "$1")" = age-encryption.org/v1 ] || return 1
  local unlock=(--passphrase-file -) from=$passphrase
  if [ -n "$recipient" ]; then
    [ -n "$identity" ] || return 0
    unlock=(--identity -) from=$identity
  fi
  if [ "$docker" = yes ]; then # as the user whose file it is
    in_container --user "$(id -u):$(id -g)" -v "$(realpath "$1"):/backup.age:ro" -- \
      backup verify /backup.age "${unlock[@]}" <"$from" >/dev/null
  else
    CONFIG_STORE_TELEMETRY=off "${CONFIG_STORE:-config-store}" backup verify "$1" "${unlock[@]}" <"$from" >/dev/null
  fi
}

name=config-store-keys-$(date -u +%Y-%m-%dT%H%M%SZ).age
draft=$(mktemp "$to/.$name.XXXXXX") || die "$to cannot be written" 73
trap 'rm -f "$draft"' EXIT
write_backup >"$draft" || die 'the keys could not be backed up (the line above says why); nothing was changed' $?
verify_backup "$draft" || die 'the backup does not verify (the line above says why), and was not kept' $?
[ ! -e "$to/$name" ] || die "$to/$name is there already; nothing was changed" 73
mv "$draft" "$to/$name" || die "$to/$name cannot be written" 73

removed=0
shopt -s nullglob
backups=("$to"/config-store-keys-*.age) # oldest first, by the date in the name
while [ $((${#backups[@]} - removed)) -gt "$keep" ]; do
  rm -f "${backups[$removed]}"
  removed=$((removed + 1))
done
how=verified
[ -n "$passphrase$identity" ] || how='its form checked (not opened: no --identity)'
printf 'backup-keys: %s written, %s; %d older removed\n' "$to/$name" "$how" "$removed"
