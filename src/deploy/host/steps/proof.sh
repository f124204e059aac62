# shellcheck shell=sh disable=SC2154
# The release proves itself: a question of checks/answer.sh is asked until the answer was good often and long enough.

# Sets often, pause, steady and seconds, which every proof begins with.
demands() { # TIMES PAUSE STEADY SECONDS
  times=$1 pause=$2 steady=$3 seconds=$4
  often=
  [ "$times" = 1 ] || often=" $times times in a row"
  [ "$steady" = 0 ] || often="$often, steadily for $steady s,"
}

prove_http() { # TIMES PAUSE STEADY SECONDS URL STATUS EXPECTATION...
  demands "$@"
  shift 4
  prove answers_http "$TAGSHIP_RUN/answer" "$@" && return
  show_answer "$1" "$TAGSHIP_RUN/answer"
  fail "$1 did not answer $2$often within $seconds s, last: ${reason:-$2}"
}

prove_tcp() { # TIMES PAUSE STEADY SECONDS HOST PORT
  demands "$@"
  shift 4
  prove answers_tcp "$@" && return
  show_logs_of_port "$2"
  fail "$1:$2 did not take a connection$often within $seconds s"
}

prove_command() { # TIMES PAUSE STEADY SECONDS COMMAND
  demands "$@"
  prove answers_command "$5" && return
  show_sick_containers
  printf '%s\n' "$reason" | sed 's/^/  /'
  fail "the health command did not succeed$often within $seconds s: $5"
}

# The time runs from when the containers were started. A container that ends need not be waited for.
prove() { # QUESTION ARGUMENT...
  good=0
  while :; do
    if reason=$("$@"); then
      [ "$good" -gt 0 ] || good_since=$(centiseconds)
      good=$((good + 1))
      if [ "$good" -ge "$times" ] && [ "$(($(centiseconds) - good_since))" -ge "${steady}00" ]; then return 0; fi
    else
      good=0
      look_at_containers
      verdict=$(judge_containers)
      case $verdict in sick*) report_sick "$verdict" ;; esac
    fi
    [ "$(centiseconds_left "$seconds")" -gt 0 ] || return 1
    sleep "$pause"
  done
}

show_answer() { # URL FILE
  [ ! -s "$2.error" ] || head -n 3 "$2.error" | cut -c1-500
  [ ! -s "$2" ] || { printf '%s\n' "the answer of $1:" && head -c 1000 "$2" | head -n 10 | indented; }
  port=$(printf '%s\n' "$1" | sed -n 's,^[a-z]*://[^/]*:\([0-9][0-9]*\).*,\1,p')
  show_logs_of_port "${port:-80}"
}

# Also the last line is ended, which an answer need not be.
indented() { LC_ALL=C awk '{ print "  " $0 }'; }

show_logs_of_port() { # PORT
  for container in $(docker ps --quiet --filter "publish=$1" 2>/dev/null); do
    show_log "$container"
  done
}
