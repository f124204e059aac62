# shellcheck shell=sh disable=SC2154
# Files that git tracks and somebody edited on the host: kept as a commit of their own before a release replaces them, and put
# back with the release that they were made to.

# Edits that git was told not to look for, by `update-index --assume-unchanged`, are edits as well: it would replace them
# without a word when it is forced. From now on it shows them.
see_edits() { git update-index -q --really-refresh >/dev/null || :; }

is_edited() { ! git diff-index --quiet HEAD --; }

kept_edits() { echo "refs/tagship/kept/${TAGSHIP_RUN##*/}"; }

# Prints the commit. Nothing changes, here or in the index.
save_edits() {
  host_git -c user.name=tagship -c user.email=tagship@localhost stash create "edited on the host before ${TAGSHIP_RUN##*/}"
}

check_edits() {
  see_edits
  ! is_edited || said=$(save_edits 2>&1 >/dev/null) || fail "what was edited here cannot be kept: $said"
}

keep_edits() {
  see_edits
  is_edited || return 0
  edits=$(save_edits) || fail "what was edited here cannot be kept"
  host_git update-ref "$(kept_edits)" "$edits" || fail "what was edited here cannot be kept"
  warn "what was edited here is kept; to bring it back, in $PWD: git stash apply $(kept_edits)"
}

# The copy stays: what is written now may not survive a power cut.
restore_edits() {
  git rev-parse --verify --quiet "$(kept_edits)" >/dev/null || return 0
  if host_git -c user.name=tagship -c user.email=tagship@localhost stash apply --quiet --index "$(kept_edits)"; then
    warn "what was edited here is in its place again, with a copy in $(kept_edits)"
  else
    warn "what was edited here could not be put back; it is in $(kept_edits)"
  fi
}
