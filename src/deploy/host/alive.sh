# shellcheck shell=sh
# Whether the runner of a run lives. Its number alone does not tell: after a reboot it is another process's, and a dead
# runner that nobody cares for keeps it, but has no command line any more.
is_alive() { # RUN
  { tr '\0' '\n' <"/proc/$(cat "$1/pid")/cmdline" | grep -qxF "$1/runner.sh"; } 2>/dev/null
}
