#!/bin/sh
# Prints the log of a run from a line on, as it grows. Ends with the event that closes the run, or when its runner is gone
# and nobody is there to settle it.
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
exec 4<"$log" || exit 1

# Prints what has been written since, a whole line at a time. The shell reads by itself: a Pi that is busy with a
# deployment should not start processes for those who watch.
tell_news() {
  while IFS= read -r line <&4; do
    line=$rest$line
    rest=
    count=$((count + 1))
    [ "$count" -le "$known" ] || printf '%s\n' "$line" || exit 0
    # Nothing a step says begins like this.
    case $line in '= {"type":"closed"'*) exit 0 ;; esac
  done
  # Of a line that is being written, or was torn by a power cut.
  rest=$rest$line
}

# Asked of the shell itself first. That a process has this number does not prove that it is ours.
is_over() {
  looked=$(((looked + 1) % 10))
  [ "$looked" -eq 0 ] || ! is_there pid || return 1
  ! is_alive "$run" && ! is_to_be_settled
}

is_there() { # FILE
  read -r process 2>/dev/null <"$run/$1" && kill -0 "$process" 2>/dev/null
}

# At a boot, systemd has still to come to it.
is_to_be_settled() {
  unit=$(cat "${run%/runs/*}/unit" 2>/dev/null) || return 1
  case $(systemctl show -p Job -p ActiveState "$unit" 2>/dev/null) in *Job=[1-9]* | *ActiveState=activating*) true ;; *) false ;; esac
}

known=$2 count=0 rest='' looked=0
while :; do
  # Asked before reading: what a runner wrote last is read before its end is believed.
  over=no
  ! is_over || over=yes
  tell_news
  [ "$over" = no ] || exit 0
  sleep 0.2
done
