# shellcheck shell=sh disable=SC2154,SC2317 # what other files bring, and call
# A release as one unit, so that all of it comes back together: its Compose files and what Compose made of them, its
# environment files, and which image every service ran.
#
#   releases/TAG/config.yml    the configuration with everything in its place: starts the release without git
#   releases/TAG/images.yml    an override that pins every service to its image
#   releases/TAG/images        SERVICE NAME ID DIGEST, by tabs, "-" for none
#   releases/TAG/compose/      the Compose files themselves
#   releases/TAG/environment   SHA256 MODE PATH of each environment file; their contents are beside, in env/
#   releases/TAG/containers    the containers that were started from it
#   releases/TAG/about.json    which release it is, and of which run
#
# Values of environment files are in there: it is all for the user alone.
units=${TAGSHIP_RUN%/runs/*}/releases

# What is there now, as a unit. Written beside, under a name that no tag can have, and then moved: whoever reads it finds all
# of it or what was before.
write_unit() ( # FOLDER
  umask 077
  new=$1~new
  rm -rf "$new"
  mkdir -p "$new/compose" "$new/env" || exit 1
  write_config "$new/config.yml" || exit 1
  project_containers >"$new/all" || exit 1
  describe_images "$new/all" >"$new/images" && [ -s "$new/images" ] || exit 1
  started_containers "$new/all" >"$new/containers" || exit 1
  rm "$new/all"
  project_in "$new/images" >"$new/project"
  project_folder >"$new/folder"
  only_services_of "$new/config.yml" <"$new/images" | write_override >"$new/images.yml"
  compose_files | while IFS= read -r file; do
    case $file in /* | ../*) continue ;; esac
    mkdir -p "$new/compose/$(dirname -- "$file")" && cp -- "$file" "$new/compose/$file" || exit 1
  done || exit 1
  keep_environment "$new" || exit 1
  cat "$TAGSHIP_RUN/about.json" >"$new/about.json"
  keep_replaced_environment "$1" || exit 1
  replace_unit "$1"
)

# With the services of every profile: started from it, Compose would take one that it does not know for an orphan, and remove
# it while it runs. What those need may not be there, and an old Compose does not know them all by one name.
write_config() { # FILE
  compose --profile '*' config >"$1" 2>/dev/null || compose config >"$1" 2>/dev/null
}

# An image alone would make a service of one that the configuration does not have.
only_services_of() { # CONFIGURATION
  list_services <"$1" | cut -f 1 >"$1.services"
  file=$1.services awk -F'\t' 'BEGIN { while ((getline name < ENVIRON["file"]) > 0) there[name] = 1 } $1 in there'
  rm "$1.services"
}

# Two moves: ended between them, it has left the release under neither name.
mend_units() {
  for old in "$units"/*~old "$units"/*/*~old; do
    [ ! -d "$old" ] || [ -e "${old%~old}" ] || mv "$old" "${old%~old}"
  done
}

replace_unit() { # FOLDER
  rm -rf "$1~old"
  [ ! -e "$1" ] || mv "$1" "$1~old" || return 1
  mv "$1~new" "$1" || return 1
  rm -rf "$1~old"
}

# SERVICE NAME ID DIGEST PROJECT of each service. A digest is what a registry knows the image by; what was built here has none.
describe_images() { # FILE-WITH-CONTAINERS
  [ -s "$1" ] || return 0
  # shellcheck disable=SC2016,SC2046 # a Go template; ids are hexadecimal
  docker inspect --format '{{index .Config.Labels "com.docker.compose.oneoff"}}	{{index .Config.Labels "com.docker.compose.service"}}	{{.Config.Image}}	{{.Image}}	{{index .Config.Labels "com.docker.compose.project"}}	{{.State.Status}}' $(cat "$1") |
    sort -u | while IFS='	' read -r one_off service name id project state; do
    [ "$one_off" != True ] || continue
    is_of_app "$service" "$state" || continue
    name=$(name_in_use "$service" "$name")
    printf '%s\t%s\t%s\t%s\t%s\n' "$service" "$name" "$id" "$(digest_of "$name" "$id")" "$project"
  done | awk -F'\t' '!seen[$1]++'
}

