# shellcheck shell=sh disable=SC2154
# Everything that would keep the release from coming up here, told at once, before anything is pulled, built or changed.
# What cannot be found out is no reason to refuse.

# COMMIT; whose containers of this project may be here: "ours", what an unsettled run of ours has "left", or of "none"; where
# images come from; ports that may be open to the world.
preflight() { # COMMIT ours|left|none build|pull|stream PORT...
  begin_preflight "$1" "$2" 'write "name: OLD" at the top of the Compose file, and release again'
  check_strangers "$2"
  warn_of_submodules "$1"
  from=$3
  shift 3
  check_variables
  list_ports <"$scratch/config.yml" >"$scratch/ports"
  check_ports
  warn_of_open_ports "$@"
  [ "$from" = stream ] || check_registries "$from"
  end_preflight
}

# Of a release that was here before only what would break the way to it; with the environment files that were kept of TAG.
preflight_again() { # COMMIT ours|left|none [TAG]
  [ -z "${3:-}" ] || lay_environment "$units/$3"
  begin_preflight "$1" "$2" 'go back to a release of the project OLD'
  check_strangers left
  end_preflight
}

begin_preflight() { # COMMIT ours|left|none WHAT-KEEPS-THE-PROJECT
  problems=$TAGSHIP_RUN/problems
  : >"$problems"
  # Each in a shell of its own: they move about, and end it when they fail.
  said=$(check_room "$1") || problem "$said" "move them away, or take them out of the release"
  said=$(check_folders "$1") || problem "$said" "in $PWD: sudo chown $(id -un) ${said##*: }"
  said=$(check_edits) || problem "$said" "in $PWD: git status"
  (validate_compose) >"$scratch/said" || {
    sed '$d' "$scratch/said"
    missing=$(missing_variables)
    cause=$(sed '$d' "$scratch/said" | tail -n 1)
    case $cause in
      *"$not_shown)" | *"$dollar_in_value") problem "Compose cannot read an environment file: $cause" "mend it in $PWD: $mend_values" ;;
      *) problem "$(tail -n 1 "$scratch/said")" "${missing:+add them to $PWD/.env, or }mend it, and release again" ;;
    esac
    end_preflight
  }
  check_project "$2" "$3"
}

# What is to be done about an environment file that Compose does not read as it was meant.
mend_values="a value in single quotes is taken as it is; elsewhere \$\$ is a dollar sign"

problem() { # WHAT NEXT
  printf -- '- %s\n  next: %s\n' "$(one_line "$1")" "$(one_line "$2")" >>"$problems"
}

end_preflight() {
  [ -s "$problems" ] || return 0
  cat "$problems"
  count=$(grep -c '^- ' "$problems")
  [ "$count" != 1 ] || fail "one thing is in the way"
  fail "$count things are in the way"
}

# Compose would start the release beside what serves, and no way back would know of it; or in the place of somebody else's
# containers, where their project has the same name.
check_project() { # ours|left|none HOW-TO-KEEP-IT
  after=$(project_of_tree)
  before=
  [ "$1" = none ] || before=$(project_before)
  if [ -z "$before" ]; then
    said=$(require_own_containers) || problem "$said" "take them down, or give one of the two projects another name"
  elif [ -n "$after" ] && [ "$before" != "$after" ]; then
    tell_other_project "$2"
  fi
}

