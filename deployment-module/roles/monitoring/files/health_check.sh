#!/bin/sh
# Whether this server is well: sudo health_check.sh [--json]. Exit status: 0 well, 1 warnings, 2 critical, 3 wrong usage.
set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin
export LC_ALL=C
conf=${HEALTH_CONF:-${0%/*}/health_check.conf}
# shellcheck source=/dev/null
. "$conf" || exit 3

json=''
case ${1:-} in
  '') ;;
  --json) json=yes ;;
  *) echo "usage: ${0##*/} [--json]" >&2 && exit 3 ;;
esac

worst=0
results=''
newline='
'

# report LEVEL CHECK WORDS: LEVEL is ok, warning or critical.
report() {
  case $1 in
    warning) [ "$worst" -gt 1 ] || worst=1 ;;
    critical) worst=2 ;;
  esac
  results="$results$1	$2	$3$newline"
}

# compare CHECK VALUE WARN CRITICAL WORDS: the more the worse. What is not a whole number could not be measured.
compare() {
  case $2 in
    '' | *[!0-9]*) report warning "$1" "could not be measured" && return ;;
  esac
  if [ "$2" -ge "$4" ]; then
    report critical "$1" "$5 (limit $4)"
  elif [ "$2" -ge "$3" ]; then
    report warning "$1" "$5 (limit $3)"
  else
    report ok "$1" "$5"
  fi
}

check_load() {
  processors=$(nproc)
  load=$(cut -d' ' -f2 /proc/loadavg)
  each=$(awk -v load="$load" -v n="$processors" 'BEGIN { printf "%d", load / n }')
  compare cpu "$each" "$LOAD_WARN" "$LOAD_CRITICAL" "load $load on $processors processors over 5 minutes"
}

check_memory() {
  used=$(awk '$1 == "MemTotal:" { all = $2 } $1 == "MemAvailable:" { free = $2 } END { if (all) printf "%d", (all - free) * 100 / all }' /proc/meminfo)
  compare memory "$used" "$MEMORY_WARN" "$MEMORY_CRITICAL" "$used % in use"
}

# Every file system that is written to, once: bind mounts and containers show the same one again.
check_disks() {
  df -P -x tmpfs -x devtmpfs -x overlay -x squashfs -x efivarfs 2>/dev/null | awk 'NR > 1 && !seen[$1]++ { sub("%", "", $5); print $6, $5 }' >"$work/disks"
  while read -r place used; do
    compare "disk $place" "$used" "$DISK_WARN" "$DISK_CRITICAL" "$used % in use"
    # Some file systems count no inodes.
    inodes=$(df -Pi "$place" 2>/dev/null | awk 'NR == 2 { sub("%", "", $5); print $5 }')
    [ "$inodes" = - ] || compare "inodes $place" "$inodes" "$DISK_WARN" "$DISK_CRITICAL" "$inodes % in use"
  done <"$work/disks"
}

check_temperature() {
  [ -r "$ROOT/sys/class/thermal/thermal_zone0/temp" ] || return 0
  degrees=$(($(cat "$ROOT/sys/class/thermal/thermal_zone0/temp") / 1000))
  compare temperature "$degrees" "$TEMPERATURE_WARN" "$TEMPERATURE_CRITICAL" "$degrees °C"
}

# vcgencmd is a Pi's own: bits 0-3 tell what is so now, bits 16-19 what has been since the start.
check_throttling() {
  command -v vcgencmd >/dev/null || return 0
  flags=$(vcgencmd get_throttled 2>/dev/null | sed -n 's/^throttled=\(0x[0-9a-fA-F]*\)$/\1/p')
  [ -n "$flags" ] || { report warning power "vcgencmd tells nothing" && return; }
  if [ $((flags & 1)) -ne 0 ]; then
    report critical power "the voltage is too low now: change the power supply"
  elif [ $((flags & 14)) -ne 0 ]; then
    report warning power "slowed down now, too hot or short of power ($flags)"
  elif [ $((flags & 983040)) -ne 0 ]; then
    report warning power "was short of power or too hot since the start ($flags)"
  else
    report ok power "as it should be"
  fi
}

