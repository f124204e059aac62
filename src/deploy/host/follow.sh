#!/bin/sh
# Prints the log of a run from a byte on, as it grows, and ends when the runner is gone.
#
#   follow.sh RUN BYTE
set -u
log=$1/log
from=$2
pid=$(cat "$1/pid") || exit 1
while :; do
  # Asked before reading: what a runner wrote last is read before its end is believed.
  alive=yes
  kill -0 "$pid" 2>/dev/null || alive=no
  size=$(wc -c <"$log")
  if [ "$size" -gt "$from" ]; then
    tail -c "+$((from + 1))" "$log" | head -c "$((size - from))"
    from=$size
  elif [ "$alive" = no ]; then
    exit 0
  else
    sleep 0.2
  fi
done
