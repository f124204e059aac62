# shellcheck shell=sh
# Whether somebody sees to a run: its runner, or whoever settles it or waits to. A number alone does not tell: after a
# reboot it is another process's, and a dead process that nobody cares for keeps it, but has no command line any more.
is_alive() { is_process "$1" pid || is_process "$1" watcher; } # RUN

is_process() { # RUN FILE
  { tr '\0' '\n' <"/proc/$(cat "$1/$2")/cmdline" | grep -qxF -e "$1/runner.sh" -e "$1/settle.sh" -e "$1/watch.sh"; } 2>/dev/null
}
