#!/bin/sh
# Brings the application's settings on the servers up to date, then ships a release to them: ./deploy.sh ENVIRONMENT [TAG]
set -eu
cd "$(dirname "$0")"

environment=${1:-}
tag=${2:-latest}
case $environment in
  help | -h | --help)
    echo "usage: ./deploy.sh <environment> [tag]"
    exit
    ;;
  '' | -*)
    echo "usage: ./deploy.sh <environment> [tag]" >&2
    exit 2
    ;;
esac

[ -e inventory/hosts.yml ] || {
  echo "deploy.sh: inventory/hosts.yml is missing; type: cp inventory/hosts.example.yml inventory/hosts.yml, and fill it in" >&2
  exit 3
}
# The settings name the release that is meant, so one that is not there is refused before they are written. Where the origin
# cannot be asked from here, the host asks.
found=0
[ "$tag" = latest ] || git ls-remote --exit-code origin "refs/tags/$tag" >/dev/null 2>&1 || found=$?
[ "$found" != 2 ] || {
  echo "deploy.sh: $tag is not on origin, and nothing was changed; type: git push origin refs/tags/$tag" >&2
  exit 3
}
echo "Deploying $tag to $environment"
if docker image inspect "${ANSIBLE_IMAGE:-tagship-ansible}" >/dev/null 2>&1; then
  ansible() { ./docker-ansible.sh "$@"; }
elif command -v ansible-playbook >/dev/null; then
  ansible() { ansible-playbook "$@"; }
else
  echo "deploy.sh: neither the image nor Ansible is here; type: ./docker-ansible.sh build" >&2
  exit 3
fi
# `latest` is no release: the highest one on the origin is meant.
set -- playbooks/configure_server.yml --tags app --limit "$environment"
[ "$tag" = latest ] || set -- "$@" --extra-vars "docker_tag=$tag"
ansible "$@"

# It waits until the release proves healthy, and brings the one before back when it does not. Its exit status is ours.
set -- deploy "$environment"
[ "$tag" = latest ] || set -- "$@" "$tag"
cd ..
if command -v tagship >/dev/null; then
  exec tagship "$@"
fi
exec npx --no-install tagship "$@"
