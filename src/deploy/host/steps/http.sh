# shellcheck shell=sh disable=SC2154
# The health check over HTTP, asked from the host itself.

# Good answers in a row, within what is left of the time since the containers were started.
wait_for_http() { # URL STATUS SUCCESSES PAUSE SECONDS
  good=0
  while :; do
    answer=$(ask "$1")
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

# Prints the status of the answer, nothing when there was none. Not through a proxy: the host asks itself.
ask() { # URL
  no_proxy=127.0.0.1,localhost,::1${no_proxy:+,$no_proxy}
  export no_proxy
  answer_file=$TAGSHIP_RUN/answer
  : >"$answer_file"
  if command -v curl >/dev/null; then
    code=$(curl -q -g -sS -o "$answer_file" -w '%{http_code}' --max-time 5 "$1" 2>"$answer_file.error") || code=
  else
    # GNU wget keeps an error page only when told to, BusyBox does not know the option.
    code=$(timeout 6 wget -q -S -O "$answer_file" -T 5 -t 1 "$1" 2>&1 | tee "$answer_file.error" | sed -n 's/^ *HTTP\/[0-9.]* \([0-9][0-9]*\).*/\1/p' | tail -n 1)
  fi
  [ "$code" = 000 ] || printf '%s' "$code"
}

show_answer() { # URL
  [ ! -s "$TAGSHIP_RUN/answer.error" ] || head -n 3 "$TAGSHIP_RUN/answer.error" | cut -c1-500
  [ ! -s "$TAGSHIP_RUN/answer" ] || { echo "the answer of $1:" && head -c 1000 "$TAGSHIP_RUN/answer" | head -n 10 | sed 's/^/  /'; }
  port=$(printf '%s\n' "$1" | sed -n 's,^[a-z]*://[^/]*:\([0-9][0-9]*\).*,\1,p')
  for container in $(docker ps --quiet --filter "publish=${port:-80}" 2>/dev/null); do
    show_log "$container"
  done
}
