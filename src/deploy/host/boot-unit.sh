#!/bin/sh
# The systemd unit that settles at a boot what was open: looks at it, puts it there, takes it away.
#
#   boot-unit.sh look STATE UNIT
#   boot-unit.sh install STATE UNIT TEXT SETTLE-OPEN-SCRIPT
#   boot-unit.sh remove STATE UNIT
#
# Status 77: everything is ready in STATE, but this user may not use sudo without a password.
set -u
export LC_ALL=C
umask 077
state=$2 unit=$3
installed=/etc/systemd/system/$unit

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

look() {
  [ ! -d /run/systemd/system ] || echo systemd
  ! systemctl is-enabled --quiet "$unit" 2>/dev/null || echo enabled
  # The clone may be another than the unit was made for.
  if [ "$(cat "$state/unit" 2>/dev/null)" = "$unit" ] && [ -e "$state/settle-open.sh" ]; then echo ready; fi
  [ ! -e "$installed" ] || { echo text && sed 's/^/ /' "$installed"; }
}

install_unit() { # TEXT SCRIPT
  mkdir -p "$state" || exit 1
  put "$state/settle-open.sh" "$2" && put "$state/$unit" "$1" && put "$state/unit" "$unit" || exit 1
  as_root true 2>/dev/null || exit 77
  as_root install -m 644 "$state/$unit" "$installed" && as_root systemctl daemon-reload &&
    as_root systemctl --quiet enable "$unit"
}

# In one move: systemd may be about to read it.
put() { # FILE TEXT
  printf '%s' "$2" >"$1.new" && mv "$1.new" "$1"
}

remove_unit() {
  as_root true 2>/dev/null || exit 77
  as_root systemctl --quiet disable "$unit" 2>/dev/null
  as_root rm -f "$installed" && as_root systemctl daemon-reload && rm -f "$state/$unit" "$state/unit"
}

case $1 in
  look) look ;;
  install) install_unit "$4" "$5" ;;
  remove) remove_unit ;;
esac
