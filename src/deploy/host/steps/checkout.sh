# shellcheck shell=sh disable=SC2154
# The clone on the host: getting a release into it, beside it, and back out of it.

# Nobody's hooks and no housekeeping in the background, which would outlive the step and hold the lock.
host_git() { git -c core.hooksPath=/dev/null -c gc.auto=0 -c maintenance.auto=false -c advice.detachedHead=false "$@"; }

# The host must still be as the plan saw it, and the checkout of the release must be able to succeed.
guard_checkout() { # HEAD
  clear_stale_index_lock
  [ "$(git rev-parse --verify HEAD)" = "$1" ] || fail "the checkout has moved since the plan was made: run the command again"
  git update-index -q --refresh >/dev/null
  git diff-index --quiet HEAD -- || fail "files of the checkout have been edited since the plan was made: $(git diff-index --name-only HEAD -- | head -n 5 | tr '\n' ' ')"
}

# After an interrupted run the edits in the checkout are the half of it that was done; a copy is kept all the same.
guard_interrupted() {
  clear_stale_index_lock
  git diff HEAD --binary >"$TAGSHIP_RUN/set-aside.patch" || fail "the checkout cannot be read"
  host_git reset -q --hard HEAD
}

# A git that was killed leaves its lock. Ours is the only git that should be here, so with none running it is stale.
clear_stale_index_lock() {
  lock=$(git rev-parse --git-path index.lock)
  for _ in 1 2 3 4 5; do
    [ -e "$lock" ] || return 0
    sleep 1
  done
  ! grep -qxs git /proc/[0-9]*/comm || fail "another git is at work in $PWD ($lock exists)"
  echo "removing $lock, left by a git that no longer runs"
  rm -f "$lock"
}

fetch_tag() { # TAG COMMIT
  host_git fetch --quiet --no-tags --force origin "refs/tags/$1:refs/tags/$1" </dev/null || fail "$1 could not be fetched from origin"
  found=$(git rev-parse --verify --quiet "refs/tags/$1^{commit}")
  [ "$found" = "$2" ] || fail "$1 has been moved since the plan was made: it is $found now"
}

require_commit() { # COMMIT
  git cat-file -e "$1^{commit}" 2>/dev/null || fail "commit $1 is no longer in $PWD/.git"
}

# The release's files beside the running ones, so that images are pulled and built while the old version serves.
# Files git does not track (.env, env files, secrets) are linked in at the same places.
export_tree() { # COMMIT
  host_git read-tree -n -m -u HEAD "$1" || fail "the checkout of the release would fail: the files named above are in its way"
  rm -rf "$scratch"
  mkdir -p "$tree"
  GIT_INDEX_FILE=$scratch/index
  export GIT_INDEX_FILE
  git read-tree "$1" || fail "the files of the release could not be listed"
  git checkout-index --all --quiet --prefix="$tree/" || fail "the files of the release could not be written"
  unset GIT_INDEX_FILE
  # shellcheck disable=SC2016 # expanded by the inner shell
  git ls-files -z --others --directory | xargs -0 sh -c '
    from=$1 to=$2
    shift 2
    for file; do
      file=${file%/}
      case $file in */*) [ -d "$to/${file%/*}" ] || continue ;; esac
      [ -e "$to/$file" ] || ln -s "$from/$file" "$to/$file"
    done
  ' link "$PWD" "$tree"
}

check_out() { # COMMIT
  host_git checkout --quiet --detach "$1" || fail "the release could not be checked out"
}

# Back to where the plan found it. By force: what stands in the way is the half of a checkout that failed.
check_out_again() { # COMMIT [BRANCH]
  clear_stale_index_lock
  if [ -n "${2:-}" ] && [ "$(git rev-parse --verify --quiet "refs/heads/$2")" = "$1" ]; then
    host_git checkout --quiet --force "$2"
  else
    host_git checkout --quiet --force --detach "$1"
  fi || fail "the files of the previous release could not be restored"
}
