# shellcheck shell=bash
# How scripts talk: progress and errors go to stderr, so that stdout stays for results.

say() { printf '%s\n' "$*" >&2; }

# fail STATUS MESSAGE: one line that says what is wrong and what to do, then the end.
fail() {
  local status=$1
  shift
  say "${0##*/}: $*"
  exit "$status"
}

# quietly COMMAND...: shows the command's output only when it fails.
quietly() {
  local output status=0
  output=$("$@" 2>&1 </dev/null) || status=$?
  ((status == 0)) || say "$output"
  return "$status"
}
