# shellcheck shell=bash
# Debian packages: installs what this machine lacks, and unpacks single packages of another Debian suite.
# The mirror is always the one this machine's own apt uses.

# shellcheck source-path=SCRIPTDIR
. "${BASH_SOURCE[0]%/*}/progress.sh"

# ensure_debian_packages PACKAGE...
ensure_debian_packages() {
  local missing=() package
  for package; do
    debian_package_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || fail 69 "needs ${missing[*]}, and this is not Debian: install them by hand"
  ((EUID == 0)) || fail 69 "needs Debian packages; type: sudo apt-get install ${missing[*]}"

  say "installing ${missing[*]}"
  apt-cache show "${missing[@]}" >/dev/null 2>&1 || update_package_lists
  # Lists that are there may still be too old for the mirror: refresh them, then the second failure counts.
  install_debian_packages "${missing[@]}" 2>/dev/null || {
    update_package_lists
    install_debian_packages "${missing[@]}"
  }
}

debian_package_installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

install_debian_packages() {
  quietly env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq -y --no-install-recommends install "$@"
}

update_package_lists() { quietly apt-get -o DPkg::Lock::Timeout=300 -qq update; }

# debian_sources SUITE: this machine's own Debian mirror as sources.list lines for SUITE; nothing when it has none.
debian_sources() {
  local own
  own=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  [[ -n $(debian_repositories) ]] || update_package_lists
  debian_repositories | awk -F'|' -v own="$own" -v suite="$1" '
    $2 == own || $2 == own "-updates" || $2 == own "-security" {
      sub("^" own, suite, $2)
      print "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] " $1 " " $2 " main"
    }' | sort -u
}

debian_repositories() {
  # shellcheck disable=SC2016 # the $(NAMES) are apt's
  apt-get indextargets --format '$(REPO_URI)|$(CODENAME)|$(ORIGIN)' 'Created-By: Packages' | grep '|Debian$' || :
}

# apt_fetch_options: how this machine's apt reaches its mirror (proxies, clock checks), as lines for another apt.conf.
apt_fetch_options() { apt-config dump | grep -E '^Acquire::(https?|Check-[^:]*)(::[^ ]*)? "[^"]' || :; }

# unpack_debian_package SUITE PACKAGE FOLDER: unpacks it there without installing it, so that no service starts and
# a package of another suite does not pull its own libraries in.
unpack_debian_package() {
  local work status=0
  work=$(mktemp -d)
  download_debian_package "$1" "$2" "$work" && mkdir -p "$3" && dpkg -x "$work"/*.deb "$3" || status=$?
  rm -rf "$work"
  return "$status"
}

download_debian_package() { # SUITE PACKAGE FOLDER
  local apt=(apt-get -qq -o Dir::Etc::SourceList="$3/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::State::Lists="$3/lists" -o Dir::Cache="$3/cache" -o Acquire::Languages=none -o APT::Sandbox::User=root)
  mkdir -p "$3/lists/partial" "$3/cache/archives/partial"
  debian_sources "$1" >"$3/sources.list"
  [[ -s $3/sources.list ]] || { say "this machine's apt sources name no Debian mirror"; return 1; }
  quietly "${apt[@]}" update && (cd "$3" && quietly "${apt[@]}" download "$2")
}

# unpack_compose_plugin FILE: Compose v2 as a docker CLI plugin. Debian has it since trixie; the static binary runs on bookworm too.
unpack_compose_plugin() {
  local work status=0
  work=$(mktemp -d)
  unpack_debian_package trixie docker-compose "$work" &&
    install -D -m 755 "$work/usr/libexec/docker/cli-plugins/docker-compose" "$1" || status=$?
  rm -rf "$work"
  return "$status"
}
