#!/bin/sh
# Carries out a plan on the host: runs its steps in order, keeps the lock and the journal, and takes everything back when
# a step fails after something has changed. It knows nothing of docker or git; the steps do.
#
#   runner.sh RUN     RUN is STATE/runs/ID and holds about.json (one line), clock.sh, alive.sh, the steps, and three lists
#                     of them: forward.list, undo.list (a failure before anything changed), revert.list (after).
#
# A list has a step per line, "FILE SECONDS KIND": seconds until it is given up, and "prepare" or "change".
# The log is for whoever follows: "= " begins an event, "| " a line a step said.
set -u
export LC_ALL=C

run=$1
id=${run##*/}
state=${run%/runs/*}
log=$run/log
export TAGSHIP_RUN="$run"
# shellcheck source=/dev/null
. "$run/clock.sh"
# shellcheck source=/dev/null
. "$run/alive.sh"
changed=no
failed_step=

main() {
  # A closed terminal or a lost link is no reason to stop half-way.
  trap '' HUP INT
  claim
  take_lock
  begin
  if run_list forward && record succeeded; then
    close succeeded
  elif [ "$changed" = no ]; then
    run_list undo || say 'not everything that was prepared could be cleared away'
    finish failed
  elif run_list revert; then
    finish rolled_back
  else
    finish needs_hands
  fi
}

# Whoever makes this file first has the run: its runner, or a client that was cut off and sees that it never begins.
# Nothing has been done before "started" is said to whoever starts us, and nothing is said to them after it.
claim() {
  (set -C && echo "$$" >"$run/pid") || exit 1
  echo started
  exec >/dev/null 2>&1
}

# The lock is on an open file, which the steps inherit: it lasts as long as anything of this run still acts, and not
# a moment longer, whatever dies. A short wait, because those who look test it for an instant.
take_lock() {
  # Tried in a shell of its own first: a redirection that fails would end this one without a word.
  if problem=$( (: >>"$state/lock") 2>&1); then
    exec 9>>"$state/lock"
    problem=$(flock -w 3 -E 75 9 2>&1) && return
    [ $? -ne 75 ] || leave locked
  fi
  event '"type":"started","list":"forward","step":"lock"'
  say "the lock cannot be taken: $problem"
  event '"type":"ended","list":"forward","step":"lock","status":1,"milliseconds":0'
  leave failed
}

leave() { # OUTCOME
  event "\"type\":\"closed\",\"outcome\":\"$1\""
  exit 0
}

begin() {
  started=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  began=$(centiseconds)
  mend_last_line "$state/journal.jsonl"
  mend_last_line "$state/history.jsonl"
  owner="\"pid\":$$,\"boot\":\"$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)\""
  printf '{"startedAt":"%s",%s,"about":%s}\n' "$started" "$owner" "$(cat "$run/about.json")" >"$state/lock.info"
  journal "\"type\":\"opened\",$owner,\"about\":$(cat "$run/about.json")" || finish failed
}

# A power cut may have torn the last line of a file; what is appended must not continue it.
mend_last_line() { # FILE
  [ ! -s "$1" ] || [ -z "$(tail -c 1 "$1")" ] || echo >>"$1"
}

# Runs the steps of a list until one fails. The list is read on descriptor 3, which no step gets.
run_list() { # LIST
  while read -r file deadline kind <&3; do
    [ "$kind" = prepare ] || changed=yes
    run_step "$1" "$file" "$deadline" "$kind" || return 1
  done 3<"$run/$1.list"
}

# Only the start of a change has to be on disk before the step runs: a power cut before it finds nothing changed.
# The end of a step gets there with the start of the next.
run_step() { # LIST FILE SECONDS KIND
  name=${2#*-}
  name=${name%.sh}
  step_began=$(centiseconds)
  # A step that cannot be journalled does not happen, unless it is there to bring the old version back.
  note "\"type\":\"started\",\"list\":\"$1\",\"step\":\"$name\"" || [ "$1" != forward ] || return 1
  [ "$4" = prepare ] || to_disk "$state/journal.jsonl" || [ "$1" != forward ] || return 1
  status=$(attempt "$run/$1/$2" "$3")
  [ "$status" = 0 ] || [ -n "$failed_step" ] || failed_step=$name
  took=$((($(centiseconds) - step_began) * 10))
  note "\"type\":\"ended\",\"list\":\"$1\",\"step\":\"$name\",\"status\":$status,\"milliseconds\":$took" || [ "$1" != forward ] || return 1
  [ "$status" = 0 ]
}

# Prints the exit status of a step; 124 when it did not end in time. What it says goes to the log as it comes.
attempt() { # FILE SECONDS
  rm -f "$run/status"
  # shellcheck disable=SC2016 # expanded by the inner shell
  timeout -k 10 "$2" sh -c '
    { sh "$1" </dev/null; echo "$?" >"$2"; } 2>&1 |
      while IFS= read -r line || [ -n "$line" ]; do printf "| %s\n" "$line" >>"$3"; done
  ' attempt "$1" "$run/status" "$log" 3<&- >/dev/null 2>&1
  # The status file decides: something the step left behind may hold its output open long after it ended well.
  if [ -s "$run/status" ]; then
    cat "$run/status"
  else
    say "no end after $2 s: given up"
    echo 124
  fi
}

finish() { # OUTCOME
  record "$1" || say 'the history of the host could not be written'
  close "$1"
}

# Before the journal: a run that dies between the two is known to have ended, and how. A success that cannot be recorded
# is none: the next run would go back to the wrong release.
record() { # OUTCOME
  mend_last_line "$state/history.jsonl"
  ended=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  about=$(cat "$run/about.json")
  result=
  [ ! -s "$run/result.json" ] || result=",\"result\":$(cat "$run/result.json")"
  [ -z "$failed_step" ] || result="$result,\"failedStep\":\"$failed_step\""
  printf '%s,"outcome":"%s","startedAt":"%s","endedAt":"%s","seconds":%s%s}\n' \
    "${about%\}}" "$1" "$started" "$ended" "$((($(centiseconds) - began + 50) / 100))" "$result" >>"$state/history.jsonl" ||
    return 1
  to_disk "$state/history.jsonl"
}

close() { # OUTCOME
  journal "\"type\":\"closed\",\"outcome\":\"$1\""
  to_disk "$state/journal.jsonl"
  rm -rf "$run/scratch" "$state/lock.info"
  forget_old_runs
  # Free before the outcome is told, so that whoever waited for it can start the next run at once.
  flock -u 9
  leave "$1"
}

# By the host's own clock, not by name, which has the client's. One that still waits for the lock is not past.
forget_old_runs() {
  # shellcheck disable=SC2012 # names of runs are ours: letters, digits, dashes and dots
  ls -1t "$state/runs" | tail -n +21 | while read -r old; do
    [ "$old" = "$id" ] || ! is_over "$state/runs/$old" || rm -rf "${state:?}/runs/$old"
  done
}

is_over() { # RUN
  case $(tail -n 1 "$1/log" 2>/dev/null) in '= {"type":"closed"'*) return 0 ;; esac
  ! is_alive "$1"
}

note() { journal "$1" && event "$1"; }

journal() { # MEMBERS
  printf '{"run":"%s","at":"%s",%s}\n' "$id" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" >>"$state/journal.jsonl"
}

event() { printf '= {%s}\n' "$1" >>"$log"; }
say() { printf '| %s\n' "$*" >>"$log"; }

to_disk() { sync "$1" 2>/dev/null || sync; }

main
