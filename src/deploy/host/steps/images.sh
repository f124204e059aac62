# shellcheck shell=sh disable=SC2154
# Images: all of them are here before anything stops, and names can be given back.

# Keeps the configuration as Compose understands it, and what it said on the way: that names what it misses.
validate_compose() {
  cd "$tree" || exit 1
  # Compose would look in the folders above, and find the files of the release that runs.
  [ -n "$(compose_files)" ] || fail "the release has no Compose file"
  if compose config >"$scratch/config.yml" 2>"$scratch/compose-said"; then
    cat "$scratch/compose-said"
  else
    cat "$scratch/compose-said"
    ask_for_further_variables
    fail "the Compose file of the release is not valid$(missing_variables)"
  fi
}

# From a list of images as a unit has it, one service a line.
project_in() { cut -f 5 "$1" 2>/dev/null | sed -n 1p; } # FILE

# Those of profiles that are not enabled, too. Fails where Compose cannot tell.
services_of_tree() (cd "$tree" && compose --profile '*' config --services 2>/dev/null)

# Compose v1 does not tell.
project_of_tree() { sed -n 's/^name: *//p' "$scratch/config.yml" 2>/dev/null | tr -d "\"'"; }

# Compose stops at the first variable that has to be set. Asked again as if it were, it tells the next one.
ask_for_further_variables() (
  asked=
  while name=$(sed -n 's/.*required variable \([A-Za-z_][A-Za-z0-9_]*\) is missing a value.*/\1/p' "$scratch/compose-said" | tail -n 1) && [ "$name" != "$asked" ]; do
    asked=$name
    export "$name=set"
    compose config >/dev/null 2>>"$scratch/compose-said" || :
  done
)

# Compose goes on with nothing in place of a variable that is not set; what then fails does not say why.
missing_variables() {
  names=$(missing_names | paste -sd' ' -)
  [ -z "$names" ] || printf ' (variables it uses that are set neither in .env nor by tagship: %s)' "$names"
}

missing_names() { missing_name <"$scratch/compose-said" | sort -u; }

missing_name() {
  sed -n -e 's/.*[Tt]he \\*"*\([A-Za-z_][A-Za-z0-9_]*\)\\*"* variable is not set.*/\1/p' \
    -e 's/.*required variable \([A-Za-z_][A-Za-z0-9_]*\) is missing a value.*/\1/p'
}

# Builds what has a build section and pulls the rest; only the services named, or all.
get_images() { # [SERVICE...]
  : >"$TAGSHIP_RUN/names-moved"
  validate_compose
  list_services "$@" <"$scratch/config.yml" >"$scratch/services"
  to_build=$(awk -F'\t' '$3 == "build" { print $1 }' "$scratch/services")
  # shellcheck disable=SC2086 # names of services hold no blanks
  [ -z "$to_build" ] || told_whole compose build -- $to_build || fail "an image could not be built$(missing_variables)"
  to_pull=
  while IFS='	' read -r service image build policy; do
    [ "$build" != - ] || ! wants_pull "$image" "$policy" || to_pull="$to_pull $service"
  done <"$scratch/services"
  # shellcheck disable=SC2086
  [ -z "$to_pull" ] || compose pull --quiet -- $to_pull || accept_what_is_here
  while IFS='	' read -r service image build policy; do
    [ "$build" = build ] || has_image "$image" || fail "service $service: the image $image is not on this host and not to be had"
  done <"$scratch/services"
}

# Pulls all of them, those too that could be built.
pull_images() {
  : >"$TAGSHIP_RUN/names-moved"
  validate_compose
  list_services <"$scratch/config.yml" >"$scratch/services"
  while IFS='	' read -r service image build policy; do
    [ "$image" != - ] || fail "service $service has no image: to pull, only a build section"
    wants_pull "$image" "$policy" || continue
    docker pull --quiet "$image" </dev/null || accept_this_one
  done <"$scratch/services"
}

# From the normalised configuration, whose layout is fixed: NAME, IMAGE, "build", "shared" or "-", PULL POLICY, by tabs. Shared
# is the image that another of them builds, unless it is to be pulled whatever there is: as Compose has it.
list_services() { # [SERVICE...]
  awk -v only=" $* " '
    function value(line) { sub(/^ *[a-z_]+: */, "", line); gsub(/^["\047]|["\047]$/, "", line); return line }
    function whole(image) { return image ~ /[:@][^\/]*$/ ? image : image ":latest" }
    function wanted(name) { return only ~ /^ *$/ || index(only, " " name " ") }
    /^[^ ]/ { inside = ($0 == "services:") }
    !inside { next }
    /^  [^ ]/ { name = $1; sub(/:$/, "", name); gsub(/["\047]/, "", name); if (!wanted(name)) next; names[++count] = name }
    !wanted(name) { next }
    /^    image:/ { image[name] = value($0) }
    /^    build:/ { build[name] = "build" }
    /^    pull_policy:/ { policy[name] = value($0) }
    END {
      for (n = 1; n <= count; n++) if (build[names[n]] && image[names[n]] != "") built[whole(image[names[n]])] = 1
      for (n = 1; n <= count; n++) {
        name = names[n]
        how = build[name]
        if (how == "" && image[name] != "" && whole(image[name]) in built && policy[name] != "always") how = "shared"
        print name "\t" (image[name] == "" ? "-" : image[name]) "\t" (how == "" ? "-" : how) "\t" (policy[name] == "" ? "-" : policy[name])
      }
    }'
}

wants_pull() { # IMAGE POLICY
  case $2 in
    never | build) return 1 ;;
    missing | if_not_present) ! has_image "$1" ;;
    always) return 0 ;;
    *) ! is_of_this_release "$1" || ! has_image "$1" ;;
  esac
}

