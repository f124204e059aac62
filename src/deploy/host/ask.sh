# shellcheck shell=sh
# Prints the status of the answer, nothing when there was none. The host asks itself: not through a proxy.
ask() { # URL [BODY-FILE ERROR-FILE]
  no_proxy=127.0.0.1,localhost,::1${no_proxy:+,$no_proxy}
  export no_proxy
  if command -v curl >/dev/null; then
    code=$(curl -q -g -sS -o "${2:-/dev/null}" -w '%{http_code}' --max-time 5 "$1" 2>"${3:-/dev/null}") || code=
  else
    # GNU wget keeps an error page only when told to, BusyBox does not know the option.
    code=$(timeout 6 wget -q -S -O "${2:-/dev/null}" -T 5 -t 1 "$1" 2>&1 | tee "${3:-/dev/null}" | sed -n 's/^ *HTTP\/[0-9.]* \([0-9][0-9]*\).*/\1/p' | tail -n 1)
  fi
  [ "$code" = 000 ] || printf '%s' "$code"
}
