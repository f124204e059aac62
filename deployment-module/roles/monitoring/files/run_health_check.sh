#!/bin/sh
# Run by the timer: keeps the health check's words, and tells the address that waits for them.
set -u
here=${0%/*}
# shellcheck source=/dev/null
. "$here/health_check.conf"
words=$("$here/health_check.sh")
status=$?
printf '%s %s\n' "$(date '+%Y-%m-%d %H:%M:%S')" "$(printf '%s\n' "$words" | tail -n 1)"
[ "$status" -eq 0 ] || printf '%s\n' "$words" | grep -v '^✔' | sed '$d; s/^/    /'
if [ -n "$PING_URL" ]; then
  [ "$status" -lt 2 ] || PING_URL=$PING_URL/fail
  # The address is a secret, so it goes by standard input, and not where `ps` shows it.
  printf '%s\n' "$words" >"${RUNTIME_DIRECTORY:-/tmp}/words"
  printf 'url = "%s"\n' "$PING_URL" |
    curl -fsS -m 20 --retry 3 -o /dev/null --data-binary "@${RUNTIME_DIRECTORY:-/tmp}/words" --config - ||
    echo "    the ping address could not be told"
fi
exit 0
