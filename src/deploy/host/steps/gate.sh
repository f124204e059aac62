# shellcheck shell=sh disable=SC2154
# Waits for the word that lets this run go on. Any other word ends the step, and so does a leader who has not been heard of
# for SECONDS: whoever leads renews a lease for as long as they live.
wait_for_word() { # GATE WORD SECONDS
  heard=$(centiseconds)
  until [ -s "$TAGSHIP_RUN/$1.word" ]; do
    if [ -e "$TAGSHIP_RUN/$1.lease" ]; then
      rm -f "$TAGSHIP_RUN/$1.lease"
      heard=$(centiseconds)
    elif [ $(($(centiseconds) - heard)) -gt $(($3 * 100)) ]; then
      [ "$(decide "$TAGSHIP_RUN" "$1" lapsed)" = "$2" ] || fail "whoever started this has not been heard of for $3 s"
    fi
    sleep 0.2
  done
  word=$(cat "$TAGSHIP_RUN/$1.word")
  [ "$word" = "$2" ] || fail "told: $word"
}
