# shellcheck shell=bash
# The lab's image registry: Debian's docker-registry on the bridge address, plain http, no login, deletes allowed.

ensure_registry() {
  running_pid "$LAB/registry/process" >/dev/null && return
  local program=$LAB/cache/docker-registry
  # Unpacked and not installed: the package would start a service of its own on port 5000.
  if [[ ! -x $program/usr/bin/docker-registry ]]; then
    say "fetching the image registry"
    unpack_debian_package "$(. /etc/os-release && echo "$VERSION_CODENAME")" docker-registry "$program"
  fi
  mkdir -p "$LAB/registry"
  write_registry_settings >"$LAB/registry/config.yml"
  start_detached "$LAB/registry/process" "$LAB/registry/log" \
    "$program/usr/bin/docker-registry" serve "$LAB/registry/config.yml"
  wait_for_registry
}

write_registry_settings() {
  cat <<END
version: 0.1
log: { level: warn, accesslog: { disabled: true } }
storage:
  filesystem: { rootdirectory: $LAB/registry/data }
  delete: { enabled: true }
http: { addr: "$LAB_REGISTRY" }
END
}

wait_for_registry() {
  local deadline=$((SECONDS + 20))
  until registry_answers; do
    running_pid "$LAB/registry/process" >/dev/null || fail 1 "the registry does not start; see $LAB/registry/log"
    ((SECONDS < deadline)) || fail 1 "the registry does not answer; see $LAB/registry/log"
    sleep 0.05
  done
}

registry_answers() { (exec 3<>"/dev/tcp/${LAB_REGISTRY%:*}/${LAB_REGISTRY#*:}") 2>/dev/null; }

stop_registry() { stop_process "$LAB/registry/process" 10; }
