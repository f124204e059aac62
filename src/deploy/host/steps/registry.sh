# shellcheck shell=sh disable=SC2030,SC2031,SC2154 # what is set in a pipe stays there, and is meant to
# What registries tell of the images that will be pulled: whether we may have them, for which processors they are, and how
# large. A registry that tells nothing is no reason to refuse, nor is "no such manifest", which is also what docker says
# where it found no way to ask: the pull will tell.

# All are asked at once, each twice at most: for what the name stands for, and for the image of this host in it.
check_registries() { # build|pull
  list_services <"$scratch/config.yml" | list_pulled "$1" >"$scratch/pulled"
  [ -s "$scratch/pulled" ] || return 0
  architecture=$(docker version --format '{{.Server.Arch}}')
  insecure=$(docker info --format '{{range .RegistryConfig.IndexConfigs}}{{if not .Secure}} {{.Name}}{{end}}{{end}}' 2>/dev/null)
  while IFS='	' read -r service image _; do
    ask_registry "$image" >"$scratch/manifest.$service" 2>/dev/null &
  done <"$scratch/pulled"
  wait
  bytes=0
  while IFS='	' read -r service image policy; do
    judge_manifest <"$scratch/manifest.$service"
  done <"$scratch/pulled"
  check_room_for_images
}

# SERVICE, IMAGE and POLICY of what will be pulled, each image once.
list_pulled() { # build|pull, as list_services prints them on standard input
  while IFS='	' read -r service image build policy; do
    [ "$1" = pull ] || [ "$build" = - ] || continue
    [ "$image" != - ] || continue
    wants_pull "$image" "$policy" || continue
    printf '%s\t%s\t%s\n' "$service" "$image" "$policy"
  done | awk -F'\t' '!seen[$2]++'
}

# Prints "for OS/ARCH" for every platform, "bytes N" of the image for this one as it travels, or "error WHY".
ask_registry() { # IMAGE
  if ! manifest=$(manifest_of "$1" 2>&1); then
    printf 'error %s\n' "$(one_line "$manifest")"
  elif printf '%s\n' "$manifest" | grep -q '"manifests"'; then
    platforms=$(printf '%s\n' "$manifest" | list_platforms)
    printf '%s\n' "$platforms" | sed 's/^\([^ ]*\).*/for \1/'
    digest=$(printf '%s\n' "$platforms" | sed -n "s|^linux/$architecture ||p" | head -n 1)
    [ -z "$digest" ] || manifest_of "$(repository_of "$1")@$digest" 2>/dev/null | sum_layers
  else
    verbose=$(manifest_of --verbose "$1" 2>/dev/null) || return 0
    printf '%s\n' "$verbose" | list_platforms | sed 's/^\([^ ]*\).*/for \1/'
    printf '%s\n' "$verbose" | sum_layers
  fi
}

manifest_of() { # [--verbose] IMAGE
  for asked; do :; done
  # Docker itself trusts its own machine.
  case " $insecure 127.0.0.1 localhost " in
    *" ${asked%%/*} "* | *" ${asked%%:*} "*) timeout -k 2 20 docker manifest inspect --insecure "$@" </dev/null ;;
    *) timeout -k 2 20 docker manifest inspect "$@" </dev/null ;;
  esac
}

# Of JSON as docker prints it, a member per line: OS/ARCH and digest.
list_platforms() {
  awk '
    function value(line) { sub(/^[^:]*: *"/, "", line); sub(/".*/, "", line); return line }
    /"digest": "/ && digest == "" { digest = value($0) }
    /"architecture": "/ { architecture = value($0) }
    /"os": "/ { os = value($0) }
    /}/ && digest != "" && architecture != "" && os != "" { print os "/" architecture " " digest; digest = architecture = os = "" }'
}

sum_layers() {
  awk '/"layers": *\[/ { inside = 1 } inside && /"size": / { line = $0; gsub(/[^0-9]/, "", line); sum += line } END { if (sum) printf "bytes %.0f\n", sum }'
}

registry_of() { # IMAGE
  case ${1%%/*} in "$1") ;; *.* | *:* | localhost) echo "${1%%/*}" ;; esac
}

judge_manifest() { # what ask_registry printed, on standard input
  for_us=
  for_others=
  while read -r kind rest; do
    case $kind in
      for) if fits "$rest"; then for_us=yes; else for_others="$for_others $rest"; fi ;;
      # Of a name that is here in an older version some layers are here as well, and nobody tells which.
      bytes) [ -n "$(docker image ls --quiet "$(repository_of "$image")" 2>/dev/null)" ] || bytes=$((bytes + rest)) ;;
      error) judge_error "$rest" ;;
    esac
  done
  [ -n "$for_us" ] || [ -z "$for_others" ] ||
    problem "service $service: the image $image is for$for_others, and this host is linux/$architecture" "build it for this host too: docker buildx build --platform linux/$architecture"
}

judge_error() { # WHY
  case $1 in
    *unauthorized* | *denied* | *"no basic auth credentials"* | *"authentication required"*)
      may_use_copy "$image" "$policy" || problem "service $service: the registry does not let us have $image: $1" "docker login $(registry_of "$image")"
      ;;
  esac
}

# What travels compressed takes about two and a half times as much when it is unpacked, and lies beside it until then.
check_room_for_images() {
  root=$(docker info --format '{{.DockerRootDir}}' 2>/dev/null)
  free=$(df -Pk "${root:-.}" 2>/dev/null | awk 'END { print $4 }')
  needed=$((bytes * 7 / 2 / 1024))
  [ "${free:-$needed}" -ge "$needed" ] ||
    problem "the images of the release take about $((needed / 1024)) MB, and $((free / 1024)) MB are free on the disk of $root" "docker system df; docker image prune"
}

# Whether this host runs what is made for OS/ARCH: by itself, or by an emulator that is set up.
fits() { # OS/ARCH
  case $1/$architecture in
    linux/"$architecture/$architecture" | linux/386/amd64 | linux/arm/arm64) return 0 ;;
    unknown/* | */unknown/*) return 1 ;;
    linux/amd64/*) emulator=x86_64 ;;
    linux/arm64/*) emulator=aarch64 ;;
    linux/386/*) emulator=i386 ;;
    *) emulator=${1#*/} ;;
  esac
  grep -q '^enabled' "/proc/sys/fs/binfmt_misc/qemu-$emulator" 2>/dev/null
}

# Wherever they came from: an image for another processor would be started, and end at once, in place of what serves.
require_architecture() {
  list_services <"$scratch/config.yml" >"$scratch/services"
  project=$(project_of_tree)
  [ -n "$project" ] || project=$(basename "$PWD" | tr '[:upper:]' '[:lower:]' | tr -cd 'a-z0-9_-')
  architecture=$(docker version --format '{{.Server.Arch}}') && [ -n "$architecture" ] || return 0
  while IFS='	' read -r service image _; do
    # What is only built gets the name that Compose gives it, with a dash or, by the first kind of Compose, without.
    [ "$image" != - ] || image=$(docker image inspect --format '{{.Id}}' "$project-$service" "${project}_$service" 2>/dev/null | head -n 1)
    platform=$(docker image inspect --format '{{.Os}}/{{.Architecture}}' "$image" 2>/dev/null) || continue
    case $platform in */ | /*) continue ;; esac
    fits "$platform" || fail "service $service: the image $image is for $platform, and this host is linux/$architecture"
  done <"$scratch/services"
}
