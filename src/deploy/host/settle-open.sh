#!/bin/sh
# Settles the run that was left open in this folder, if there is one. At a boot systemd runs it, once docker is up.
#
#   settle-open.sh BY     beside journal.jsonl
set -u
state=$(dirname "$0")
settled=
# One that is found to have changed nothing leaves the host in the one before, which may be open as well.
while :; do
  open=$(last_not_failed "$state")
  run=$state/runs/$open
  if [ -z "$open" ] || [ "$open" = "$settled" ] || [ ! -e "$run/settle.sh" ]; then exit 0; fi
  before=$(wc -l <"$run/log")
  sh "$run/settle.sh" "$run" "$1" || exit
  tail -n "+$((before + 1))" "$run/log"
  settled=$open
done
