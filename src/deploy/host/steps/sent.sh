# shellcheck shell=sh disable=SC2154
# A release that whoever deploys has sent: its objects are here, and no tag names them yet.
take_tag() { # TAG OBJECT COMMIT
  [ "$(git rev-parse --verify --quiet "$2^{commit}")" = "$3" ] || fail "$1 is not here whole: it has to be sent again"
  git rev-list --objects --quiet "$2" --not --all 2>/dev/null || fail "$1 is not here whole: it has to be sent again"
  clear_stale_lock "refs/tags/$1"
  host_git update-ref "refs/tags/$1" "$2" || fail "$1 could not be kept"
}
