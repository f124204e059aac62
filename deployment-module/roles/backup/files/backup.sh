#!/bin/bash
# shellcheck disable=SC2153 # the settings are read by backup_common.sh
# Backups of the application, its volumes, nginx and certificates. Usage: backup.sh [daily|weekly|monthly|verify|stats] [--wait]
# Exit status: 0 done, 1 failed, 2 wrong usage, 3 refused and nothing was written, 7 another backup or restore is at work.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "${BASH_SOURCE[0]%/*}/backup_common.sh"

usage() {
  cat >&2 <<END
usage: ${0##*/} daily|weekly|monthly   make a backup, then delete those that are too old
       ${0##*/} verify                 read every backup that is there
       ${0##*/} stats                  what is there, and whether the newest can be read
       --wait                        wait for a backup or restore that is at work, an hour at most
END
  exit 2
}

# A name has seconds; two backups within one would have the same.
new_archive() { # PATH-AND-TIER
  local archive
  for _ in 1 2; do
    archive=$1_$(now +%Y%m%d_%H%M%S).tar.gz
    if [[ ! -e $archive ]]; then
      echo "$archive"
      return
    fi
    sleep 1
  done
  fail 3 "$archive is there already"
}

# make_backup TIER: leaves the path of the archive in $archive.
make_backup() {
  local tier=$1 folder=$BACKUPS/$1 stage=$BACKUPS/.stage name
  # What a power cut left behind, and what this run leaves if it fails: it would fill the disk until the next night.
  clear_halves
  trap clear_halves EXIT
  install -d -m 700 "$folder" "$stage" "$stage/files/.backup"
  collect_paths "$stage"
  refuse_short_disk "$stage"
  copy_databases "$stage"
  archive=$(new_archive "$folder/${PREFIX}_$tier")
  name=${archive##*/}
  write_manifest "$stage" "$tier"
  write_archive "$stage" "$folder/.$name.partial"
  read_archive "$folder/.$name.partial" "$stage"
  # The checksum comes first: an archive that can be seen has one.
  (cd "$folder" && sha256sum ".$name.partial" | sed "s/ \.$name\.partial\$/ $name/") >"$archive.sha256"
  sync "$archive.sha256" "$folder/.$name.partial"
  mv "$folder/.$name.partial" "$archive"
  sync "$folder"
  say "saved $archive ($(du -h "$archive" | cut -f1))"
}

clear_halves() { rm -rf "$BACKUPS/.stage" "$BACKUPS"/*/.*.partial; }

# Which of the configured paths are there, and the folders of the application's volumes.
collect_paths() { # STAGE
  local path
  paths=()
  for path in "${BACKUP_PATHS[@]}"; do
    # Of a folder that is a link, as to a larger disk, what it leads to is meant.
    if [[ -d $path ]]; then paths+=("${path%/}/."); elif [[ -e $path ]]; then paths+=("$path"); fi
  done
  : >"$1/files/.backup/volumes"
  if has_docker; then
    save_volumes "$1/files/.backup/volumes"
  fi
  ((${#paths[@]})) || {
    # As on a new host, where a restore has nothing to save.
    [[ $command != before_restore ]] || exit 0
    fail 3 "none of the folders to save is there: ${BACKUP_PATHS[*]}"
  }
}

# One line for each volume of the application: name, folder, labels.
save_volumes() { # FILE
  local name place labels
  while read -r name; do
    place=$(place_of_volume "$name")
    [[ -d $place ]] || { say "the volume $name is not on this host ($place): it is not saved" && continue; }
    labels=$(docker volume inspect --format '{{range $k, $v := .Labels}}{{$k}}={{$v}}	{{end}}' "$name")
    printf '%s\t%s\t%s\n' "$name" "$place" "$labels" >>"$1"
    paths+=("$place/.")
  done < <(app_volumes)
}

# What its containers mount, and what was made for its projects: they may be named otherwise than its folder. One that only
# begins with its name is another application's.
app_volumes() {
  local projects name owner
  projects=$({ app_containers '{{.Label "com.docker.compose.project"}}' --all && cat "$APP_HOME"/.git/tagship/releases/*/project; } 2>/dev/null || :)
  {
    app_containers '{{.ID}}' --all |
      xargs -r docker inspect --format '{{range .Mounts}}{{if eq .Type "volume"}}{{println .Name}}{{end}}{{end}}'
    docker volume ls --format '{{.Name}}	{{.Label "com.docker.compose.project"}}' | while IFS=$'\t' read -r name owner; do
      if [[ -n $owner ]] && grep -qxF -- "$owner" <<<"$PROJECT"$'\n'"$projects"; then echo "$name"; fi
    done
  } | sed '/^$/d' | sort -u
}

# Databases are copied beside the archive first, so both may be there at once, and compression is not counted on.
refuse_short_disk() { # STAGE
  local needed free
  # du complains of what was deleted while it looked, as the side files of databases are all the time.
  needed=$(($({ du -skc --apparent-size "${paths[@]}" 2>/dev/null || :; } | tail -n 1 | cut -f1) + RESERVE_MB * 1024))
  free=$(df -Pk "$BACKUPS" | awk 'NR == 2 { print $4 }')
  echo "$needed" >"$1/files/.backup/kilobytes"
  ((free >= needed)) ||
    fail 3 "the disk of $BACKUPS has $((free / 1024)) MB free, and a backup may need $((needed / 1024)) MB: nothing was written. Delete what is not needed there, or set backup_base_dir to another disk"
}

# A database that is written to while tar reads it would be torn; SQLite's own copy never is.
copy_databases() { # STAGE
  local file copy=$1/copy
  : >"$1/excluded"
  while IFS= read -r -d '' file; do
    [[ $(head -c 15 -- "$file" 2>/dev/null | tr -d '\0') == 'SQLite format 3' ]] || continue
    rm -f "$copy"
    if sqlite3 "$file" '.timeout 20000' ".backup $copy" 2>"$1/trouble" && [[ $(sqlite3 "$copy" 'PRAGMA quick_check') == ok ]]; then
      install -D -m 600 "$copy" "$1/files$file"
      chown --reference="$file" "$1/files$file"
      chmod --reference="$file" "$1/files$file"
      touch --reference="$file" "$1/files$file"
      printf '%s\n' "${file#/}" "${file#/}-wal" "${file#/}-shm" "${file#/}-journal" >>"$1/excluded"
    else
      say "$file is no sound SQLite database ($(head -n 1 "$1/trouble")): it is saved as it is"
      unsound=yes
    fi
  done < <(find "${paths[@]}" -type f \( -name '*.grist' -o -name '*.sqlite' -o -name '*.sqlite3' -o -name '*.db' -o -name '*.db3' \) -print0)
}

write_manifest() { # STAGE TIER
  {
    echo "format=1"
    echo "tier=$2"
    echo "made=$(now +%Y-%m-%dT%H:%M:%S%z)"
    echo "host=$(hostname)"
    echo "owner=$(id -u "$APP_USER" 2>/dev/null || echo 0):$(id -g "$APP_USER" 2>/dev/null || echo 0)"
  } >"$1/files/.backup/manifest"
  printf '%s\n' "${paths[@]%/.}" >"$1/files/.backup/paths"
}

# The copies of the databases are named ./opt/…, so that leaving opt/… out does not leave them out, too.
write_archive() { # STAGE FILE
  local status=0
  (cd "$1/files" && find . -type f -print0) >"$1/copies"
  tar --create --file="$2" --use-compress-program='gzip --rsyncable' --numeric-owner --acls --xattrs --sparse --warning=no-file-ignored \
    --transform='s,^\./,,S' --transform='s,/\./,/,S' --no-wildcards --anchored --exclude-from="$1/excluded" \
    --directory=/ "${paths[@]#/}" --directory="$1/files" --no-recursion --null --files-from="$1/copies" 2>"$1/trouble" || status=$?
  # 1: a file changed while it was read, as logs do.
  ((status <= 1)) || {
    sed 's/^/  /' "$1/trouble" >&2
    fail 1 "the archive could not be written; what was there before is untouched"
  }
  chmod 600 "$2"
}

# Reads back from the disk what was written: everything must be listed that was copied.
read_archive() { # FILE STAGE
  if ! tar --list --gzip --file="$1" >"$2/listing" 2>/dev/null || ! grep -qx '\.backup/manifest' "$2/listing"; then
    fail 1 "what was written cannot be read back: is the disk broken? Type: sudo dmesg | tail"
  fi
}

# Days count by the calendar, so that a backup made some seconds early or late stays as long as the others. The newest always stays.
delete_old() { # TIER DAYS
  local file
  while IFS= read -r file; do
    rm -f "$file" "$file.sha256"
    say "deleted $file, older than $2 days"
  done < <(archives_of "$1" | awk -v today="$(now +%Y%m%d)" -v keep="$2" '
    # Days since the year 0, in which March is the first month, so that leap days come last.
    function day(date, y, m) {
      y = substr(date, 1, 4); m = substr(date, 5, 2)
      if (m < 3) { y--; m += 12 }
      return 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * (m - 3) + 2) / 5) + substr(date, 7, 2)
    }
    previous != "" && day(today) - day(made) >= keep { print previous }
    { previous = $0; made = substr($0, length($0) - 21, 8) }')
}

# The repository's password and keys are in the environment file, never in the arguments.
# Each command names the next, as nothing else ends a list before `||`.
copy_off_site() { # ARCHIVE TIER
  local status=0
  [[ -e $OFFSITE_ENVIRONMENT ]] || return 0
  (
    set -a
    # shellcheck source=/dev/null
    . "$OFFSITE_ENVIRONMENT"
    { restic cat config >/dev/null 2>&1 || restic --quiet init; } &&
      restic --quiet backup --tag "$2" --host "$(hostname)" "$1" "$1.sha256" &&
      restic --quiet forget --tag "$2" --group-by host,tags --keep-within "$(keep_days "$2")d" --prune
  ) || status=$?
  ((status == 0)) || fail 1 "the backup is here, but could not be copied off-site (status $status)"
}

verify_all() {
  local file bad=0 count=0
  while read -r file; do
    count=$((count + 1))
    if is_sound "$file"; then echo "✔ $file"; else
      echo "✘ $file: $trouble"
      bad=$((bad + 1))
    fi
  done < <(all_archives)
  echo "$count backups, $bad of them broken"
  ((bad == 0))
}

show_stats() {
  local tier newest
  printf '%-16s %6s %8s  %s\n' TIER COUNT SIZE NEWEST
  for tier in daily weekly monthly before_restore; do
    [[ -d $BACKUPS/$tier ]] || continue
    newest=$(archives_of "$tier" | tail -n 1)
    printf '%-16s %6s %8s  %s\n' "$tier" "$(archives_of "$tier" | wc -l)" "$(du -sh "$BACKUPS/$tier" | cut -f1)" "${newest:-none}"
  done
  df -Ph "$BACKUPS" | awk 'NR == 2 { print "disk: " $4 " free of " $2 }'
  newest=$(newest_archive)
  [[ -n $newest ]] || return 0
  is_sound "$newest" || { echo "✘ the newest is broken: $newest: $trouble" && return 1; }
  echo "✔ the newest can be read: $newest"
}

command='' wait='' unsound=''
for word; do
  case $word in
    --wait) wait=yes ;;
    daily | weekly | monthly | before_restore | verify | stats) [[ -z $command ]] || usage && command=$word ;;
    *) usage ;;
  esac
done
case $command in
  '') usage ;;
  verify) verify_all ;;
  stats) show_stats ;;
  *)
    refuse_own_folder
    [[ -n ${BACKUP_LOCK_HELD:-} ]] || take_lock
    # A half-restored application would push whole ones out, night after night.
    ! grep -qsx ready "$BACKUPS/.restore/state" || [[ -n ${BACKUP_LOCK_HELD:-} ]] ||
      fail 3 "a restore was broken off: nothing was written. Finish it: sudo ${0%/*}/restore.sh --recover"
    make_backup "$command"
    delete_old "$command" "$(keep_days "$command")"
    [[ $command == before_restore ]] || copy_off_site "$archive" "$command"
    # A restore saves what is there all the same: a broken database is what it is called for.
    [[ -z $unsound || $command == before_restore ]] || fail 1 "$archive is complete, but a database in it is broken (see above)"
    ;;
esac
