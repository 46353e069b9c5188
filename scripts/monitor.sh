#!/usr/bin/env bash
# Asks `config-store health` and speaks up when the answer changes, for cron (which mails what a job prints).
#
#   monitor.sh [--docker NAME | --var DIR] [--state FILE] [--always]
#
#   --docker NAME   the container to look into, or, where none of that name runs, the volume to check with the image
#   --image NAME    the image for the latter (mcp-config-store)
#   --var DIR       without Docker: the var folder
#   --state FILE    where the last answer is kept ($XDG_STATE_HOME or ~/.local/state, config-store-health)
#   --always        print each time, not only on a change
#
# Exit 0: healthy. 1: not healthy. Others: it could not be asked.
# cron:  */5 * * * *  /opt/config-store/monitor.sh --docker mcp-config-store
set -euo pipefail

die() { printf 'monitor: %s\n' "$1" >&2; exit "${2:-64}"; }
usage() { sed -n '2,/^set /s/^# \{0,1\}//p' "$0" | sed '$d'; }

container='' image=mcp-config-store var='' always=no
state=${XDG_STATE_HOME:-$HOME/.local/state}/config-store-health
while [ $# -gt 0 ]; do
  case $1 in
    --always) always=yes; shift; continue ;;
    -h | --help) usage; exit 0 ;;
    --docker | --image | --var | --state) [ $# -ge 2 ] || die "$1 needs a value" ;;
    *) die "unknown option $1; see --help" ;;
  esac
  case $1 in
    --docker) container=$2 ;;
    --image) image=$2 ;;
    --var) var=$2 ;;
    --state) state=$2 ;;
  esac
  shift 2
done

engine=${DOCKER:-docker}
ask() {
  if [ -z "$container" ]; then
    "${CONFIG_STORE:-config-store}" health ${var:+--var "$var"} 2>&1
  elif [ "$("$engine" inspect -f '{{.State.Running}}' "$container" 2>/dev/null)" = true ]; then
    "$engine" exec "$container" /usr/local/bin/node /app/main.js health 2>&1
  else
    "$engine" run --rm --read-only --tmpfs /tmp:rw,noexec,nosuid,nodev,size=16m --cap-drop ALL \
      --security-opt no-new-privileges --network none --log-driver none --pids-limit 128 --memory 256m \
      -v "$container:/app/var" "$image" health 2>&1
  fi
}

code=0
answer=$(ask) || code=$?
# What counts as a change: healthy or not, and which checks failed; never the numbers in the messages.
now=healthy
if [ "$code" != 0 ]; then now="exit $code $(grep -oE '[a-z]+: [A-Z_]+:' <<<"$answer" | sort | tr '\n' ' ' || true)"; fi
before=$(cat "$state" 2>/dev/null || true)
if ! { mkdir -p "$(dirname "$state")" && printf '%s\n' "$now" >"$state"; }; then die "the state file $state cannot be written" 73; fi
if [ "$always" = yes ] || { [ "$now" != "$before" ] && [ "$before$now" != healthy ]; }; then printf '%s\n' "$answer"; fi
exit "$code"
