#!/bin/sh
# Prints the log of a run from a byte on, as it grows. Ends with the event that closes the run, or when the runner is gone.
#
#   follow.sh RUN BYTE
set -u
log=$1/log
from=$2
pid=$(cat "$1/pid") || exit 1

# A dead runner may stay a zombie for as long as nobody cares for it.
runs() { kill -0 "$pid" 2>/dev/null && ! grep -q '^State:.Z' "/proc/$pid/status" 2>/dev/null; }

while :; do
  # Asked before reading: what a runner wrote last is read before its end is believed.
  alive=yes
  runs || alive=no
  size=$(wc -c <"$log")
  if [ "$size" -gt "$from" ]; then
    tail -c "+$((from + 1))" "$log" | head -c "$((size - from))"
    from=$size
    # Nothing a step says begins like this.
    case $(tail -n 1 "$log") in '= {"type":"closed"'*) exit 0 ;; esac
  elif [ "$alive" = no ]; then
    exit 0
  else
    sleep 0.2
  fi
done
