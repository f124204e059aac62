# shellcheck shell=bash
# gitleaks for tests and comparisons: ensure_gitleaks prints the path of one. Needs debian-packages.sh.

# What is on PATH, else Debian's own. Debian has it since trixie; the static binary runs on bookworm too.
ensure_gitleaks() {
  local kept="${TAGSHIP_LAB:-/var/cache/tagship-lab}/gitleaks" work status=0
  command -v gitleaks && return
  [[ ! -x $kept/gitleaks ]] || { echo "$kept/gitleaks" && return; }
  command -v apt-get >/dev/null || fail 69 "gitleaks is not on PATH, and this is not Debian: install it by hand"
  ((EUID == 0)) || fail 69 "gitleaks is not on PATH, and only root can have it unpacked from Debian"
  say "fetching gitleaks"
  work=$(mktemp -d)
  # Moved into its place whole: others may look for it at the same time.
  unpack_debian_package trixie gitleaks "$work" && mkdir -p "$kept" && mv "$work/usr/bin/gitleaks" "$kept/gitleaks.$$" &&
    mv "$kept/gitleaks.$$" "$kept/gitleaks" || status=$?
  rm -rf "$work"
  ((status == 0)) || fail 69 "could not get gitleaks from Debian: install it by hand"
  echo "$kept/gitleaks"
}