tell_other_project() { # HOW-TO-KEEP-IT
  how=$1
  # It counts more than what the file says.
  [ -z "${COMPOSE_PROJECT_NAME:-$(sed -n 's/^COMPOSE_PROJECT_NAME=//p' .env 2>/dev/null)}" ] || how="in $PWD/.env: COMPOSE_PROJECT_NAME=OLD"
  state=${TAGSHIP_RUN%/runs/*}
  problem "the release is of the Compose project $after, and what is here is of the project $before: both would run, the new one with empty volumes" \
    "$(printf '%s' "$how" | sed "s/OLD/$before/"); or, to begin anew with empty volumes, in $PWD: docker compose --project-name $before down && mv $state $state.before"
}

# Nothing where that is not known. What was started under a name of its own is not found by its files.
project_before() {
  if [ -s "$TAGSHIP_RUN/previous.images" ]; then
    project_in "$TAGSHIP_RUN/previous.images"
  elif [ -z "$(docker ps --quiet --filter "label=com.docker.compose.project=$after")" ]; then
    inner=$(cd "$tree" && project_folder)
    for folder in "$PWD" "$(pwd -P)"; do
      [ "$inner" = . ] || folder=$folder/${inner#./}
      docker ps --filter "label=com.docker.compose.project.working_dir=$folder" --format '{{.Label "com.docker.compose.project"}}'
    done | sed -n 1p
  fi
}

# With the next release Compose takes down what is of none of its files. What no file has that served before, either, no way
# back would start again. What is known to be of a run of ours, or stands in the way of going back, is only told.
check_strangers() { # ours|left|none
  [ "$1" != none ] && [ -s "$TAGSHIP_RUN/present/config.yml" ] || return 0
  strangers=$(list_strangers)
  [ -n "$strangers" ] || return 0
  told=$(printf '%s\n' "$strangers" | awk -F'\t' '{ printf "%s%s (service %s, started with %s)", sep, $2, $1, $3; sep = ", " }')
  if [ "$1" = ours ]; then
    problem "containers run here that the release would take down, and no way back would start again: $told" \
      "name all of these files in compose: of tagship.yaml, or, if they may go: docker rm --force $(printf '%s\n' "$strangers" | cut -f 2 | paste -sd' ' -)"
  else
    warn "taken down, as no Compose file of either release has it: $told"
  fi
}

# SERVICE, NAME and FILES of the containers that run, by tabs.
list_strangers() {
  ids=$(cd "$tree" && project_containers) && [ -n "$ids" ] || return 0
  {
    list_services <"$TAGSHIP_RUN/present/config.yml"
    list_services <"$scratch/config.yml"
    # Those of a profile that is not asked for are left alone.
    (cd "$tree" && compose --profile '*' config --services 2>/dev/null)
  } | cut -f 1 >"$scratch/known"
  # shellcheck disable=SC2016,SC2086 # a Go template; ids are hexadecimal
  docker inspect --format '{{.State.Running}}	{{index .Config.Labels "com.docker.compose.oneoff"}}	{{index .Config.Labels "com.docker.compose.service"}}	{{.Name}}	{{index .Config.Labels "com.docker.compose.project.config_files"}}' $ids 2>/dev/null |
    while IFS='	' read -r running one_off service name files; do
      [ "$running $one_off" = 'true False' ] || continue
      grep -qxF -e "$service" "$scratch/known" || printf '%s\t%s\t%s\n' "$service" "${name#/}" "$files"
    done
}

# Compose puts nothing in place of a variable that is not set. What is left empty on purpose is set to be so.
check_variables() {
  unset_ones=$(missing_names | grep -v '^TAGSHIP_' | paste -sd' ' -)
  [ -z "$unset_ones" ] || problem "the Compose file uses variables that are set neither in .env nor by tagship: $unset_ones" \
    "add them to $PWD/.env, as NAME= where empty is right, or give them a default in the Compose file: \${NAME:-default}"
  # Part of a secret, perhaps, which the app would get without it.
  cut_values=$(grep -F -e "$dollar_in_value" "$scratch/compose-said")
  [ -z "$cut_values" ] || problem "$cut_values" "mend it in $PWD: $mend_values"
}

# Whoever has a port that the release publishes must be the release before it.
check_ports() {
  while IFS='	' read -r service address port protocol _; do
    # What keeps restarting holds it at one moment, and is no container at the next.
    for try in 1 2 3; do
      [ "$try" = 1 ] || sleep 1
      is_taken "$address" "$port" "$protocol" || continue 2
      holders=$(holders_of "$port/$protocol")
      [ -z "$holders" ] || break
    done
    published="port $port, which service $service publishes, is taken by"
    if [ -n "$holders" ]; then
      printf '%s\n' "$holders" | while read -r holder name folder; do
        is_own "$holder" || problem "$published the container $name${folder:+ (started from $folder)}" "docker stop $name, or publish another port"
      done
    else
      problem "$published a process of $(user_named "$taken_by")" "sudo ss -lpn 'sport = :$port', and stop what it shows, or publish another port"
    fi
  done <"$scratch/ports"
}

# Containers, with whose they are.
holders_of() { # PORT/PROTOCOL
  docker ps --no-trunc --filter "publish=$1" --format '{{.ID}} {{.Names}} {{.Label "com.docker.compose.project.working_dir"}}'
}

is_own() { # CONTAINER
  # Of a project that is told to be another they are no less ours.
  [ -e "$scratch/own" ] || {
    (cd "$tree" && project_containers) && { [ -z "${before:-}" ] || docker ps --quiet --no-trunc --filter "label=com.docker.compose.project=$before"; }
  } >"$scratch/own" 2>/dev/null || return 0
  grep -qxF "$1" "$scratch/own"
}

user_named() { id -un "$1" 2>/dev/null || echo "user $1"; } # NUMBER

# Leaves the number of the user in taken_by.
is_taken() { # ADDRESS PORT PROTOCOL
  taken_by=$(cat /proc/net/"$3" /proc/net/"$3"6 2>/dev/null | listener_at "$1" "$2" "$3")
  case $taken_by in
    '') return 1 ;;
    # Whether it is there for IPv4 too, only a connection tells.
    '? '*) [ "$3" = tcp ] && answers_tcp "$1" "$2" >/dev/null || return 1 ;;
  esac
  taken_by=${taken_by#? }
}

# From the kernel's tables: the user who listens at a port of an address; after "? " where that is for all of IPv6, and an
# address of IPv4 is asked for. "-" is every address.
listener_at() { # ADDRESS PORT PROTOCOL
  awk -v address="$1" -v port="$2" -v protocol="$3" '
    BEGIN {
      listening = protocol == "tcp" ? "0A" : "07"
      every = address == "-" || address == "0.0.0.0" || address == "::"
      any4 = "00000000"
      any6 = any4 any4 any4 any4
      if (split(address, byte, ".") == 4) wanted = sprintf("%02X%02X%02X%02X", byte[4], byte[3], byte[2], byte[1])
      if (address == "::1") wanted = any4 any4 any4 "01000000"
      suffix = sprintf(":%04X", port)
    }
    $4 != listening || substr($2, length($2) - 4) != suffix { next }
    {
      at = substr($2, 1, length($2) - 5)
      if (every || at == wanted || at == (length(wanted) == 8 ? any4 : any6)) { print $8; found = 1; exit }
      if (length(wanted) == 8 && at == any6) perhaps = $8
    }
    END { if (!found && perhaps != "") print "? " perhaps }'
}

# The ports of the normalised configuration, of either kind of Compose: SERVICE, ADDRESS or "-", PORT, PROTOCOL and the
# port inside, by tabs. Ranges of which one is taken, and ports that Docker chooses, are left out.
list_ports() {
  awk '
    function plain(text) { gsub(/^["\047]|["\047]$/, "", text); return text }
    function value(line) { sub(/^[ -]*[a-z_]+: */, "", line); return plain(line) }
    function flush() {
      if (port ~ /^[0-9]+$/) print service "\t" (address == "" ? "-" : address) "\t" port "\t" protocol "\t" inside_port
      port = address = inside_port = ""
      protocol = "tcp"
    }
    # 127.0.0.1:8080:80/tcp, [::1]:8080:80, 8080:80
    function short(text) {
      if (text ~ /\/[a-z]+$/) { protocol = text; sub(/^.*\//, "", protocol); sub(/\/[a-z]+$/, "", text) }
      inside_port = text
      sub(/^.*:/, "", inside_port)
      if (!sub(/:[^:]*$/, "", text)) return
      port = text
      sub(/^.*:/, "", port)
      if (!sub(/:[^:]*$/, "", text)) return
      gsub(/[][]/, "", text)
      address = text
    }
    /^[^ ]/ { flush(); services = $0 == "services:"; listed = 0; next }
    !services { next }
    /^  [^ ]/ { flush(); service = $1; sub(/:$/, "", service); service = plain(service); listed = 0; next }
    /^    [^ -]/ { flush(); listed = $0 ~ /^    ports:/; next }
    !listed { next }
    /^ *- / { flush(); line = $0; sub(/^ *- /, "", line); if (line !~ /^[a-z_]+: /) { short(plain(line)); next } }
    /^[ -]*published: / { port = value($0) }
    /^[ -]*host_ip: / { address = value($0) }
    /^[ -]*protocol: / { protocol = value($0) }
    /^[ -]*target: / { inside_port = value($0) }
    END { flush() }'
}

# A firewall on the host does not see them: Docker forwards before it.
warn_of_open_ports() { # PORT...
  meant=" $* "
  while IFS='	' read -r service address port protocol inside; do
    case $address in - | 0.0.0.0 | ::) ;; *) continue ;; esac
    case $meant in *" $port "*) continue ;; esac
    suffix=
    [ "$protocol" = tcp ] || suffix=/$protocol
    warn "port $port of service $service is open to the world, past the firewall of the host: write \"127.0.0.1:$port:$inside$suffix\", or name it in preflight.public of tagship.yaml if that is meant"
  done <"$scratch/ports"
}

# Git lays out an empty folder, and so a build of it would go well.
warn_of_submodules() { # COMMIT
  git ls-tree -r "$1" | sed -n 's/^160000 [^	]*	//p' | while IFS= read -r folder; do
    warn "$folder is a submodule, and empty here: its files are in another repository, and no part of the release"
  done
}
