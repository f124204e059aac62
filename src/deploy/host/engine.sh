# shellcheck shell=sh disable=SC2034,SC2154
# What a run is carried out with, forward by its runner or back by whoever settles it: lists of steps, the journal, the
# record of how it ended. Knows nothing of docker or git; the steps do. Whoever sources this has set `run`.
#
# A list has a step per line, "FILE SECONDS KIND": seconds until it is given up, and "prepare" or "change".
# The log is for whoever follows: "= " begins an event, "| " a line a step said.
export LC_ALL=C
id=${run##*/}
state=${run%/runs/*}
log=$run/log
export TAGSHIP_RUN="$run"
# shellcheck source=/dev/null
. "$run/clock.sh"
# shellcheck source=/dev/null
. "$run/alive.sh"
# shellcheck source=/dev/null
. "$run/journal.sh"
told_at=
changed=no
failed_step=
untold=
interrupted_at=

# Runs the steps of a list until one fails. The list is read on descriptor 3, which no step gets.
run_list() { # LIST
  while read -r file deadline kind <&3; do
    [ "$kind" = prepare ] || first_change
    run_step "$1" "$file" "$deadline" "$kind" || return 1
  done 3<"$run/$1.list"
}

# A power cut after this must find all that the way back needs: git's objects, the exported files, these scripts.
first_change() {
  [ "$changed" = no ] || return 0
  reserve_room
  sync
  changed=yes
  stamp
}

# For the way back, where the disk is full by then: a release that fills it must not be the one that stays. A rollback on a
# disk that is full already is tried all the same.
reserve_room() {
  fallocate -l 16777216 "$run/reserve" || head -c 16777216 /dev/zero >"$run/reserve" || rm -f "$run/reserve"
} 2>/dev/null

use_room() {
  rm -f "$run/reserve"
  # What did not fit is torn.
  for file in "$state/journal.jsonl" "$log"; do mend_last_line "$file"; done
}

# Only the start of a change has to be on disk before the step runs: a power cut before it finds nothing changed.
# The end of a step gets there with the start of the next.
run_step() { # LIST FILE SECONDS KIND
  name=${2#*-}
  name=${name%.sh}
  step_began=$(centiseconds)
  # A step that cannot be journalled does not happen, unless it is there to bring the old version back.
  note "\"type\":\"started\",\"list\":\"$1\",\"step\":\"$name\"" || may_go_untold "$1" || return 1
  [ "$4" = prepare ] || to_disk "$state/journal.jsonl" || may_go_untold "$1" || return 1
  attempt "$run/$1/$2" "$3"
  [ "$status" = 0 ] || [ -n "$failed_step" ] || failed_step=$name
  stamp
  took=$((($(centiseconds) - step_began) * 10))
  note "\"type\":\"ended\",\"list\":\"$1\",\"step\":\"$name\",\"status\":$status,\"milliseconds\":$took" || may_go_untold "$1" || return 1
  [ "$status" = 0 ]
}

# On the way back what happens need not be written down. Forward it must be: then the step counts as failed.
may_go_untold() { # LIST
  [ "$1" = forward ] || return 0
  failed_step=${failed_step:-$name}
  untold=$name
  return 1
}

# Told as soon as there is room for it.
tell_untold() {
  [ -n "$untold" ] || return 0
  say "this could not be written down in $state, so it counts as failed; see whether its disk is full: df -h $state"
  end="\"type\":\"ended\",\"list\":\"forward\",\"step\":\"$untold\",\"status\":1,\"milliseconds\":0"
  journal "$end"
  event "$end"
}

# Sets status to the exit status of a step; to 124 when it did not end in time. What it says goes to the log as it comes.
attempt() { # FILE SECONDS
  # The status has a way of its own, which the step does not get: something it left behind may hold its output open long
  # after it ended well. And no file: on a disk that is full, the way back must be seen to succeed.
  # Read in a shell within this one, which a step may end, and not started as one more program.
  # Who reads along is told in the same way as the lines when it has ended, and waits for nothing it left behind, which
  # nobody listens to from then on.
  # shellcheck disable=SC2016 # expanded by the inner shell
  ended=$(
    timeout -k 10 "$2" sh -c '
      { (. "$1") </dev/null 4>&-; echo "$?" >&4; printf "%s\n" "$3"; } 2>&1 |
        while IFS= read -r line || [ -n "$line" ]; do
          rest=${line%"$3"}
          [ -z "$rest" ] && [ -n "$line" ] || printf "| %s\n" "$rest" >>"$2"
          [ "$rest" = "$line" ] || break
        done 4>&-
    ' attempt "$1" "$log" "= $id $$ $step_began" 3<&- 4>&1 >/dev/null 2>&1
  )
  [ -n "$ended" ] || say "no end after $2 s: given up"
  status=${ended:-124}
}

# The end of a run that does not go on.
take_back() {
  stamp
  use_room
  tell_untold
  if [ "$changed" = no ]; then
    twice undo || say 'not everything that was prepared could be cleared away'
    finish failed
  elif twice revert; then
    finish rolled_back
  else
    finish needs_hands
  fi
}

# Every list of the way back begins with waiting for the engine and may be run again from its start: an engine that died
# under one of its steps costs a second try, and not the old version.
twice() { # LIST
  run_list "$1" && return
  say 'that failed: trying once more, from the start of the way back'
  run_list "$1"
}

finish() { # OUTCOME
  record "$1" || say 'the history of the host could not be written'
  close "$1"
}

# Before the journal: a run that dies between the two is known to have ended, and how. A success that cannot be recorded
# is none: the next run would go back to the wrong release.
record() { # OUTCOME
  mend_last_line "$state/history.jsonl"
  about=$(cat "$run/about.json")
  result=
  [ ! -s "$run/result.json" ] || result=",\"result\":$(cat "$run/result.json")"
  [ ! -s "$run/way-back" ] || result="$result,\"wayBack\":\"$(cat "$run/way-back")\""
  [ -z "$failed_step" ] || result="$result,\"failedStep\":\"$failed_step\""
  [ -z "$interrupted_at" ] || result="$result,\"interruptedAt\":\"$interrupted_at\",\"settledBy\":\"$settled_by\""
  printf '%s,"outcome":"%s","startedAt":"%s","endedAt":"%s","seconds":%s%s}\n' \
    "${about%\}}" "$1" "$started" "$told_at" "$((($(centiseconds) - began + 50) / 100))" "$result" >>"$state/history.jsonl" ||
    return 1
  to_disk "$state/history.jsonl"
}

close() { # OUTCOME
  journal "\"type\":\"closed\",\"outcome\":\"$1\""
  to_disk "$state/journal.jsonl"
  # The environment may hold secrets of whoever deployed.
  rm -rf "$run/scratch" "$run/environment" "$run/target" "$run/reserve" "$state/lock.info"
  # What should have come back is left for the hands that are needed.
  [ "$1" = needs_hands ] || rm -rf "$run/present"
  forget_old_runs
  # Free before the outcome is told, so that whoever waited for it can start the next run at once.
  flock -u 9
  leave "$1"
}

leave() { # OUTCOME
  event "\"type\":\"closed\",\"outcome\":\"$1\""
  exit 0
}

# By the host's own clock, not by name, which has the client's. One that still waits for the lock is not past.
forget_old_runs() {
  # shellcheck disable=SC2012 # names of runs are ours: letters, digits, dashes and dots
  ls -1t "$state/runs" | tail -n +21 | while read -r old; do
    [ "$old" = "$id" ] || ! is_over "$state/runs/$old" || rm -rf "${state:?}/runs/$old"
  done
}

is_over() { is_told "$1" || ! is_alive "$1"; } # RUN

# How the run ended is in its log.
is_told() { # RUN
  case $(tail -n 1 "$1/log" 2>/dev/null) in '= {"type":"closed"'*) true ;; *) false ;; esac
}

# A power cut may have torn the last line of a file; what is appended must not continue it.
mend_last_line() { # FILE
  [ ! -s "$1" ] || ends_whole "$1" || echo >>"$1"
}

# The shell drops a zero byte, which is no line end.
ends_whole() { [ -z "$(tail -c 1 "$1" | tr '\0' x)" ]; } # FILE

# What the journal says of this run. A power cut may leave zero bytes, and grep shows no line of a file with them.
journalled() { tr -d '\0' <"$state/journal.jsonl" 2>/dev/null | grep -F "{\"run\":\"$id\",\"at\":"; }

# Begun, not told to be over, and no other run has begun since: what came after it has settled it, unless it failed before
# it changed anything.
is_open() {
  [ "$(last_not_failed "$state")" = "$id" ] && ! is_closed "$state" "$id"
}

# The journal is closed before the log: a runner that dies between the two has not told those who follow.
tell_end() {
  outcome=$(journalled | sed -n 's/.*"type":"closed","outcome":"\([a-z_]*\)".*/\1/p')
  [ -z "$outcome" ] || is_told "$run" || is_process "$run" pid || event "\"type\":\"closed\",\"outcome\":\"$outcome\""
}

note() { journal "$1" && event "$1"; }

journal() { # MEMBERS
  printf '{"run":"%s","at":"%s",%s}\n' "$id" "$told_at" "$1" >>"$state/journal.jsonl"
}

# The time that the journal and the history are told from now on. A step begins when the one before it ends: asked once for
# both, as on a small machine it is the processes that take the time.
stamp() { told_at=$(date -u +%Y-%m-%dT%H:%M:%SZ); }

event() { printf '= {%s}\n' "$1" >>"$log"; }
say() { printf '| %s\n' "$*" >>"$log"; }

boot_id() { cat /proc/sys/kernel/random/boot_id 2>/dev/null; }

to_disk() { sync "$@" 2>/dev/null || sync; }
