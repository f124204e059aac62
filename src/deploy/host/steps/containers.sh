# shellcheck shell=sh disable=SC2154
# Containers: starting, stopping and recording them.

# An engine that was killed is started again by systemd, and on a host that boots it takes its time.
wait_for_engine() { # SECONDS
  end=$(($(centiseconds) + $1 * 100))
  until problem=$(timeout 10 docker version --format '{{.Server.Version}}' 2>&1 >/dev/null); do
    [ "$(centiseconds)" -lt "$end" ] || fail "docker does not answer: $problem"
    sleep 0.5
  done
}

# The containers that are there may be of one of the commits named, and hold files of it.
start_containers() { # COMMIT...
  rm -f "$TAGSHIP_RUN/first-look"
  were_there=$(project_containers) || fail "the containers cannot be seen"
  clear_half_made
  pin_moved
  # Until now data was written by what served before.
  [ "$release" = previous ] || date -u +%Y-%m-%dT%H:%M:%SZ >"$TAGSHIP_RUN/changed-at"
  # shellcheck disable=SC2046 # one word or none
  if compose up --detach --remove-orphans --no-build $(without_pull) && recreate_stale "$@"; then
    # From here on the new containers have their time; how slowly the old ones stopped is not their fault.
    centiseconds >"$TAGSHIP_RUN/started-at"
    return
  fi
  show_sick_containers
  fail "the containers could not be started"
}

# Compose makes the new container under a name of its own, ID_NAME, and gives it the right one when the old one is gone. Killed
# in between, it leaves both, and stumbles over the name the next time.
clear_half_made() {
  # shellcheck disable=SC2086 # ids are hexadecimal
  [ -z "$were_there" ] || docker inspect --format '{{.Name}} {{.State.Status}}' $were_there 2>/dev/null |
    sed -n 's|^/\([0-9a-f]\{12\}_\)\(.*\) \([a-z]*\)$|\1 \2 \3|p' | while read -r prefix name state; do
    docker rename "$prefix$name" "$name" 2>/dev/null || [ "$state" != created ] || docker rm "$prefix$name" >/dev/null
  done
}

# Git puts a new file in the place of the old one; a container that had the old one mounted keeps it, and Compose, which
# compares the configuration only, sees no reason to replace the container.
recreate_stale() { # COMMIT...
  list_changed_files "$@" >"$TAGSHIP_RUN/changed-files"
  [ -s "$TAGSHIP_RUN/changed-files" ] || return 0
  stale=$(for container in $were_there; do is_stale "$container" && service_of "$container"; done | sort -u)
  [ -n "$stale" ] || return 0
  printf '%s\n' "files are mounted that have changed: replacing $(printf '%s' "$stale" | tr '\n' ' ')"
  # shellcheck disable=SC2046,SC2086 # names of services hold no blanks
  compose up --detach --no-build $(without_pull) --force-recreate --no-deps -- $stale
}

# Absolute, one per line; the app directory under both its names, as typed and behind symbolic links.
list_changed_files() { # COMMIT...
  for commit; do
    # What is no longer here, or was never fetched, no container was started from.
    git cat-file -e "$commit^{commit}" 2>/dev/null || continue
    for folder in "$PWD" "$(pwd -P)"; do
      git diff -z --name-only --no-renames "$commit" HEAD | tr '\0' '\n' | sed "s|^|$(printf '%s' "$folder" | sed 's/[&|\\]/\\&/g')/|"
    done
  done
}

# Whether a container that was not replaced has a changed file mounted, or a folder around one.
is_stale() { # CONTAINER
  docker inspect --format '{{range .Mounts}}{{if eq .Type "bind"}}{{println .Source}}{{end}}{{end}}' "$1" 2>/dev/null |
    awk '
      NR == FNR { if ($0 != "") mounted[$0] = 1; next }
      { for (path = $0; path != ""; sub("/[^/]*$", "", path)) if (path in mounted) { found = 1; exit } }
      END { exit !found }
    ' - "$TAGSHIP_RUN/changed-files"
}

# Nothing for what somebody started once and has ended: named to Compose, it would be started again.
service_of() { # CONTAINER
  docker inspect --format '{{index .Config.Labels "com.docker.compose.oneoff"}} {{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}}' "$1" |
    while read -r one_off service state; do
      [ "$one_off" = True ] || ! is_of_app "$service" "$state" || printf '%s\n' "$service"
    done
}

