# shellcheck shell=bash disable=SC2034
# What backup.sh and restore.sh share: settings, the lock, and how archives are found and proved.

# shellcheck source=/dev/null
. "${BACKUP_CONF:-/opt/scripts/backup.conf}"
umask 077

say() { printf '%s\n' "$*" >&2; }

fail() { # STATUS WORDS
  local status=$1
  shift
  say "${0##*/}: $*"
  exit "$status"
}

((EUID == 0)) || fail 2 "needs root; type: sudo $0 $*"

# The tests set a day of their own.
now() { date ${BACKUP_NOW:+--date="@$BACKUP_NOW"} "$@"; }

keep_days() { # TIER
  case $1 in
    daily) echo "$KEEP_DAILY" ;;
    weekly) echo "$KEEP_WEEKLY" ;;
    *) echo "$KEEP_MONTHLY" ;;
  esac
}

# A restore makes a folder the same as in the archive: backups in it would be gone.
refuse_own_folder() {
  local path
  for path in "${BACKUP_PATHS[@]}"; do
    [[ $(readlink -m "$BACKUPS")/ != "$(readlink -m "$path")"/* ]] ||
      fail 3 "backups are to be in $BACKUPS, which is in what they save ($path); set backup_base_dir to another folder"
  done
}

# An engine that is set up and does not answer is refused: volumes would be left out, and containers may be running all the same.
has_docker() {
  command -v docker >/dev/null || return 1
  timeout 60 docker info >/dev/null 2>&1 && return 0
  [[ ! -d /run/systemd/system ]] || ! systemctl --quiet is-enabled docker 2>/dev/null ||
    fail 3 "the Docker engine does not answer, and without it volumes can be neither saved nor restored; type: sudo systemctl restart docker"
  return 1
}

# The application's containers, by the folder they were started in, whoever started them: that of its Compose file, which may
# be one below.
app_containers() { # FORMAT [--all]
  # shellcheck disable=SC2086 # nothing or an option
  docker ps --no-trunc ${2:-} --format "{{.Label \"com.docker.compose.project.working_dir\"}}	$1" |
    awk -F'\t' -v home="$APP_HOME" -v real="$(readlink -m "$APP_HOME")" '
      $1 == home || $1 == real || index($1, home "/") == 1 || index($1, real "/") == 1 { print $2 }'
}

# Where a volume has its data: one that is bound to a folder shows them only while it is mounted.
place_of_volume() {
  docker volume inspect --format '{{$device := ""}}{{with .Options}}{{$device = .device}}{{end}}{{if $device}}{{$device}}{{else}}{{.Mountpoint}}{{end}}' "$1"
}

# One at a time, backups and restores alike. The kernel lets the lock go when its holder dies.
take_lock() {
  mkdir -p "$BACKUPS"
  exec 9>>"$BACKUPS/.lock"
  flock --exclusive --wait "$([[ -n ${wait:-} ]] && echo 3600 || echo 0)" 9 ||
    fail 7 "another backup or restore is at work; wait for it, or add --wait"
}

archives_of() { # TIER, the oldest first
  [[ -d $BACKUPS/$1 ]] || return 0
  find "$BACKUPS/$1" -maxdepth 1 -type f -name "${PREFIX}_*_[0-9]*_[0-9]*.tar.gz" | sort
}

all_archives() {
  local tier
  for tier in daily weekly monthly before_restore; do archives_of "$tier"; done
}

newest_archive() {
  local tier
  for tier in daily weekly monthly; do archives_of "$tier"; done | sed -E 's,^(.*_([0-9]{8}_[0-9]{6})\.tar\.gz)$,\2 \1,' | sort | tail -n 1 | cut -d' ' -f2-
}

# is_sound ARCHIVE: leaves in $trouble why it is not.
is_sound() {
  trouble=''
  if [[ ! -s $1.sha256 ]]; then
    trouble='its checksum is missing'
  elif [[ $(sha256sum <"$1" | cut -d' ' -f1) != "$(cut -d' ' -f1 "$1.sha256")" ]]; then
    trouble='its bytes are not those that were written'
  elif ! tar --list --gzip --file="$1" >/dev/null 2>&1; then
    trouble='it cannot be read to its end'
  fi
  [[ -z $trouble ]]
}
