# shellcheck shell=sh disable=SC2034,SC2154
# For a status: everything is asked once, and nothing is left behind.

cd "$1" || exit
folder=$(mktemp -d) || exit
trap 'rm -rf "$folder"' EXIT
body=$folder/answer

# Prints a line, "STATUS WHY-NOT" with a tab between; the status of an answer over HTTP, and nothing when all is well.
ask_once() { # QUESTION ARGUMENT...
  answer=
  if "$@" >"$folder/why"; then : >"$folder/why"; fi
  printf '%s\t%s\n' "$answer" "$(tail -n 1 "$folder/why" | tr '\t' ' ' | cut -c1-500)"
}
