# shellcheck shell=bash
# A Docker engine with Compose v2 on this machine: ensure_docker_engine, stop_docker_engine_we_started.
# Sourced by other scripts; uses what runs, else installs and starts it (Debian, root). Independent of the lab's hosts.

# shellcheck source-path=SCRIPTDIR
. "${BASH_SOURCE[0]%/*}/processes.sh"
. "${BASH_SOURCE[0]%/*}/debian-packages.sh"

DOCKER_ENGINE="${TAGSHIP_LAB:-/var/cache/tagship-lab}/engine"
# The lab's registry speaks plain http; to an engine that never meets it this changes nothing.
DOCKER_ENGINE_REGISTRY=10.${TAGSHIP_LAB_NUMBER:-213}.0.1:5000

ensure_docker_engine() {
  if ! docker_engine_answers; then
    refuse_without_root "no Docker engine answers (docker info)"
    install_docker_engine
    start_docker_engine
    wait_for_docker_engine
  fi
  docker compose version >/dev/null 2>&1 || install_compose_plugin
}

docker_engine_answers() { command -v docker >/dev/null && timeout 20 docker info >/dev/null 2>&1; }

refuse_without_root() {
  ((EUID == 0)) || fail 69 "$1, and only root may install or start one: start Docker, join the docker group, or run this with sudo"
}

install_docker_engine() {
  command -v dockerd >/dev/null || ensure_debian_packages docker.io tini # tini is its docker-init
  # Since trixie the client is a package of its own.
  command -v docker >/dev/null || ensure_debian_packages docker-cli
}

install_compose_plugin() {
  refuse_without_root "docker compose (v2) is missing"
  say "installing Docker Compose v2"
  unpack_compose_plugin /usr/local/lib/docker/cli-plugins/docker-compose ||
    fail 69 "could not get Compose v2 from Debian: install the docker compose plugin by hand, then run this again"
}

start_docker_engine() {
  say "starting the Docker engine"
  if [[ -d /run/systemd/system ]]; then
    quietly systemctl start docker.service
    return
  fi
  mkdir -p "$DOCKER_ENGINE"
  (
    flock 9
    running_pid "$DOCKER_ENGINE/process" >/dev/null && exit
    start_detached "$DOCKER_ENGINE/process" "$DOCKER_ENGINE/log" dockerd --data-root "$DOCKER_ENGINE/data" \
      --pidfile "$DOCKER_ENGINE/dockerd.pid" --insecure-registry "$DOCKER_ENGINE_REGISTRY"
  ) 9>"$DOCKER_ENGINE/lock"
}

wait_for_docker_engine() {
  local deadline=$((SECONDS + 60))
  until docker_engine_answers; do
    ((SECONDS < deadline)) || fail 1 "the Docker engine does not answer after 60 s; see $DOCKER_ENGINE/log"
    sleep 0.2
  done
}

# Leaves an engine alone that was there before us.
stop_docker_engine_we_started() {
  running_pid "$DOCKER_ENGINE/process" >/dev/null || return 0
  say "stopping the Docker engine"
  stop_process "$DOCKER_ENGINE/process" 30
}
