# shellcheck shell=sh disable=SC2154
# The health check over HTTP, asked from the host itself.

# Good answers in a row, within what is left of the time since the containers were started.
wait_for_http() { # URL STATUS SUCCESSES PAUSE SECONDS
  good=0
  body=$TAGSHIP_RUN/answer
  while :; do
    : >"$body"
    answer=$(ask "$1" "$body" "$body.error")
    if [ "$answer" = "$2" ]; then
      good=$((good + 1))
      [ "$good" -lt "$3" ] || return 0
    else
      good=0
      look_at_containers
      verdict=$(judge_containers)
      case $verdict in sick*) report_sick ;; esac
    fi
    [ "$(centiseconds_left "$5")" -gt 0 ] || break
    sleep "$4"
  done
  show_answer "$1"
  fail "$1 did not answer $2 $3 times in a row within $5 s, last: ${answer:-no answer}"
}

show_answer() { # URL
  [ ! -s "$body.error" ] || head -n 3 "$body.error" | cut -c1-500
  [ ! -s "$body" ] || { echo "the answer of $1:" && head -c 1000 "$body" | head -n 10 | sed 's/^/  /'; }
  port=$(printf '%s\n' "$1" | sed -n 's,^[a-z]*://[^/]*:\([0-9][0-9]*\).*,\1,p')
  for container in $(docker ps --quiet --filter "publish=${port:-80}" 2>/dev/null); do
    show_log "$container"
  done
}
