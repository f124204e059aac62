#!/bin/sh
# Stands beside a run until it is over. When its runner dies, it settles the run.
#
#   watch.sh RUN
#
# Meanwhile it dates the lock's information: a sign of life of the runner for those who look.
# shellcheck disable=SC2034,SC2154 # what engine.sh reads and brings
set -u
run=$1
# shellcheck source=/dev/null
. "$run/engine.sh"

trap '' HUP INT
echo "$$" >"$run/watcher"
# Shared, so that nobody who looks at the lock finds it taken by us.
until flock -s -w 5 -E 75 "$state/lock" true; do
  [ $? -eq 75 ] || exit 1
  ! is_process "$run" pid || touch -c "$state/lock.info"
done
if is_open; then exec sh "$run/settle.sh" "$run" watcher; else tell_end; fi
