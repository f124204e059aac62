#!/usr/bin/env bash
# Docker for the demo: engine.sh state | up | down | image ID
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/lib/docker-engine.sh
. scripts/lib/docker-engine.sh

# bash acts on it when the step it waits for is done, so that no installation is ended half-way.
trap 'exit 130' TERM

state() { if docker_engine_answers; then echo running; else echo stopped; fi; }

up() {
  ensure_docker_engine
  command -v curl >/dev/null || ensure_debian_packages curl
}

# An engine somebody uses by now stays.
down() {
  [[ -z $(docker ps -q 2>/dev/null) ]] || return 0
  if [[ -d /run/systemd/system ]]; then
    quietly systemctl stop docker.socket docker.service
  else
    stop_docker_engine_we_started
  fi
}

# The base image of the demo's app: BusyBox and nothing else. Built, so that no registry is needed. Works in TMPDIR,
# which goes with the demo's workspace.
image() { # ID
  local work
  work=$(mktemp -d)
  static_busybox "$work/busybox"
  cat >"$work/Dockerfile" <<'END'
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
END
  # The classic builder is everywhere; its advice to install another one is not for the user of a demo.
  DOCKER_BUILDKIT=0 quietly docker build --quiet --label "tagship.demo=$1" --tag "tagship-demo/busybox:$1" "$work"
}

static_busybox() { # FILE
  local own
  own=$(command -v busybox || :)
  if [[ -n $own ]] && ! ldd "$own" >/dev/null 2>&1; then
    cp "$own" "$1"
  else
    unpack_own_busybox "$1"
  fi
}

# Unpacked and not installed: it would push Debian's usual BusyBox off the machine.
unpack_own_busybox() { # FILE
  local work
  work=$(dirname "$1")/package
  mkdir "$work"
  cd "$work"
  download_busybox || { update_package_lists && download_busybox; } || fail 69 "could not get busybox-static from Debian"
  dpkg -x ./*.deb .
  find . -path '*bin/busybox' -exec cp {} "$1" \;
}

download_busybox() { apt-get -qq -o APT::Sandbox::User=root download busybox-static >/dev/null 2>&1; }

"$@"
