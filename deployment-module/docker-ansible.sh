#!/bin/sh
# Runs Ansible in a Docker image, so that nothing but Docker has to be installed here. Type: ./docker-ansible.sh help
set -eu
# What the environment names is meant as seen from where this is typed.
whole() { case $1 in '' | /*) echo "$1" ;; *) echo "$PWD/$1" ;; esac; }
ssh_dir=$(whole "${ANSIBLE_SSH_DIR:-$HOME/.ssh}")
vault_password=$(whole "${ANSIBLE_VAULT_PASSWORD_FILE:-}")
cd "$(dirname "$0")"

image=${ANSIBLE_IMAGE:-tagship-ansible}

usage() {
  cat <<'END'
./docker-ansible.sh build                       build the image, once
./docker-ansible.sh ping [PATTERN] [...]        log in on every host of inventory/hosts.yml; the rest goes to ansible
./docker-ansible.sh playbooks/NAME.yml [...]    run a playbook; everything after it goes to ansible-playbook:
                                                --check --diff, --tags NAMES, --limit HOST, --extra-vars …, -vv
./docker-ansible.sh shell                       a shell in the image, for ansible, ansible-vault and the like
./docker-ansible.sh help

Keys, config and known_hosts come from ~/.ssh (or ANSIBLE_SSH_DIR), mounted read-only; an ssh agent is passed on.
Environment: ANSIBLE_BASE_IMAGE (of `build`; debian:bookworm-slim), ANSIBLE_IMAGE (name of the image; tagship-ansible),
ANSIBLE_VAULT_PASSWORD_FILE.
END
}

fail() { # STATUS WORDS
  status=$1
  shift
  echo "docker-ansible.sh: $*" >&2
  exit "$status"
}

need_docker() {
  command -v docker >/dev/null || fail 3 "docker is not installed here; with Ansible installed, type: ansible-playbook playbooks/configure_server.yml"
  docker info >/dev/null 2>&1 || fail 3 "the Docker engine does not answer; type: docker info"
}

need_image() {
  need_docker
  docker image inspect "$image" >/dev/null 2>&1 || fail 3 "the image $image is not built yet; type: ./docker-ansible.sh build"
}

need_inventory() {
  for word; do
    case $word in -i | -i* | --inventory | --inventory=*) return ;; esac
  done
  [ -e inventory/hosts.yml ] || fail 3 "inventory/hosts.yml is missing; type: cp inventory/hosts.example.yml inventory/hosts.yml, and fill it in"
}

build() {
  need_docker
  docker build ${ANSIBLE_BASE_IMAGE:+--build-arg "BASE=$ANSIBLE_BASE_IMAGE"} --tag "$image" .
}

# run COMMAND...: in the image, with this folder at /work.
run() {
  [ ! -d "$ssh_dir" ] || set -- --volume "$ssh_dir:/ssh:ro" "$image" "$@"
  [ -d "$ssh_dir" ] || set -- "$image" "$@"
  [ ! -S "${SSH_AUTH_SOCK:-}" ] || set -- --volume "$SSH_AUTH_SOCK:/agent" --env SSH_AUTH_SOCK=/agent "$@"
  [ -z "$vault_password" ] || [ -f "$vault_password" ] || fail 2 "there is no $vault_password (ANSIBLE_VAULT_PASSWORD_FILE)"
  [ -z "$vault_password" ] ||
    set -- --volume "$vault_password:/vault-password:ro" --env ANSIBLE_VAULT_PASSWORD_FILE=/vault-password "$@"
  for name in ANSIBLE_STDOUT_CALLBACK ANSIBLE_FORCE_COLOR NO_COLOR ANSIBLE_NOCOLOR ANSIBLE_HOST_PATTERN_MISMATCH; do
    eval "value=\${$name:-}"
    [ -z "$value" ] || set -- --env "$name" "$@"
  done
  { [ ! -t 0 ] || [ ! -t 1 ]; } || set -- --tty "$@"
  # The network of this machine, so that names and routes of the local network (and ProxyJump) are the same.
  exec docker run --rm --interactive --init --network host --volume "$PWD:/work:ro" --tmpfs /root/.ssh:mode=0700 --tmpfs /root/.ansible "$@"
}

[ $# -gt 0 ] || { usage >&2 && exit 2; }
command=$1
case $command in
  build) build ;;
  ping)
    shift
    need_inventory "$@"
    need_image
    case ${1:-} in '' | -*) set -- all "$@" ;; esac
    # A name that no server has is an error, and not "nothing to do" with exit status 0.
    export ANSIBLE_HOST_PATTERN_MISMATCH=error
    run ansible "$@" --module-name ansible.builtin.ping
    ;;
  shell)
    need_image
    run bash
    ;;
  help | -h | --help) usage ;;
  *.yml | *.yaml)
    [ -e "$command" ] || fail 2 "there is no playbook $command"
    need_inventory "$@"
    need_image
    run ansible-playbook "$@"
    ;;
  *) fail 2 "there is no command '$command'; type: ./docker-ansible.sh help" ;;
esac
