#!/usr/bin/env bash
# Asks `config-store health` and speaks up when the answer changes, for cron (which mails what a job prints).
#
#   monitor.sh [--docker NAME | --volume NAME[:PATH] … | --var DIR] [options]
#
#   --docker NAME          the container to look into, or, where none of that name runs, the volume to check with the image
#   --volume NAME[:PATH]   a volume to check with the image, at /app/var or PATH; once for each of several
#   --image NAME           the image for that (mcp-config-store)
#   --var DIR              without Docker: the var folder
#   --expect-store ID      not healthy when it is another store, or none
#   --verify-max-age AGE   not healthy when no verification passed for so long: 7d, 12h
#   --backups DIR          where backup-keys.sh writes, and
#   --backup-max-age AGE   not healthy when there is no backup as young as this: 2d, 12h
#   --time-limit SECONDS   how long an answer may take (60): an engine that hangs is reported
#   --state FILE           where the last answer is kept (one file for each target in $XDG_STATE_HOME or ~/.local/state)
#   --always               print each time, not only on a change
#
# It makes no volume: one that is not there is reported. Exit 0: healthy. 1: not healthy. Others: it could not be asked.
# cron:  */5 * * * *  /opt/config-store/monitor.sh --docker mcp-config-store --verify-max-age 7d
set -euo pipefail

die() { printf 'monitor: %s\n' "$1" >&2; exit "${2:-64}"; }
usage() { sed -n '2,/^set /s/^# \{0,1\}//p' "$0" | sed '$d'; }

container='' volumes=() image=mcp-config-store var='' store='' verify_age='' backups='' backup_age='' limit=60 state='' always=no
while [ $# -gt 0 ]; do
  case $1 in
    --always) always=yes; shift; continue ;;
    -h | --help) usage; exit 0 ;;
    --docker | --volume | --image | --var | --expect-store | --verify-max-age | --backups | --backup-max-age | --time-limit | --state)
      [ $# -ge 2 ] || die "$1 needs a value" ;;
    *) die "unknown option $1; see --help" ;;
  esac
  case $1 in
    --docker) container=$2 ;;
    --volume) volumes+=("$2") ;;
    --image) image=$2 ;;
    --var) var=$2 ;;
    --expect-store) store=$2 ;;
    --verify-max-age) verify_age=$2 ;;
    --backups) backups=$2 ;;
    --backup-max-age) backup_age=$2 ;;
    --time-limit) limit=$2 ;;
    --state) state=$2 ;;
  esac
  shift 2
