# shellcheck shell=sh disable=SC2154
# Whose containers are here: of this app, of another project, or of files that no release names.

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
    services_of_tree
  } | cut -f 1 >"$scratch/known"
  # shellcheck disable=SC2016,SC2086 # a Go template; ids are hexadecimal
  docker inspect --format '{{.State.Running}}	{{index .Config.Labels "com.docker.compose.oneoff"}}	{{index .Config.Labels "com.docker.compose.service"}}	{{.Name}}	{{index .Config.Labels "com.docker.compose.project.config_files"}}' $ids 2>/dev/null |
    while IFS='	' read -r running one_off service name files; do
      [ "$running $one_off" = 'true False' ] || continue
      grep -qxF -e "$service" "$scratch/known" || printf '%s\t%s\t%s\n' "$service" "${name#/}" "$files"
    done
}

# Compose goes by the name of the project, which is the name of a folder anywhere.
require_own_containers() {
  here=$PWD really=$(pwd -P)
  cd "$tree" || exit 1
  ids=$(project_containers) || fail "the containers cannot be seen"
  # shellcheck disable=SC2016,SC2086 # a Go template; ids are hexadecimal
  others=$([ -z "$ids" ] || docker inspect --format '{{.Name}} {{index .Config.Labels "com.docker.compose.project.working_dir"}}' $ids |
    while read -r name folder; do
      case $folder/ in "$here"/* | "$really"/*) ;; *) printf '%s\n' "${name#/} (started from $folder)" ;; esac
    done)
  [ -z "$others" ] || fail "containers of the same project are here, which this deployment could not bring back: $others"
}
