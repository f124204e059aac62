#!/bin/sh
# Ends a run whose runner is dead: takes back what it changed, proves what served before, records how it ended.
#
#   settle.sh RUN BY     BY is who noticed: boot, watcher or deploy
#
# Killed itself, it is begun again: every step of the way back may be repeated.
# shellcheck disable=SC2034,SC2154 # what engine.sh reads and brings
set -u
run=$1
settled_by=$2
# shellcheck source=/dev/null
. "$run/engine.sh"

main() {
  trap '' HUP INT
  exec 9>>"$state/lock"
  # As long as it takes: a step of the dead runner may still act, and holds the lock.
  flock 9 || exit 1
  # Somebody was quicker, or it had ended.
  if ! is_open; then
    tell_end
    exit 0
  fi
  echo "$$" >"$run/pid"
  # From here on whoever started us may follow.
  exec >/dev/null 2>&1
  mend_last_line "$log"
  mend_last_line "$state/journal.jsonl"
  stamp
  close_if_recorded
  take_over
  take_back
}

# The history is written before the journal: then the run had ended, and this is how.
close_if_recorded() {
  recorded=$(whole_lines "$state/history.jsonl" | grep -F "\"run\":\"$id\"" | sed -n 's/.*,"outcome":"\([a-z_]*\)".*/\1/p' | tail -n 1)
  [ -z "$recorded" ] || close "$recorded"
}

# Without a last line that a power cut has torn, and the zero bytes it may have left: grep shows no line of a file with them,
# and not every sed takes them for part of a line.
whole_lines() { # FILE
  [ -s "$1" ] || return 0
  torn="\$d"
  ! ends_whole "$1" || torn=
  tr '\000' '\001' <"$1" | sed "$torn" | tr -d '\001'
}

take_over() {
  cd "$(cat "$run/folder")" || exit 1
  # shellcheck source=/dev/null
  [ ! -e "$run/environment" ] || . "$run/environment"
  started=$(journalled | grep '"type":"opened"' | cut -d'"' -f8 | head -n 1)
  elapsed=$(($(date +%s) - $(cat "$run/began")))
  began=$(($(centiseconds) - (elapsed > 0 ? elapsed : 0) * 100))
  failed_step=$(journalled | grep '"type":"ended","list":"forward"' | grep -v '"status":0,' | cut -d'"' -f20 | head -n 1)
  interrupted_at=$(journalled | grep '"type":"started"' | tail -n 1 | cut -d'"' -f20)
  interrupted_at=${interrupted_at:-begin}
  ! has_changed || changed=yes
  note "\"type\":\"settling\",\"by\":\"$settled_by\",\"step\":\"$interrupted_at\",\"pid\":$$,\"boot\":\"$(boot_id)\""
}

# Whether a step that changes something has been begun.
has_changed() {
  journalled | sed -n 's/.*"type":"started","list":"\([a-z]*\)","step":"\([^"]*\)".*/\1 \2/p' | {
    while read -r list step; do
      ! grep -q "^[0-9]*-$step\.sh [0-9]* change\$" "$run/$list.list" || exit 0
    done
    exit 1
  }
}

main
