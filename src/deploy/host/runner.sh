#!/bin/sh
# Carries out a plan on the host: runs its steps in order, keeps the lock and the journal, and takes everything back when
# a step fails after something has changed.
#
#   runner.sh RUN     RUN is STATE/runs/ID and holds about.json (one line), the files of this folder, the steps, and three
#                     lists of them: forward.list, undo.list (a failure before anything changed), revert.list (after).
# shellcheck disable=SC2034,SC2154 # what engine.sh reads and brings
set -u
run=$1
# shellcheck source=/dev/null
. "$run/engine.sh"

main() {
  # A closed terminal or a lost link is no reason to stop half-way.
  trap '' HUP INT
  claim
  take_lock
  answer started
  begin
  # In a session of its own: what ends ours must not end who mends it. And without the lock it waits for.
  setsid sh "$run/watch.sh" "$run" 9<&- &
  if run_list forward && { record succeeded || may_go_untold forward; }; then
    close succeeded
  else
    take_back
  fi
}

# Whoever makes this file first has the run: its runner, or a client that was cut off and sees that it never begins.
claim() {
  (set -C && echo "$$" >"$run/pid") || exit 1
}

# The one word for whoever starts us, once it is known who has the lock. Nothing has been done before it, and nothing is
# said to them after it. They may be gone already.
answer() { # WORD
  trap '' PIPE
  echo "$1"
  trap - PIPE
  exec >/dev/null 2>&1
}

# The lock is on an open file, which the steps inherit: it lasts as long as anything of this run still acts, and not
# a moment longer, whatever dies. A short wait, because those who look test it for an instant.
take_lock() {
  # Tried in a shell of its own first: a redirection that fails would end this one without a word.
  if problem=$( (: >>"$state/lock") 2>&1); then
    exec 9>>"$state/lock"
    problem=$(flock -w 3 -E 75 9 2>&1) && return
    [ $? -ne 75 ] || refuse locked
  fi
  event '"type":"started","list":"forward","step":"lock"'
  say "the lock cannot be taken: $problem"
  event '"type":"ended","list":"forward","step":"lock","status":1,"milliseconds":0'
  refuse failed
}

# Not begun, and told so: why is in the log.
refuse() { # OUTCOME
  answer refused
  leave "$1"
}

begin() {
  stamp
  started=$told_at
  began=$(centiseconds)
  date +%s >"$run/began"
  # Whoever settles this run after a power cut must see what we see: DOCKER_HOST, COMPOSE_PROJECT_NAME, PATH.
  export -p >"$run/environment"
  mend_last_line "$state/journal.jsonl"
  mend_last_line "$state/history.jsonl"
  to_disk "$run"/* "$run"/*/*
  owner="\"pid\":$$,\"boot\":\"$(boot_id)\""
  printf '{"startedAt":"%s",%s,"about":%s}\n' "$started" "$owner" "$(cat "$run/about.json")" >"$state/lock.info"
  stamp
  journal "\"type\":\"opened\",$owner,\"about\":$(cat "$run/about.json")" || finish failed
}

main
