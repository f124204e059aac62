# shellcheck shell=sh disable=SC2154
# Outside confirmation: whoever deploys asks the real address, and says here what it found.

# Nobody there is a no.
wait_for_confirmation() { # SECONDS
  end=$(($(centiseconds) + $1 * 100))
  until [ -e "$TAGSHIP_RUN/confirmed" ]; do
    [ ! -e "$TAGSHIP_RUN/denied" ] || fail "seen from outside: $(cat "$TAGSHIP_RUN/denied")"
    [ "$(centiseconds)" -lt "$end" ] || fail "nobody confirmed within $1 s that it answers from outside"
    sleep 0.2
  done
  cat "$TAGSHIP_RUN/confirmed"
}