# Whether a container counts. One of a service whose profile is not enabled is started by hand, and counts while it runs:
# Compose lets it be, ended or not. Asked only of what does not run, and once, for Compose takes its time.
is_of_app() { # SERVICE STATE
  case $2 in running | restarting) return 0 ;; esac
  enabled=$TAGSHIP_RUN/$release.services
  # SERVICE HASH. What docker-compose 1.29 calls --services are those of all profiles.
  [ -s "$enabled" ] || compose config --hash '*' >"$enabled" 2>/dev/null </dev/null || rm -f "$enabled"
  [ -s "$enabled" ] || return 0
  cut -d ' ' -f 1 "$enabled" | grep -qxF -e "$1"
}

# Images are here by now. Compose v1 knows no such option, and pulls only what is missing.
without_pull() {
  ! may_pull || ! compose up --help 2>/dev/null | grep -q -e '--pull' || echo --pull=never
}

# Whether Compose might fetch an image that is here: for a policy, for another processor, or to mount it.
may_pull() {
  [ "$release" = previous ] || [ ! -e "$scratch/config.yml" ] ||
    grep -q -e 'pull_policy:' -e 'platform:' -e 'type: image' "$scratch/config.yml"
}

# Ids, whatever their state. Compose takes several times as long as docker, and tells the name of the project in its
# configuration; that of v1 does not.
project_containers() {
  case $release in
    previous) project=$(project_in "$TAGSHIP_RUN/previous.images") ;;
    *) project=$(project_of_tree) ;;
  esac
  if [ -n "$project" ]; then
    # An image that Compose has built carries the name of its project too, and so does whatever else is run from it.
    docker ps --all --quiet --no-trunc --filter "label=com.docker.compose.project=$project" \
      --filter label=com.docker.compose.config-hash
  else
    compose ps --all --quiet
  fi
}

# An engine that was killed, and a host that booted, may leave them stopped, whatever their restart policy says.
start_again() { # CONTAINER...
  for container; do
    [ "$(docker inspect --format '{{.State.Running}}' "$container" 2>/dev/null)" = false ] || continue
    printf '%s\n' "$(docker inspect --format '{{.Name}}' "$container" | cut -c2-) had stopped: starting it again"
    docker start "$container" >/dev/null || fail 'it could not be started'
  done
}

# Back to containers that are there and do not run.
restore_stopped() {
  # shellcheck disable=SC2046 # one word or none
  { compose up --no-start --remove-orphans --no-build $(without_pull) && compose stop; } || fail "the containers could not be put back"
  look_at_containers
  [ -n "$seen" ] || fail "no container is there"
  running=$(printf '%s\n' "$seen" | awk '$3 == "running" || $3 == "restarting" { print $2 }' | tr '\n' ' ')
  [ -z "$running" ] || fail "these run, and did not before: $running"
}

# From the exported tree, which has the files of the release wherever the checkout has come to.
take_down() {
  cd "$tree" || exit 1
  compose down --remove-orphans || fail "the containers could not be taken down"
}

take_down_here() {
  compose down --remove-orphans || fail "the containers could not be taken down"
}

# From lines of SERVICE NAME ID DIGEST, none of which can hold what JSON would escape.
images_as_json() {
  awk -F'\t' '
    { digest = "" }
    $4 != "-" { digest = ",\"digest\":\"" $4 "\"" }
    { printf "%s{\"service\":\"%s\",\"name\":\"%s\",\"id\":\"%s\"%s}", comma, $1, $2, $3, digest; comma = "," }
    END { exit NR == 0 }'
}

# One last look, then what a rollback will need: all that belongs to the release, and for whoever goes back by hand the
# images that ran before it.
record_release() { # TAG [NAME ID]...
  look_at_containers
  verdict=$(judge_containers)
  [ "$verdict" = well ] || fail "${verdict#* }"
  keep_unit "$1" || fail "what belongs to the release cannot be kept"
  images=$(images_as_json <"$units/$1/images") || fail "the release cannot be recorded"
  printf '{"images":[%s],"changedAt":"%s"}\n' "$images" "$(cat "$TAGSHIP_RUN/changed-at")" >"$TAGSHIP_RUN/result.json" ||
    fail "the release cannot be recorded"
  shift
  tag_previous "$@"
  # Its files and images too: a release that is told to have succeeded survives a power cut.
  sync
}
