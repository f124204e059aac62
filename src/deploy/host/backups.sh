#!/bin/sh
# The backups of a host, as its own command lists them: a line each, which begins with the local time it was made at,
# YYYY-MM-DD HH:MM:SS, and ends with its path.
#
#   backups.sh COMMAND
#
# Prints "now EPOCH", then "backup EPOCH PATH" for each.
set -u
export LC_ALL=C
list=$(timeout 60 sh -c "$1 --list" </dev/null 2>&1) || {
  printf '%s\n' "$list" >&2
  exit 1
}
echo "now $(date +%s)"
printf '%s\n' "$list" | sed -n 's/^\([0-9]\{4\}-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9]\) \(.* \)*\(\/[^ ]*\)$/\1 \3/p' |
  while read -r day time path; do
    made=$(date -d "$day $time" +%s 2>/dev/null) || continue
    printf '%s\n' "backup $made $path"
  done
