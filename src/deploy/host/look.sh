#!/bin/sh
# Everything a plan or a status needs to know about the host, in one round trip; changes nothing.
#
#   look.sh deploy|push|rollback|status|history PATH COMPOSE-FOLDER
#
# Prints sections: a name on a line of its own, then its value, each line after one blank. So no value can be taken for
# another section, whatever it holds.
set -u
export LC_ALL=C GIT_TERMINAL_PROMPT=0 GIT_OPTIONAL_LOCKS=0
purpose=$1 path=$2 compose_folder=$3

section() { # NAME, the value on standard input
  printf '%s\n' "$1"
  sed 's/^/ /'
}

# A value of one line needs no process: on a small machine they are what a look takes its time for.
tell() { # NAME VALUE
  case $2 in
    *"$newline"*) printf '%s\n' "$2" | section "$1" ;;
    *) printf '%s\n %s\n' "$1" "$2" ;;
  esac
}
newline='
'

# The output of a command that succeeded; nothing at all when it failed.
fact() { # NAME COMMAND...
  fact=$1
  shift
  if value=$("$@" 2>/dev/null); then tell "$fact" "$value"; fi
}

# Both streams of a command, under NAME when it succeeded and under NAME-error when it failed.
report() { # NAME COMMAND...
  fact=$1
  shift
  if value=$("$@" 2>&1); then
    tell "$fact" "$value"
  else
    tell "$fact-error" "$value"
    return 1
  fi
}

echo tools
for tool in git docker docker-compose flock curl wget timeout setsid tail; do
  ! command -v "$tool" >/dev/null || echo " $tool"
done
fact user id -un

# An engine that has frozen takes requests and never answers.
patiently() { # COMMAND...
  timeout -k 2 15 "$@"
  ended=$?
  [ "$ended" != 124 ] || echo 'did not answer within 15 s' >&2
  return "$ended"
}

# Whether systemd ends what this login leaves behind, and a detached runner with it; then, whether the user lingers.
look_at_login() {
  case $(cat /proc/self/cgroup 2>/dev/null) in */session-*.scope*) ;; *) return 0 ;; esac
  [ "$(login_setting KillUserProcesses)" = 'b true' ] || return 0
  me=$(id -un)
  case $(login_setting KillExcludeUsers) in *"\"$me\""*) return 0 ;; esac
  case $(login_setting KillOnlyUsers) in 'as 0' | *"\"$me\""*) ;; *) return 0 ;; esac
  tell logout-kills yes
  [ ! -e "/var/lib/systemd/linger/$me" ] || tell lingers yes
}

login_setting() { # NAME
  timeout 5 busctl get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager "$1" 2>/dev/null
}

look_at_docker() {
  fact compose-v2 patiently docker compose version --short
  fact compose-v1 patiently docker-compose version --short
  report docker patiently docker version --format '{{.Server.Version}}' && look_at_containers
}

# By folder and not by project name, so that it holds for whatever was started there by hand. What `compose run` makes
# comes and goes, and is none of the app's services.
list_containers() {
  compose_folders | sort -u | while IFS= read -r folder; do
    patiently docker ps -aq --no-trunc --filter label=com.docker.compose.oneoff=False \
      --filter "label=com.docker.compose.project.working_dir=$folder" || exit 1
  done
}

# The user's shell gives the path as it was typed, a script may give the one behind symbolic links.
compose_folders() {
  named_folder=$(folder_of_environment_file)
  recorded_folders=$(folders_on_record)
  for folder in "$path" "$(pwd -P)"; do
    printf '%s\n' "$compose_folder" "$named_folder" "$recorded_folders" | while IFS= read -r inner; do
      case $inner in
        '') ;;
        .) printf '%s\n' "$folder" ;;
        *) printf '%s\n' "$folder/$inner" ;;
      esac
    done
  done
}

