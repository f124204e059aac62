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

# What is needed, for whoever sends it. A step of its own: it is over before the next one is seen to have begun.
list_wanted() {
  : >"$TAGSHIP_RUN/names-moved"
  validate_compose
  list_services <"$scratch/config.yml" >"$scratch/services"
}

# Waits until the images have been sent.
await_images() { # SECONDS
  wait_for_word images there "$1"
  while IFS='	' read -r service image _; do
    [ "$image" = - ] || has_image "$image" || fail "service $service: the image $image was not sent"
  done <"$scratch/services"
}
