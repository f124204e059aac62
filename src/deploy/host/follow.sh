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

# Nothing a step says begins like this.
is_closed() { case $(tail -n 1 "$log") in '= {"type":"closed"'*) true ;; *) false ;; esac }

while :; do
  # Asked before reading: what a runner wrote last is read before its end is believed.
  over=no
  if is_closed || ! runs; then over=yes; fi
  size=$(wc -c <"$log")
  if [ "$size" -gt "$from" ]; then
    tail -c "+$((from + 1))" "$log" | head -c "$((size - from))"
    from=$size
  fi
  [ "$over" = no ] || exit 0
  sleep 0.2
done