check_containers() {
  command -v docker >/dev/null || return 0
  if ! timeout 20 docker ps -a --format '{{.Names}}	{{.State}}	{{.Status}}' >"$work/containers" 2>/dev/null; then
    report critical containers "the Docker engine does not answer"
    return
  fi
  running=0 bad=''
  while IFS='	' read -r name state status; do
    case $state/$status in
      running/*'(unhealthy)'*) bad="$bad $name is unhealthy;" ;;
      running/*) running=$((running + 1)) ;;
      restarting/*) bad="$bad $name restarts again and again;" ;;
      # One that did its work (status 0) has ended rightly, unless it is one that is to run for ever.
      exited/* | dead/*)
        case $(docker inspect --format '{{.HostConfig.RestartPolicy.Name}} {{.State.ExitCode}}' "$name" 2>/dev/null) in
          'no 0' | 'on-failure 0') ;;
          always* | unless-stopped*) bad="$bad $name has stopped;" ;;
          *) bad="$bad $name has failed;" ;;
        esac
        ;;
    esac
  done <"$work/containers"
  if [ -n "$bad" ]; then
    report critical containers "${bad# }"
  else
    report ok containers "$running running"
  fi
}

check_nginx() {
  command -v nginx >/dev/null || return 0
  if ! systemctl --quiet is-active nginx; then
    report critical nginx "does not run"
  elif ! nginx -t 2>/dev/null; then
    report warning nginx "runs, but its files are broken: it would not start again (sudo nginx -t)"
  else
    report ok nginx "runs"
  fi
}

# The application's own answer, through nginx.
check_application() {
  command -v nginx >/dev/null && command -v curl >/dev/null && [ -n "$APP_HEALTH_URL" ] || return 0
  status=$(curl -s -o /dev/null -m 10 -w '%{http_code}' "$APP_HEALTH_URL")
  case $status in
    200) report ok application "answers" ;;
    000) report critical application "no answer at $APP_HEALTH_URL" ;;
    *) report critical application "status $status at $APP_HEALTH_URL" ;;
  esac
}

# The file that nginx serves; whether it was reloaded since, check-cert-expiry.sh asks nginx itself.
check_certificate() {
  [ -r "$CERTIFICATE" ] || return 0
  until=$(openssl x509 -in "$CERTIFICATE" -noout -enddate 2>/dev/null | cut -d= -f2)
  [ -n "$until" ] || { report critical certificate "cannot be read: $CERTIFICATE" && return; }
  days=$((($(date -d "$until" +%s) - $(date +%s)) / 86400))
  if [ "$days" -lt "$CERTIFICATE_CRITICAL" ]; then
    report critical certificate "ends in $days days"
  elif [ "$days" -lt "$CERTIFICATE_WARN" ]; then
    report warning certificate "ends in $days days"
  else
    report ok certificate "good for $days days"
  fi
}

check_backup() {
  [ -d "$BACKUPS" ] || return 0
  newest=$(find "$BACKUPS/daily" -maxdepth 1 -name '*.tar.gz' -printf '%T@\n' 2>/dev/null | sort -n | tail -n 1 | cut -d. -f1)
  # Before the first night there is none, and that is nobody's fault.
  [ -n "$newest" ] || newest=$(stat -c %Y "$conf")
  hours=$((($(date +%s) - newest) / 3600))
  compare backup "$hours" "$BACKUP_WARN" "$BACKUP_CRITICAL" "the last one is $hours hours old"
}

check_units() {
  failed=$(systemctl --failed --plain --no-legend 2>/dev/null | awk '{ printf "%s ", $1 }')
  if [ -n "$failed" ]; then
    report critical units "failed: ${failed% }"
  else
    report ok units "none has failed"
  fi
}

print_table() {
  printf '%s' "$results" | while IFS='	' read -r level check words; do
    case $level in ok) mark=✔ ;; warning) mark=! ;; *) mark=✘ ;; esac
    printf '%s %-16s %s\n' "$mark" "$check" "$words"
  done
  case $worst in
    0) echo "all is well" ;;
    1) echo "there are warnings" ;;
    2) echo "something is wrong" ;;
  esac
}

print_json() {
  printf '%s' "$results" | awk -F'\t' -v worst="$worst" '
    function text(s) { gsub(/\\/, "&&", s); gsub(/"/, "\\\"", s); gsub(/[[:cntrl:]]/, " ", s); return "\"" s "\"" }
    BEGIN { split("ok warning critical", names, " "); printf "{\"status\":\"%s\",\"checks\":[", names[worst + 1] }
    { printf "%s{\"check\":%s,\"status\":%s,\"message\":%s}", (NR > 1 ? "," : ""), text($2), text($1), text($3) }
    END { print "]}" }'
}

work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
ROOT=${ROOT:-}
check_load
check_memory
check_disks
check_temperature
check_throttling
check_units
check_containers
check_nginx
check_application
check_certificate
check_backup
if [ -n "$json" ]; then print_json; else print_table; fi
exit "$worst"
