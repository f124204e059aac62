# shellcheck shell=sh disable=SC2154
# Whether the clone on the host is still as the plan saw it.

# The host must still be as the plan saw it: a plan made before another run would go back to a release that is past. Edits
# that the plan knows of are kept.
guard_checkout() { # HEAD LAST-RUN [edited]
  guard_plan "$1" "$2"
  git update-index -q --refresh >/dev/null
  [ -z "${3:-}" ] || return 0
  git diff-index --quiet HEAD -- || fail "files of the checkout have been edited since the plan was made: $(git diff-index --name-only HEAD -- | head -n 5 | tr '\n' ' ')"
}

# After an interrupted run the edits in the checkout are the half of it that was done; a copy is kept all the same.
# So are files that came with it, and are untracked now because git never got to its index.
guard_interrupted() { # HEAD LAST-RUN INTERRUPTED-RUN COMMIT...
  guard_plan "$1" "$2"
  see_edits
  git diff HEAD --binary >"$TAGSHIP_RUN/edits.patch" || fail "the checkout cannot be read"
  if [ -s "$TAGSHIP_RUN/edits.patch" ]; then
    { mkdir -p "$(kept_files)" && mv "$TAGSHIP_RUN/edits.patch" "$(kept_files)"; } || fail "the edits in the checkout cannot be kept"
    printf '%s\n' "what had been edited is kept in $(kept_files)/edits.patch"
  fi
  host_git reset -q --hard HEAD
  has_begun "${TAGSHIP_RUN%/runs/*}" "$3" checkout || return 0
  shift 3
  for commit; do set_aside_untracked "$commit"; done
}

# Not counting this one.
guard_last_run() { # LAST-RUN
  [ "$(last_opened "${TAGSHIP_RUN%/runs/*}" "${TAGSHIP_RUN##*/}")" = "$1" ] || fail "another run has begun since the plan was made: run the command again"
}

guard_plan() { # HEAD LAST-RUN
  guard_last_run "$2"
  clear_stale_lock index
  clear_stale_lock HEAD
  [ "$(git rev-parse --verify HEAD)" = "$1" ] || fail "the checkout has moved since the plan was made: run the command again"
}

# A git that was killed leaves its lock. Ours is the only git that should be here, so with none running it is stale.
clear_stale_lock() { # NAME
  lock=$(git rev-parse --git-path "$1.lock")
  for _ in 1 2 3 4 5; do
    [ -e "$lock" ] || return 0
    sleep 1
  done
  ! is_git_at_work || fail "another git is at work in $PWD ($lock exists)"
  printf '%s\n' "removing $lock, left by a git that no longer runs"
  rm -f "$lock"
}

# Here, as far as can be told: where the git of another user is, we may not see. One that has ended, and that nobody has
# waited for, is nowhere.
is_git_at_work() {
  # shellcheck disable=SC2013 # names without blanks
  for process in $(grep -lxs git /proc/[0-9]*/comm); do
    folder=$(readlink "${process%comm}cwd") || ! grep -qs '^State:.[^Z]' "${process%comm}status" || return 0
    case $folder/ in "$(pwd -P)"/*) return 0 ;; esac
  done
  return 1
}
