#!/bin/bash
# Brings a backup back: application, volumes, nginx, certificates. Usage: restore.sh --list | --check FILE | --latest [--yes] | FILE [--yes]
# Exit status: 0 done, 1 failed, 2 wrong usage, 3 refused and nothing has changed, 7 another backup or restore is at work.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "${BASH_SOURCE[0]%/*}/backup_common.sh"

# Where a restore is prepared. What its file `state` says decides how one that was interrupted goes on.
WORK=$BACKUPS/.restore

usage() {
  cat >&2 <<END
usage: ${0##*/} --list            the backups that are there, the newest first
       ${0##*/} --check FILE      prove this one, and that there is room for it; changes nothing
       ${0##*/} --latest [--yes]  bring the newest back
       ${0##*/} FILE [--yes]      bring this one back; its name is enough
       --yes                   do not ask
       ${0##*/} --recover         finish, or drop, a restore that was interrupted (done at every boot)
END
  exit 2
}

list_archives() {
  local file
  all_archives | sed -E 's,^(.*_([0-9]{8}_[0-9]{6})\.tar\.gz)$,\2 \1,' | sort -r | cut -d' ' -f2- | while read -r file; do
    printf '%s  %6s  %s\n' "$(sed -E 's,.*_(....)(..)(..)_(..)(..)(..)\.tar\.gz$,\1-\2-\3 \4:\5:\6,' <<<"$file")" "$(du -h "$file" | cut -f1)" "$file"
  done
}

# find_archive NAME: a path, or the name of one of ours. A name alone never is a file of the folder one is in: sudo lets the
# user of the application type names, and what an archive holds becomes root's.
find_archive() {
  local file
  if [[ $1 == */* && -f $1 ]]; then
    readlink -f -- "$1"
    return
  fi
  file=$(all_archives | grep -F -- "/${1##*/}" | head -n 1) || :
  [[ -n $file ]] || fail 3 "there is no backup $1; type: sudo $0 --list"
  echo "$file"
}

ask() {
  [[ -z $yes ]] || return 0
  [[ -t 0 ]] || fail 3 "what is there now would be replaced by $1; to mean it, add --yes"
  printf 'What is there now is saved, then replaced by\n  %s\nGo on? [y/N] ' "$1" >&2
  local answer
  read -r answer
  [[ $answer == [yY]* ]] || fail 3 "nothing has changed"
}

# Everything that can be known to be wrong is found before anything is touched.
prepare() { # ARCHIVE
  local needed free
  has_docker || : # or it is refused here
  is_sound "$1" || fail 3 "$1 is broken: $trouble. Nothing has changed; try an older one: sudo $0 --list"
  # Read to the end: a tar that is cut short fails, and that would count as nothing found.
  ! tar --list --gzip --file="$1" | grep -E '^/|(^|/)\.\.(/|$)' >/dev/null || fail 3 "$1 holds paths that lead elsewhere: it is not one of ours"
  needed=$(tar --extract --gzip --to-stdout --file="$1" .backup/kilobytes 2>/dev/null) || fail 3 "$1 is not one of our backups"
  # What is no number would be read as a program.
  [[ $needed =~ ^[0-9]+$ ]] || fail 3 "$1 is not one of our backups"
  free=$(df -Pk "$BACKUPS" | awk 'NR == 2 { print $4 }')
  ((free >= needed * 2)) || fail 3 "unpacking $1 and saving what is there takes up to $((needed / 512)) MB, and $BACKUPS has $((free / 1024)) MB: nothing has changed"
}

holds_clone() { # ARCHIVE
  tar --list --gzip --occurrence=1 --file="$1" "${APP_HOME#/}/.git/HEAD" >/dev/null 2>&1
}

unpack() { # ARCHIVE
  rm -rf "$WORK"
  install -d -m 700 "$WORK" "$WORK/files"
  set_state unpacking
  ! is_asked_by_deployment || : >"$WORK/keeps-deployments"
  tar --extract --gzip --file="$1" --directory="$WORK/files" --numeric-owner --same-owner --preserve-permissions --acls --xattrs || {
    rm -rf "$WORK"
    fail 3 "$1 cannot be unpacked: nothing has changed"
  }
  sync -f "$WORK"
  set_state ready
}

set_state() {
  echo "$1" >"$WORK/state.new"
  sync "$WORK/state.new"
  mv "$WORK/state.new" "$WORK/state"
  sync "$WORK"
}

# May be broken off and done again: each path is made the same as the unpacked one.
apply() {
  local path place
  # No deployment may begin between. A rollback that has us restore holds the lock already.
  if [[ -e $APP_HOME/.git/tagship/lock ]] && ! is_asked_by_deployment; then
    exec 8>>"$APP_HOME/.git/tagship/lock"
    flock --exclusive --wait 600 8 || fail 1 "a deployment is at work; when it is done, type: sudo $0 --recover"
  fi
  stop_stack
  create_volumes
  while read -r path; do
    place=$(place_of "$path") || { say "$path is not among the folders that are saved here: left out" && continue; }
    bring_back "$path" "$place" || fail 1 "$path could not be written; what was unpacked is kept. Mend what is named, then type: sudo $0 --recover"
  done <"$WORK/files/.backup/paths"
  sync
  set_state applied
}

# Whether one of the processes that we were started by holds the lock of deployments.
is_asked_by_deployment() {
  local lock process=$PPID file
  lock=$(readlink -f "$APP_HOME/.git/tagship/lock") || return 1
  while [[ -n $process ]] && ((process > 1)); do
    for file in "/proc/$process/fd"/*; do
      [[ $(readlink "$file") != "$lock" ]] || return 0
    done
    process=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$process/status" 2>/dev/null) || return 1
  done
  return 1
}

# An archive is not believed about where it may write: a volume goes where this host keeps it.
place_of() { # PATH
  local allowed name
  for allowed in "${BACKUP_PATHS[@]}"; do
    [[ $1 != "${allowed%/}" ]] || { echo "$1" && return; }
  done
  name=$(awk -F'\t' -v place="$1" '$2 == place { print $1; exit }' "$WORK/files/.backup/volumes")
  [[ -n $name ]] && has_docker && place_of_volume "$name"
}

bring_back() { # PATH PLACE
  local from=$WORK/files$1 owner options
  owner=$(sed -n 's/^owner=//p' "$WORK/files/.backup/manifest")
  # By what files hold: two of the same second and the same size may differ.
  options=(--archive --checksum --hard-links --acls --xattrs --numeric-ids --delete --exclude=/.git/tagship/lock)
  # What is recorded of deployments goes on: the rollback that restores is part of it.
  [[ ! -e $WORK/keeps-deployments ]] || options+=(--exclude=/.git/tagship)
  # On another host the same user may have another number.
  options+=(--usermap="${owner%:*}:$(id -u "$APP_USER")" --groupmap="${owner#*:}:$(id -g "$APP_USER")")
  mkdir -p "${2%/*}"
  if [[ -d $from ]]; then
    mkdir -p "$2"
    rsync "${options[@]}" "$from/" "$2/"
  else
    rsync "${options[@]}" "$from" "$2"
  fi
}

# One that is bound to a folder of its own is made by Compose alone: its data are left out until then, and that is said.
create_volumes() {
  local name place labels label options
  has_docker || return 0
  while IFS=$'\t' read -r name place labels; do
    if [[ $place != */_data ]] || docker volume inspect "$name" >/dev/null 2>&1; then continue; fi
    options=()
    while IFS= read -r -d $'\t' label; do
      [[ -z $label ]] || options+=(--label "$label")
    done < <(printf '%s\t' "$labels")
    docker volume create "${options[@]}" "$name" >/dev/null
  done <"$WORK/files/.backup/volumes"
}

stop_stack() {
  ! has_docker || app_containers '{{.ID}}' | xargs -r docker stop >/dev/null
}

start_stack() {
  local file found='' files=()
  if nginx -t 2>/dev/null; then systemctl reload-or-restart nginx; else say "nginx -t finds fault with the restored files: nginx goes on with those before"; fi
  for file in compose.yaml compose.yml docker-compose.yml docker-compose.yaml; do
    [[ ! -e $APP_HOME/$file ]] || found=yes
  done
  while read -r file; do files+=(--file "$file"); done < <(compose_files)
  [[ -n $found || ${#files[@]} -gt 0 ]] && has_docker || return 0
  # A rollback starts and proves them itself.
  ! is_asked_by_deployment || return 0
  # Built again, as the images that are there may be of another release; without a network, those.
  as_app_user "${files[@]}" up --detach --build --remove-orphans || as_app_user "${files[@]}" up --detach --remove-orphans
}

# Those of the release that was deployed last, where they are not the one that Compose finds by itself.
compose_files() {
  grep -F '"outcome":"succeeded"' "$APP_HOME/.git/tagship/history.jsonl" 2>/dev/null | tail -n 1 | sed 's/,"previous":.*//' |
    grep -o '"compose":\[[^]]*\]' | sed 's/.*\[//; s/[]"]//g' | tr , '\n' | sed '/^$/d' | awk '{ file[NR] = $0 }
      END { if (NR > 1 || file[1] != "docker-compose.yml") for (n = 1; n <= NR; n++) print file[n] }'
}

as_app_user() { # ARGUMENT...
  # shellcheck disable=SC2016 # for the shell of the other user
  local script='cd "$1" && shift || exit
    TAGSHIP_TAG=$(git describe --tags --exact-match 2>/dev/null) || TAGSHIP_TAG=
    export TAGSHIP_TAG TAGSHIP_VERSION="${TAGSHIP_TAG#v}"
    if docker compose version >/dev/null 2>&1; then exec docker compose "$@"; else exec docker-compose "$@"; fi'
  if runuser -u "$APP_USER" -- docker info >/dev/null 2>&1; then
    runuser -u "$APP_USER" -- sh -c "$script" sh "$APP_HOME" "$@"
  else
    sh -c "$script" sh "$APP_HOME" "$@"
  fi
}

recover() {
  local state=''
  [[ ! -e $WORK/state ]] || read -r state <"$WORK/state"
  case $state in
    ready)
      # Each in a line of its own: in a list of && a failure would not end the script, and what was unpacked be thrown away.
      say "finishing the restore that was interrupted"
      apply
      conclude
      ;;
    applied) conclude ;;
    *) rm -rf "$WORK" ;; # nothing had been touched
  esac
}

# Whether the containers start is another matter: a next restore, of an older backup, must not wait for these.
conclude() {
  local status=0
  start_stack || status=$?
  rm -rf "$WORK"
  ((status == 0)) || fail 1 "everything is restored, but the containers do not start. Type: cd $APP_HOME && docker-compose logs"
  say "restored"
}

archive='' yes='' wait='' list='' check='' latest='' recover=''
for word; do
  case $word in
    --list) list=yes ;;
    --check) check=yes ;;
    --latest) latest=yes ;;
    --recover) recover=yes wait=yes ;;
    --yes | -y) yes=yes ;;
    --wait) wait=yes ;;
    -*) usage ;;
    *) [[ -z $archive ]] || usage && archive=$word ;;
  esac
done
if [[ -n $list ]]; then
  list_archives
  exit
fi
[[ -n $recover ]] || [[ -n $archive && -z $latest ]] || [[ -z $archive && -n $latest ]] || usage
if [[ -n $check ]]; then
  archive=$(find_archive "$archive")
  prepare "$archive"
  say "$archive is sound"
  # Then a rollback need not look whether the clone that is here could come to the release.
  ! holds_clone "$archive" || echo "brings back $APP_HOME"
  exit
fi
refuse_own_folder
take_lock
if [[ -n $recover ]]; then
  recover
  exit
fi
[[ ! -e $WORK/state ]] || recover
if [[ -n $latest ]]; then
  archive=$(newest_archive)
  [[ -n $archive ]] || fail 3 "there is no backup yet; type: sudo ${0%/*}/backup.sh daily"
else
  archive=$(find_archive "$archive")
fi
prepare "$archive"
ask "$archive"
say "saving what is there now"
BACKUP_LOCK_HELD=yes "${0%/*}/backup.sh" before_restore ||
  fail 3 "what is there now could not be saved (status $?), so nothing was replaced"
unpack "$archive"
apply
conclude
