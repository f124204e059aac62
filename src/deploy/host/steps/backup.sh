# shellcheck shell=sh disable=SC2154
# Backups of the data, made and restored by the host's own commands.

back_up() { # COMMAND
  sh -c "$1" </dev/null || fail "the backup before the deployment failed (status $?)"
}

# COMMAND is the user's own, to be read by a shell; what is added to it is not.
restore_command() { # COMMAND ARGUMENT...
  command=$1
  shift
  sh -c "$command \"\$@\"" restore "$@" </dev/null
}

# What it prints tells whether the checkout comes back with the data.
check_backup() { # COMMAND BACKUP
  ended=0
  restore_command "$1" --check "$2" >"$TAGSHIP_RUN/checked" || ended=$?
  cat "$TAGSHIP_RUN/checked"
  [ "$ended" = 0 ] || fail "$2 cannot be restored"
}

# Whether come_to_release will succeed, while the data are still those of before. A checkout that comes back with them is
# another one than that which is here.
check_release() { # COMMIT
  ! grep -qxF -e "brings back $PWD" -e "brings back $(pwd -P)" "$TAGSHIP_RUN/checked" || return 0
  head=$(git rev-parse --verify HEAD) || fail "$PWD is not a clone; see what is wrong with it: git -C $PWD status"
  [ "$head" != "$1" ] || return 0
  said=$(require_commit "$1") || fail "$said; to have it again, in $PWD: git fetch origin $1"
  clear_stale_lock index
  said=$(check_edits) || fail "$said; in $PWD: git status"
  said=$(check_room "$1") || fail "$said; mend that, then roll back again"
  said=$(check_folders "$1") || fail "$said; in $PWD: sudo chown $(id -un) ${said##*: }"
}

# Nobody knows what is there once it has begun, unless it says that nothing has changed (status 3), or that another is at
# work (7).
restore_backup() { # COMMAND BACKUP
  { date -u +%Y-%m-%dT%H:%M:%SZ >"$TAGSHIP_RUN/changed-at" && note_for_good restoring "$1"; } || {
    rm -rf "$TAGSHIP_RUN/restoring"
    fail "it cannot be noted that the restore begins, so it was not begun: see that there is room on the disk: df -h $TAGSHIP_RUN"
  }
  restore_command "$1" "$2" --yes && return
  status=$?
  case $status in 3 | 7) rm "$TAGSHIP_RUN/restoring" ;; esac
  fail "$2 could not be restored (status $status)"
}

# Code of before must not meet data of long before: what was saved goes back by hand.
require_unrestored() {
  [ -e "$TAGSHIP_RUN/restoring" ] || return 0
  command=$(cat "$TAGSHIP_RUN/restoring")
  saved=$(saved_by_restore "$command")
  echo "the data may be those of the backup already, and are not replaced again without being asked for"
  [ -n "$saved" ] || fail "to see what was saved before: $command --list; to have it back: $command FILE --yes"
  fail "to have back what was there: $command $saved --yes"
}

# By the list of the command: what is kept apart for that, or else the first backup that was made since the restore began.
saved_by_restore() { # COMMAND
  listed=$(restore_command "$1" --list 2>/dev/null)
  saved=$(printf '%s\n' "$listed" | sed -n 's/.*  *\(\/[^ ]*before_restore[^ ]*\)$/\1/p' | head -n 1)
  [ -z "$saved" ] || { printf '%s\n' "$saved" && return; }
  begun=$(stat -c %Y "$TAGSHIP_RUN/restoring" 2>/dev/null) || return 0
  printf '%s\n' "$listed" | sed -n 's/^\([0-9-]* [0-9:]*\) \(.* \)*\(\/[^ ]*\)$/\1 \3/p' | while read -r day time path; do
    made=$(date -d "$day $time" +%s 2>/dev/null) && [ "$made" -ge "$begun" ] && printf '%s %s\n' "$made" "$path"
  done | sort -n | sed -n '1s/^[0-9]* //p'
}

# Data come back with their release: where the restore has brought back no checkout with them, it is brought here, with the
# environment files that were kept of TAG.
come_to_release() { # COMMIT [TAG]
  head=$(git rev-parse --verify HEAD) || fail "what was restored is not a clone"
  [ "$head" != "$1" ] || return 0
  require_commit "$1"
  clear_stale_lock index
  clear_stale_lock HEAD
  (check_out "$1") || fail "the data are restored, but $head is checked out, and not the release: mend what is said above, then restore again"
  [ -z "${2:-}" ] || bring_environment "$2"
}