# A container that was started by a pin does not know the name of its image; the unit it was started from does.
name_in_use() { # SERVICE NAME
  case $2 in
    sha256:* | *@*)
      name=$([ ! -e "$TAGSHIP_RUN/$release.images" ] || awk -F'\t' -v service="$1" '$1 == service { print $2 }' "$TAGSHIP_RUN/$release.images")
      echo "${name:-$2}"
      ;;
    *) echo "$2" ;;
  esac
}

# Docker tells the digests of images of Docker Hub by the shortest name.
digest_of() { # NAME ID
  repository=$(repository_of "$1")
  case $repository in docker.io/* | index.docker.io/*) repository=${repository#*/} ;; esac
  repository=${repository#library/}
  digest=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$2" 2>/dev/null |
    repository=$repository awk 'index($0, ENVIRON["repository"] "@sha256:") == 1 { print; exit }')
  echo "${digest:--}"
}

write_override() {
  echo 'services:'
  awk -F'\t' '{ printf "  \"%s\":\n    image: \"%s\"\n", $1, $4 == "-" ? $3 : $4 }'
}

# Those that go on; a container is only made anew when something of it has changed.
started_containers() { # FILE-WITH-CONTAINERS
  # shellcheck disable=SC2016,SC2046 # a Go template; ids are hexadecimal
  [ ! -s "$1" ] || docker inspect --format '{{index .Config.Labels "com.docker.compose.oneoff"}} {{.Id}}' $(cat "$1") | sed -n '/^True /!s/.* //p' | sort
}

# The Compose files as they are used, from the app directory, the first one first.
compose_files() {
  if [ -n "$compose_named" ]; then
    printf '%s\n' "$compose_named"
    return
  fi
  named=${COMPOSE_FILE:-$(sed -n 's/^COMPOSE_FILE=//p' .env 2>/dev/null | tail -n 1 | tr -d "\"'")}
  if [ -n "$named" ]; then
    printf '%s\n' "$named" | tr "${COMPOSE_PATH_SEPARATOR:-:}" '\n'
    return
  fi
  for file in compose.yaml compose.yml docker-compose.yml docker-compose.yaml; do
    [ -e "$file" ] || continue
    printf '%s\n' "$file"
    for extension in yml yaml; do
      override=${file%.*}.override.$extension
      [ ! -e "$override" ] || { echo "$override" && break; }
    done
    return
  done
}

# Compose takes relative paths from here.
project_folder() {
  first=$(compose_files | head -n 1)
  dirname -- "${first:-.}"
}

# What this run comes back to when it fails, whatever happens meanwhile: the unit of the release that serves, where the
# very containers serve that were started from it, and else what is there. Without one there is still git.
keep_present() { # TAG [unsettled|without-git]
  rm -rf "$TAGSHIP_RUN/present"
  if [ -n "$1" ] && [ -e "$units/$1/config.yml" ] && { [ -n "${2:-}" ] || serves_from "$units/$1"; }; then
    cp -R "$units/$1" "$TAGSHIP_RUN/present" || fail "the disk does not hold a copy of what serves"
    # The files of another release are checked out.
    if [ "${2:-}" = without-git ] || [ -e "$units/$1/without-git" ]; then
      printf '%s\n' "$TAGSHIP_RUN/present" >"$TAGSHIP_RUN/previous.unit"
    fi
    cp "$TAGSHIP_RUN/present/images" "$TAGSHIP_RUN/previous.images"
  elif [ "${2:-}" != unsettled ]; then
    write_unit "$TAGSHIP_RUN/present" && cp "$TAGSHIP_RUN/present/images" "$TAGSHIP_RUN/previous.images" ||
      echo 'what serves could not be kept whole: git alone would bring it back'
  fi
}

