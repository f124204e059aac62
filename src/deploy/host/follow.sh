#!/bin/sh
# Prints the log of a run from a line on, as it grows. Ends with the event that closes the run, or when the runner is gone.
#
#   follow.sh RUN LINES     LINES of the log are known already
#
# Status 75: the run has not begun, and from now on never will.
set -u
run=$1
log=$run/log
mkdir -p "$run" || exit 1
# Written down as well, for the next follower: the answer to this one may not reach anybody.
if (set -C && echo never >"$run/pid") 2>/dev/null; then exit 75; fi

# The file is made first, and then written to.
for _ in 1 2 3 4 5 6 7 8 9 10; do
  [ ! -s "$run/pid" ] || break
  sleep 0.5
done
case $(cat "$run/pid") in '') exit 1 ;; never) exit 75 ;; esac
from=$(head -n "$2" "$log" | wc -c) || exit 1

# Nothing a step says begins like this.
is_closed() { case $(tail -n 1 "$log") in '= {"type":"closed"'*) true ;; *) false ;; esac }

while :; do
  # Asked before reading: what a runner wrote last is read before its end is believed.
  over=no
  if is_closed || ! is_alive "$run"; then over=yes; fi
  size=$(wc -c <"$log")
  if [ "$size" -gt "$from" ]; then
    tail -c "+$((from + 1))" "$log" | head -c "$((size - from))"
    from=$size
  fi
  [ "$over" = no ] || exit 0
  sleep 0.2
done
