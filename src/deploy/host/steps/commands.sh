# shellcheck shell=sh disable=SC2154
# One-off commands of a release, in its own images and before it serves. Their containers have a name of ours, so that those
# a command left when it was given up can be found again.

# Beside the release that serves: of its containers none is touched, and the data and networks are the real ones.
run_beside() { # NUMBER SERVICE shell|words WORD...
  write_real_paths "$around" "$(cd "$around" && pwd -P)" <"$scratch/config.yml" >"$scratch/commands.yml" || fail "its Compose file cannot be written"
  beside=yes
  run_command "$@"
}

# Where nothing serves, from the checkout, and with the services that it depends on.
run_before_start() { # NUMBER SERVICE shell|words WORD...
  beside=
  run_command "$@"
}

run_command() { # NUMBER SERVICE shell|words WORD...
  name=$(command_names)$1 service=$2 how=$3
  shift 3
  case $how in
    shell) set -- --entrypoint sh "$service" -c "$1" ;;
    words) set -- "$service" "$@" ;;
  esac
  if [ -n "$beside" ]; then
    told_whole compose_program --project-directory "$PWD" --file "$scratch/commands.yml" run --rm -T --name "$name" --no-deps "$@" </dev/null
  else
    told_whole compose run --rm -T --name "$name" "$@" </dev/null
  fi || fail "the command ended with status $?"
}

command_names() { echo "tagship-${TAGSHIP_RUN##*/}-command-"; }

end_commands() {
  left=$(docker ps --all --quiet --filter "name=^/$(command_names)") || fail "the containers cannot be seen"
  # shellcheck disable=SC2086 # ids are hexadecimal
  [ -z "$left" ] || docker rm --force $left >/dev/null || fail "a command of the release still runs"
}

# The normalised configuration, made in the exported tree, for the app directory and what lies around it: that is where data
# is. Nothing is pulled again.
write_real_paths() { # AROUND AROUND-BEHIND-LINKS
  one=$1/ other=$2/ LC_ALL=C awk '
    function put(line, from, at, done) {
      while (at = index(line, from)) {
        done = done substr(line, 1, at - 1) "/"
        line = substr(line, at + length(from))
      }
      return done line
    }
    !/^    pull_policy:/ { print put(put($0, ENVIRON["one"]), ENVIRON["other"]) }'
}
