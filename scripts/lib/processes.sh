# shellcheck shell=bash
# Long-lived processes of our own: started detached, remembered in a file, and verified before they are signalled.

# start_detached FILE LOG COMMAND...: outlives the caller; FILE remembers it.
start_detached() {
  local file=$1 log=$2 pid
  shift 2
  (
    close_inherited_files
    exec setsid "$@" </dev/null >>"$log" 2>&1
  ) &
  pid=$!
  # Start time and pid together name a process for ever; the pid alone may be somebody else's tomorrow.
  echo "$pid $(start_time "$pid")" >"$file"
}

# A daemon that inherits our lock, or a pipe of whoever called us, would hold it for its whole life.
close_inherited_files() {
  local file fd
  for file in /proc/self/fd/*; do
    fd=${file##*/}
    ((fd <= 2)) || eval "exec $fd>&-"
  done
}

# Prints nothing for a process that is gone or a zombie.
start_time() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  # The command name (field 2) may hold blanks, so fields count from its closing bracket: the state first, field 22 as the 20th.
  awk '$1 != "Z" { print $20 }' <<<"${stat##*) }"
}

# running_pid FILE: prints the pid when the remembered process still lives; fails otherwise.
running_pid() {
  local pid started
  [[ -s $1 ]] || return 1
  read -r pid started <"$1"
  [[ -n $started && $(start_time "$pid") == "$started" ]] || return 1
  echo "$pid"
}

# stop_process FILE SECONDS: SIGTERM, then SIGKILL when it does not end in time.
stop_process() {
  local pid
  if pid=$(running_pid "$1"); then
    kill -TERM "$pid"
    wait_until_gone "$1" "$2" || kill -KILL "$pid" 2>/dev/null || :
    wait_until_gone "$1" 10
  fi
  rm -f "$1"
}

wait_until_gone() { # FILE SECONDS
  local deadline=$((SECONDS + $2))
  while running_pid "$1" >/dev/null; do
    ((SECONDS <= deadline)) || return 1
    sleep 0.05
  done
}
