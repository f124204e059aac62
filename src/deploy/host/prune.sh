#!/bin/sh
# Removes what releases of long ago have left. Refuses while a run is at work, and holds off the next one.
#
#   prune.sh look ID...                            prints "ID SIZE TAGS" of the images that are there, tags in brackets
#   prune.sh act STATE LAST-RUN unit TAG - ... image REF ID...   prints "unit TAG" and "image REF" for what was removed,
#                                                  "kept REF: WHY"
#
# Status 75: a run is at work. 76: one has begun since LAST-RUN, and may need what was spare before it.
set -u
export LC_ALL=C
task=$1
shift

look_at_images() { # ID...
  for id; do
    docker image inspect --format '{{.Id}} {{.Size}} {{.RepoTags}}' "$id" 2>/dev/null
  done
}

prune() { # STATE LAST-RUN KIND NAME ID...
  state=$1 last_run=$2
  shift 2
  exec 9>>"$state/lock" || exit 1
  flock -w 3 -E 75 9 || exit
  [ "$(last_opened "$state")" = "$last_run" ] || exit 76
  while [ $# -gt 2 ]; do
    "remove_$1" "$2" "$3"
    shift 3
  done
}

remove_unit() { # TAG
  rm -rf "${state:?}/releases/${1:?}" "$state/releases/$1~old" && echo "unit $1"
  # A tag with a slash has folders of its own.
  case $1 in */*) rmdir -p "$(dirname "$state/releases/$1")" 2>/dev/null ;; esac
}

# What a container runs, or another image is made of, docker does not let go.
remove_image() { # REF ID
  # A name may have moved since it was looked at.
  [ "$(docker image inspect --format '{{.Id}}' "$1" 2>/dev/null)" = "$2" ] || return 0
  if problem=$(docker image rm "$1" 2>&1); then echo "image $1"; else echo "kept $1: $(printf '%s\n' "$problem" | tail -n 1)"; fi
}

case $task in
  look) look_at_images "$@" ;;
  act) prune "$@" ;;
esac