done
[ -z "$container" ] || [ -z "$var${volumes[*]-}" ] || die '--docker, --volume and --var: choose one'
[ -z "$var" ] || [ ${#volumes[@]} -eq 0 ] || die '--volume and --var: choose one'
[[ $limit =~ ^[1-9][0-9]*$ ]] || die "--time-limit $limit is not a number of seconds"
[ -z "$backups" ] || [ -n "$backup_age" ] || backup_age=2d
[ -z "$backup_age" ] || [ -n "$backups" ] || die '--backup-max-age needs --backups, the folder they are in'
minutes=''
if [ -n "$backup_age" ]; then
  [[ $backup_age =~ ^([1-9][0-9]*)([dh])$ ]] || die "--backup-max-age $backup_age is not an age, such as 2d or 12h"
  minutes=$((BASH_REMATCH[1] * 60))
  [ "${BASH_REMATCH[2]}" = h ] || minutes=$((minutes * 24))
fi
target="$container|${volumes[*]-}|$var|$store"
if [ -z "$state" ]; then
  name=$(printf '%s' "$target" | tr -c 'A-Za-z0-9._-' '_')
  state=${XDG_STATE_HOME:-$HOME/.local/state}/config-store-health/${name:0:80}-$(printf '%s' "$target" | cksum | cut -d ' ' -f 1)
fi

engine=${DOCKER:-docker}
# in_time COMMAND…: the answer, or a line that says that there was none
in_time() {
  local code=0
  timeout -k 5 "$limit" "$@" || code=$?
  if [ "$code" = 124 ] || [ "$code" = 137 ]; then
    printf 'monitor: no answer within %s seconds: %s hangs, or is overloaded\n' "$limit" "$1"
    return 4
  fi
  return "$code"
}
hardened=(run --rm --read-only --tmpfs '/tmp:rw,noexec,nosuid,nodev,size=16m' --cap-drop ALL
  --security-opt no-new-privileges --network none --log-driver none --pids-limit 128 --memory 256m)
question=(health ${store:+--expect-store "$store"} ${verify_age:+--verify-max-age "$verify_age"})
ask() {
  if [ -z "$container" ] && [ ${#volumes[@]} -eq 0 ]; then
    in_time "${CONFIG_STORE:-config-store}" "${question[@]}" ${var:+--var "$var"} 2>&1
    return
  fi
  local running=''
  if [ -n "$container" ]; then
    running=$(in_time "$engine" inspect -f '{{.State.Running}}' "$container" 2>/dev/null) || { [ $? = 4 ] && printf '%s\n' "$running" && return 4; }
  fi
  if [ "$running" = true ]; then
    in_time "$engine" exec "$container" /usr/local/bin/node /app/main.js "${question[@]}" 2>&1
    return
  fi
  [ -z "$container" ] || volumes=("$container")
  local mounts=() volume
  for volume in "${volumes[@]}"; do
    # With -v the engine would make a volume that is not there, and an empty one is no store that is gone.
    in_time "$engine" volume inspect "${volume%%:*}" >/dev/null 2>&1 || {
      [ $? = 4 ] && printf 'monitor: no answer within %s seconds: %s hangs, or is overloaded\n' "$limit" "$engine" && return 4
      printf 'not healthy: volume: STORE_MISSING: there is no volume %s' "${volume%%:*}"; elsewhere; printf '\n'
      return 1
    }
    case $volume in *:*) mounts+=(-v "$volume") ;; *) mounts+=(-v "$volume:/app/var") ;; esac
  done
  local code=0 answer
  answer=$(in_time "$engine" "${hardened[@]}" "${mounts[@]}" "$image" "${question[@]}" 2>&1) || code=$?
  printf '%s' "$answer"
  case $answer in *STORE_MISSING* | *'no store yet'*) elsewhere ;; esac
  printf '\n'
  return "$code"
}

# Names other volumes that hold a store: Compose puts the project's name in front of its own.
elsewhere() {
  local other found=''
  for other in $(in_time "$engine" volume ls -q | grep -E 'storage|config-store' | head -n 20); do
    case " ${volumes[*]} " in *" $other "* | *" $other:"*) continue ;; esac
    if in_time "$engine" "${hardened[@]}" -v "$other:/look:ro" --user 0 --cap-add DAC_READ_SEARCH --entrypoint /usr/local/bin/node "$image" \
      -e 'process.exit(["", "storage/"].some((at) => fs.existsSync("/look/" + at + "format")) ? 0 : 1)' >/dev/null 2>&1; then found="$found $other"; fi
  done
  [ -z "$found" ] || printf ' | a store is in another volume:%s' "$found"
}

code=0
answer=$(ask) || code=$?
# The name of a backup says of which store it is.
if [ -n "$minutes" ] && [ -z "$(find "$backups" -maxdepth 1 -name "config-store-*${store:0:12}*.age" -mmin "-$minutes" -print -quit 2>/dev/null)" ]; then
  answer="$answer"$'\n'"not healthy: backup: BACKUP_MISSING: there is no backup as young as $backup_age in $backups"
  [ "$code" != 0 ] || code=1
fi
# What counts as a change: healthy or not, and which checks failed; never the numbers in the messages.
now=healthy
if [ "$code" != 0 ]; then now="exit $code $(grep -oE '[a-z-]+: [A-Z_]+:' <<<"$answer" | sort | tr '\n' ' ' || true)"; fi
before=$(cat "$state" 2>/dev/null || true)
if ! { mkdir -p "$(dirname "$state")" && printf '%s\n' "$now" >"$state"; }; then die "the state file $state cannot be written" 73; fi
if [ "$always" = yes ] || { [ "$now" != "$before" ] && [ "$before$now" != healthy ]; }; then printf '%s\n' "$answer"; fi
exit "$code"
