# shellcheck shell=sh disable=SC2154
# Telling whether containers stay up, and of those that do not, why.

# All containers run, those with a health check are healthy, and nothing has restarted for two seconds.
wait_for_containers() { # SECONDS
  calm_since=$(centiseconds)
  last=
  look_at_containers
  while :; do
    [ -n "$seen" ] || fail "no container was started"
    verdict=$(judge_containers)
    case $verdict in
      sick*) report_sick "$verdict" ;;
      well) ;;
      *) calm_since=$(centiseconds) ;;
    esac
    [ "$seen" = "$last" ] || calm_since=$(centiseconds)
    last=$seen
    [ "$(($(centiseconds) - calm_since))" -lt 200 ] || return 0
    [ "$(centiseconds_left "$1")" -gt 0 ] || {
      report_restarts
      show_sick_containers
      [ "$verdict" != well ] || verdict='- the containers have not stayed up for two seconds yet'
      fail "not healthy within $1 s: ${verdict#* }"
    }
    sleep 0.3
    look_again
  done
}

look_at_containers() {
  ids=$(project_containers) || fail "the containers cannot be seen"
  describe_containers || :
  # A container that was not recreated brings its old restarts along.
  [ -e "$TAGSHIP_RUN/first-look" ] || printf '%s\n' "$seen" >"$TAGSHIP_RUN/first-look"
}

# The same containers again. Which there are is only asked when one of them is gone.
look_again() { describe_containers || look_at_containers; }

# One line per container: ID SERVICE STATE HEALTH EXIT-CODE RESTARTS STARTED DEPENDS-ON. Fails when one of them is gone.
describe_containers() {
  seen=
  [ -n "$ids" ] || return 0
  # shellcheck disable=SC2016,SC2086 # a Go template; ids are hexadecimal
  described=$(docker inspect --format '{{.ID}} {{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}} {{.State.ExitCode}} {{.RestartCount}} {{.State.StartedAt}} {{index .Config.Labels "com.docker.compose.oneoff"}} {{index .Config.Labels "com.docker.compose.depends_on"}}' $ids 2>/dev/null)
  all_there=$?
  seen=$(printf '%s\n' "$described" | awk '$8 != "True"')
  case $seen in
    *' created '* | *' exited '* | *' dead '* | *' paused '* | *' removing '*)
      seen=$(printf '%s\n' "$seen" | while read -r container service state rest; do
        ! is_of_app "$service" "$state" || printf '%s\n' "$container $service $state $rest"
      done)
      ;;
  esac
  return "$all_there"
}

# Prints "well", "waiting WHY" or "sick ID WHY". A service others wait for to complete may end, with status 0. Two restarts
# are forgiven, but not those of a container that was restarted since TIME, or is about to be.
judge_containers() { # [TIME]
  printf '%s\n' "$seen" | first=$TAGSHIP_RUN/first-look awk -v time="${1:-never}" '
    BEGIN { while ((getline line < ENVIRON["first"]) > 0) { split(line, f, " "); before[f[1]] = f[6] } }
    {
      count = split($9, depends, ",")
      for (i = 1; i <= count; i++) { split(depends[i], d, ":"); if (d[2] == "service_completed_successfully") job[d[1]] = 1 }
      id[NR] = $1; service[NR] = $2; state[NR] = $3; health[NR] = $4; code[NR] = $5; restarts[NR] = $6 - before[$1]
      forgiven[NR] = state[NR] == "restarting" && time != "never" || $7 > time ? 0 : 2
    }
    END {
      for (n = 1; n <= NR; n++) {
        if (job[service[n]] && state[n] == "exited" && code[n] == 0) continue
        if (restarts[n] > forgiven[n]) { print "sick " id[n] " service " service[n] " keeps restarting"; exit }
        if (state[n] == "exited" || state[n] == "dead") { print "sick " id[n] " service " service[n] " has ended with exit code " code[n]; exit }
        if (health[n] == "unhealthy") { print "sick " id[n] " service " service[n] " is unhealthy"; exit }
        if (state[n] != "running") waiting = "service " service[n] " is " state[n]
        else if (health[n] == "starting") waiting = "service " service[n] " is running, its health check has not passed"
      }
      print waiting == "" ? "well" : "waiting " waiting
    }'
}

report_sick() { # VERDICT
  rest=${1#sick }
  sick=${rest%% *}
  show_log "$sick"
  ends=$(ends_of "$sick")
  case $rest in
    *" keeps restarting") rest="$rest$(printf '%s\n' "$ends" | sed -n 's/^die \([0-9]*\)$/, last with exit code \1/p' | tail -n 1)" ;;
  esac
  # The kernel kills what needs more than its limit, and says nothing to it.
  case $ends in *oom*) rest="$rest: it ran out of memory (mem_limit)" ;; esac
  fail "${rest#* }"
}

# How a container has ended in this run, a line each: "die EXIT-CODE", or "oom". What it tells itself is over when it is
# started again, and what the engine remembers does not go back far: both are asked.
ends_of() { # CONTAINER
  # The old release is down meanwhile: where there is a finer clock, nothing is waited for.
  now=$(date +%s.%N)
  case $now in *[!0-9.]*) now=$(($(date +%s) + 1)) ;; esac
  # shellcheck disable=SC2016 # a Go template
  timeout 10 docker events --since "$(cat "$TAGSHIP_RUN/began" 2>/dev/null || echo 1h)" --until "$now" \
    --filter "container=$1" --filter event=die --filter event=oom \
    --format '{{.Action}} {{index .Actor.Attributes "exitCode"}}' 2>/dev/null
  docker inspect --format '{{if .State.OOMKilled}}oom{{end}}' "$1" 2>/dev/null
}

# Restarts are forgiven while there is time. What was restarted last when it is over has not come up for a reason.
report_restarts() {
  last_verdict=$(judge_containers "$(date -u -d "@$(($(date +%s) - 3))" +%Y-%m-%dT%H:%M:%S)")
  case $last_verdict in sick*) report_sick "$last_verdict" ;; esac
}

show_sick_containers() {
  look_at_containers
  printf '%s\n' "$seen" | while read -r container _ state health _; do
    case $state:$health in
      # Not even made, or well.
      : | running:healthy | running:none) ;;
      *) show_log "$container" ;;
    esac
  done
}

show_log() { # CONTAINER
  printf 'last lines of %s:\n' "$(docker inspect --format '{{.Name}}' "$1" 2>/dev/null | cut -c2-)"
  docker logs --tail 20 "$1" 2>&1 | cut -c1-500 | sed 's/^/  /'
}