serves_from() { # UNIT
  project_containers >"$TAGSHIP_RUN/all" && [ "$(started_containers "$TAGSHIP_RUN/all")" = "$(cat "$1/containers")" ]
}

# A release that was proved here before is started from its unit, without git.
take_unit() { # TAG
  [ -e "$units/$1/config.yml" ] || fail "there is no $units/$1: $1 was deployed by a tagship that did not keep it"
  before=$(project_in "$TAGSHIP_RUN/previous.images")
  after=$(cat "$units/$1/project")
  [ -z "$before" ] || [ -z "$after" ] || [ "$before" = "$after" ] ||
    fail "$1 ran as the Compose project $after, and what is here is of the project $before: both would run, each with its own volumes"
  rm -rf "$TAGSHIP_RUN/target"
  cp -R "$units/$1" "$TAGSHIP_RUN/target" || fail "the unit of $1 could not be copied"
  cp "$TAGSHIP_RUN/target/images" "$TAGSHIP_RUN/new.images"
  printf '%s\n' "$TAGSHIP_RUN/target" >"$TAGSHIP_RUN/new.unit"
  check_unit
}

# What it needs and does not make itself may be gone since.
check_unit() {
  mkdir -p "$scratch"
  (use_unit "$TAGSHIP_RUN/target" && compose config >"$scratch/config.yml" 2>/dev/null) || return 0
  begin_problems
  check_external
  end_preflight
}

use_unit() { # FOLDER
  unit=$1
  compose() {
    compose_program --project-directory "$PWD/$(cat "$unit/folder")" --project-name "$(cat "$unit/project")" \
      --file "$unit/config.yml" --file "$unit/images.yml" "$@"
  }
}

# A name that was given back may not stand for its image all the same: two services share it, or somebody has moved it
# since. Those services are pinned. The others keep their names, so that what has not changed is left running.
pin_moved() {
  pins=$TAGSHIP_RUN/$release.pins.yml
  if [ -e "$TAGSHIP_RUN/$release.unit" ] || [ ! -e "$TAGSHIP_RUN/$release.images" ]; then return; fi
  while IFS='	' read -r service name id digest _; do
    [ "$(docker image inspect --format '{{.Id}}' "$name" 2>/dev/null)" != "$id" ] || continue
    has_image "$id" || continue
    echo "service $service is pinned to the image it ran with: $name stands for another" >&2
    printf '%s\t%s\t%s\t%s\n' "$service" "$name" "$id" "$digest"
  done <"$TAGSHIP_RUN/$release.images" | write_override >"$pins"
  [ "$(wc -l <"$pins")" -le 1 ] || use_override "$pins"
}

# Files that Compose finds by itself have to be named as soon as another one is.
use_override() { # FILE
  override=$1
  compose() {
    set -- --file "$override" "$@"
    while IFS= read -r file; do set -- --file "$file" "$@"; done <<END
$(compose_files | sed '1!G;h;$!d')
END
    compose_program "$@"
  }
}

# The release is what is recorded now, with what a way back to it will need.
keep_unit() { # TAG
  (umask 077 && mkdir -p "$(dirname "$units/$1")")
  if [ ! -e "$TAGSHIP_RUN/new.unit" ]; then
    write_unit "$units/$1"
    return
  fi
  # Started without git, it is what it was; only its containers are others.
  new=$units/$1~new
  rm -rf "$new"
  cp -R "$TAGSHIP_RUN/target" "$new" && project_containers >"$TAGSHIP_RUN/all" &&
    started_containers "$TAGSHIP_RUN/all" >"$new/containers" && : >"$new/without-git" && replace_unit "$units/$1"
}

mend_units
[ ! -e "$TAGSHIP_RUN/$release.unit" ] || use_unit "$(cat "$TAGSHIP_RUN/$release.unit")"