# An image named after the release does not change under its name: when it is here, it is the one.
is_of_this_release() { # IMAGE
  case $1 in
    *":${TAGSHIP_TAG:-?}" | *":${TAGSHIP_VERSION:-?}") return 0 ;;
    *) return 1 ;;
  esac
}

has_image() { docker image inspect --format ok "$1" >/dev/null 2>&1; }

# A registry that does not answer need not stop a release whose images are here under a fixed name. "latest" is no
# such name: the copy here is probably the old one, and the deployment would claim what it did not do.
accept_what_is_here() {
  while IFS='	' read -r service image build policy; do
    [ "$build" != - ] || ! wants_pull "$image" "$policy" || accept_this_one
  done <"$scratch/services"
}

accept_this_one() {
  may_use_copy "$image" "$policy" || fail "service $service: the image $image could not be pulled"
  echo "service $service: $image could not be pulled, the copy on this host is used"
}

may_use_copy() { # IMAGE POLICY
  [ "$2" != always ] && has_image "$1" && has_fixed_name "$1"
}

has_fixed_name() { # IMAGE
  case ${1##*/} in
    *:latest) return 1 ;;
    *:* | *@*) return 0 ;;
    *) return 1 ;;
  esac
}

# The name without tag and digest; a port is no tag.
repository_of() { # NAME
  without_digest=${1%%@*}
  case ${without_digest##*/} in *:*) echo "${without_digest%:*}" ;; *) echo "$without_digest" ;; esac
}

# Gives names back to the images they stood for. One that is gone is no failure: it may not be needed.
restore_images() { # [NAME ID]...
  while [ $# -gt 1 ]; do
    # Asked for by what it is, it has no name that could move.
    case $1 in *@* | sha256:*) shift 2 && continue ;; esac
    [ "$(docker image inspect --format '{{.Id}}' "$1" 2>/dev/null)" = "$2" ] || docker image tag "$2" "$1" || echo "the image $2 of $1 is no longer on this host"
    shift 2
  done
}

# A run that failed before it came to the images has moved no names. What it would give back may be long past, when it
# failed because another run came in between.
undo_images() { # [NAME ID]...
  [ ! -e "$TAGSHIP_RUN/names-moved" ] || restore_images "$@"
}

# The images a release ran with. One that is gone is pulled by its digest; one that was built here is built again, and is
# another one then.
recover_images() { # [SERVICE NAME ID DIGEST]...
  : >"$TAGSHIP_RUN/names-moved"
  : >"$TAGSHIP_RUN/new.images"
  missing=
  while [ $# -gt 3 ]; do
    if recover_image "$@"; then
      printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" >>"$TAGSHIP_RUN/new.images"
    else
      missing="$missing $1"
    fi
    shift 4
  done
  # shellcheck disable=SC2086
  [ -z "$missing" ] || get_images $missing
}

require_images() { # [SERVICE NAME ID DIGEST]...
  : >"$TAGSHIP_RUN/new.images"
  while [ $# -gt 3 ]; do
    printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" >>"$TAGSHIP_RUN/new.images"
    shift 4
  done
  recover_unit_images
}

# Without the files of the release there is nothing to build it from.
recover_unit_images() {
  : >"$TAGSHIP_RUN/names-moved"
  while IFS='	' read -r service name id digest _; do
    recover_image "$service" "$name" "$id" "$digest" || fail "service $service: what was built here is gone; --method git builds it again"
  done <"$TAGSHIP_RUN/new.images"
}

# Where nothing else was kept of the release: its images under the names that the present Compose files ask for.
recover_or_previous() { # [SERVICE NAME ID DIGEST]...
  : >"$TAGSHIP_RUN/names-moved"
  while [ $# -gt 3 ]; do
    (recover_image "$@") || use_previous "$2" || fail "service $1: its image is gone, and so is $(repository_of "$2"):previous"
    shift 4
  done
}

use_previous() { # NAME
  docker image tag "$(repository_of "$1"):previous" "$1" 2>/dev/null && echo "$1 is what $(repository_of "$1"):previous stands for"
}

# A name in place of the digest would bring whatever it stands for now.
recover_image() { # SERVICE NAME ID DIGEST
  if ! has_image "$3"; then
    echo "service $1: the image it ran with is no longer on this host"
    [ "$4" != - ] || return 1
    docker pull --quiet "$4" </dev/null || fail "service $1: $4, which it ran, is not to be had"
  fi
  if has_image "$3"; then restore_images "$2" "$3"; else restore_images "$2" "$4"; fi
}

# Of what served before this run: the unit knows more than the containers tell.
restore_present_images() { # [NAME ID]...
  [ ! -s "$TAGSHIP_RUN/previous.images" ] || while IFS='	' read -r _ name id _; do
    restore_images "$name" "$id"
  done <"$TAGSHIP_RUN/previous.images"
  [ -s "$TAGSHIP_RUN/previous.images" ] || restore_images "$@"
}

# For the procedure by hand: NAME:previous is what ran before this release. What it stands for is not pruned either.
tag_previous() { # [NAME ID]...
  while [ $# -gt 1 ]; do
    case $1 in
      *@* | sha256:*) ;;
      *) docker image tag "$2" "$(repository_of "$1"):previous" 2>/dev/null || echo "$1 has no earlier image on this host" ;;
    esac
    shift 2
  done
}
