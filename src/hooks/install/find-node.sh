#!/bin/sh
# Finds the node that runs tagship where PATH has none, as in a graphical client: the one that `tagship init` was run with.
#
# Sets tagship_node. Sourced by the hooks, and only when they need it.

tagship_recorded=$(git rev-parse --git-common-dir)/tagship/node
# shellcheck disable=SC2034 # the hook that sources this runs it
tagship_node=node
if [ -f "$tagship_recorded" ]; then
  IFS= read -r tagship_recorded <"$tagship_recorded" || tagship_recorded=
  # One that was uninstalled since would only tell that it is not there.
  # shellcheck disable=SC2034
  [ ! -x "$tagship_recorded" ] || tagship_node=$tagship_recorded
fi
if [ "$tagship_node" = node ]; then
  printf '%s\n' '✘ node was not found, so nothing can be judged' \
    '  it is not on PATH, and where it is was not written down, or it has moved' \
    '  next: tagship doctor --fix (in a terminal that finds node), then the same command again' >&2
  exit 3
fi