# The settings may have another Compose file by now than what was deployed last, or than a run that was interrupted.
folders_on_record() {
  cat "${state:-}/history.jsonl" "${state:-}/journal.jsonl" 2>/dev/null | awk '
    # The first name of each list of files. None has a backslash in it.
    function tell(line, name) {
      while (match(line, /[,{]"compose":\["([^"\\]|\\.)*"/)) {
        name = substr(line, RSTART + 13, RLENGTH - 14)
        line = substr(line, RSTART + RLENGTH)
        if (name ~ /\\[^"]/) continue
        gsub(/\\"/, "\"", name)
        sub(/^\.\//, "", name)
        if (!sub(/\/[^\/]*$/, "", name)) name = "."
        print name
      }
    }
    /"type":"opened"/ { begun = $0; next }
    /"outcome":"succeeded"/ && !/"type":"closed"/ { deployed = $0 }
    END { tell(deployed); tell(begun) }'
}

# Compose takes COMPOSE_FILE from there when it is called without --file.
folder_of_environment_file() {
  [ -e .env ] || { echo . && return; }
  file=$(sed -n 's/^COMPOSE_FILE=//p' .env 2>/dev/null | tail -n 1 | tr -d "\"'" | cut -d: -f1 | sed 's|^\./||')
  dirname -- "${file:-.}"
}

# shellcheck disable=SC2016 # a Go template
container_format='{"id":{{json .ID}},"name":{{json .Name}},"service":{{json (index .Config.Labels "com.docker.compose.service")}},"oneOff":{{json (index .Config.Labels "com.docker.compose.oneoff")}},"imageName":{{json .Config.Image}},"imageId":{{json .Image}},"state":{{json .State.Status}},"exitCode":{{json .State.ExitCode}},"health":{{if .State.Health}}{{json .State.Health.Status}}{{else}}null{{end}},"startedAt":{{json .State.StartedAt}},"restarts":{{json .RestartCount}}}'

# A container may go between the two questions; then they are asked again. What cannot be seen is not "none".
look_at_containers() {
  for _ in 1 2 3; do
    if value=$(describe_containers 2>/dev/null); then
      [ -z "$value" ] || tell containers "$value"
      return 0
    fi
  done
  describe_containers 2>&1 >/dev/null | section containers-error
}

describe_containers() {
  ids=$(list_containers) || return
  [ -n "$ids" ] || return 0
  ids=$(printf '%s\n' "$ids" | sort -u)
  # shellcheck disable=SC2086 # ids are hexadecimal
  patiently docker inspect --format "$container_format" $ids
}

# A run by root leaves files that are root's.
may_write() {
  for file in "$git_dir" "$state" "$state"/*; do
    [ ! -e "$file" ] || [ -w "$file" ] || return 1
  done
}

look_at_state() {
  state=$git_dir/tagship
  ! may_write || tell writable yes
  [ -d "$state" ] || return 0
  look_at_lock
  fact lock-info cat "$state/lock.info"
  ! seen=$(stat -c %Y "$state/lock.info" 2>/dev/null) || tell silence "$(($(date +%s) - seen))"
  last_run=$(last_opened "$state")
  tell last-run "$last_run"
  open_run=$(last_not_failed "$state")
  run=$state/runs/$open_run
  if [ -e "$run/settle.sh" ] && ! is_closed "$state" "$open_run"; then
    fact open-plan cat "$run/plan.json"
  fi
  if [ -d /run/systemd/system ]; then
    tell systemd yes
    [ "$(systemctl is-enabled "$(cat "$state/unit" 2>/dev/null)" 2>/dev/null)" != enabled ] || tell settles-at-boot yes
  fi
  fact journal tail -n 200 "$state/journal.jsonl"
  # Again: a run that has begun since is at work, and not one whose runner died.
  look_at_lock
  fact history tail -n 1000 "$state/history.jsonl"
  [ "$purpose" != rollback ] || look_at_units
}

# Shared and for an instant: a runner that starts just now waits longer than this takes.
look_at_lock() {
  [ -e "$state/lock" ] || return 0
  # In braces, so that a lock that may not be opened says nothing either.
  { flock -s -n -E 75 9 9<"$state/lock"; } 2>/dev/null
  [ "$?" != 75 ] || tell lock held
}

# Which releases are kept whole, and which of their environment files are not as they were.
look_at_units() {
  find "$state/releases" -name config.yml 2>/dev/null | sort | while IFS= read -r file; do
    unit=${file%/config.yml}
    case $unit in *'~new' | *'~old') continue ;; esac
    [ -e "$unit/containers" ] || continue
    printf '%s\n' "unit ${unit#"$state/releases/"}"
    while IFS= read -r line; do
      kept=${line#* * }
      [ "$(sha256sum <"$kept" | cut -d' ' -f1)" = "${line%% *}" ] || printf '%s\n' "changed $kept"
    done <"$unit/environment" 2>/dev/null
  done | section units
}

look_at_checkout() {
  fact head git rev-parse --verify HEAD
  fact branch git symbolic-ref -q --short HEAD
  fact tags-here git tag --points-at HEAD
  # Refreshed in a copy: the index on disk may call untouched files changed, and a look must not write.
  fact dirty git status --porcelain --untracked-files=no
  fact origin git remote get-url origin
  [ "$purpose" != deploy ] || report remote-tags timeout 30 git ls-remote --tags origin </dev/null
}

# What was kept of releases is not git's, and is there when git finds its own folder broken.
broken_git_dir() { [ "$purpose" = rollback ] && [ -d .git/tagship ] && printf '%s\n' "$(pwd -P)/.git"; }
# Free kilobytes by disk: that of the clone, and that of the engine.
look_at_room() {
  awk '$1 == "MemAvailable:" { there = 1 } $1 == "MemAvailable:" || $1 == "SwapFree:" { free += $2 } END { if (there) print free }' /proc/meminfo 2>/dev/null | section memory
  root=$(patiently docker info --format '{{.DockerRootDir}}' 2>/dev/null)
  df -Pk . "${root:-.}" 2>/dev/null | sed 1d | sort -u | section disks
}

look_at_login
if cd "$path" 2>/dev/null; then
  tell folder yes
  if command -v git >/dev/null; then
    report top git rev-parse --show-toplevel
    tell here "$(pwd -P)"
    if git_dir=$(git rev-parse --absolute-git-dir 2>/dev/null) || git_dir=$(broken_git_dir); then
      tell git-dir "$git_dir"
      look_at_state
      look_at_checkout
    fi
  fi
  if command -v docker >/dev/null; then
    look_at_docker
  fi
  case $purpose in deploy | push) look_at_room ;; esac
fi
# Last: the one who asked compares it with a clock of theirs when this has arrived.
tell clock "$(date +%s)"
tell complete yes
