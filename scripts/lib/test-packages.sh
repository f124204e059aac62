# shellcheck shell=bash
# The Debian programs that tests run, or compare with: git's peers, signers, tracers, Ansible and its linters, what hosts have.
# shellcheck source-path=SCRIPTDIR
. "${BASH_SOURCE[0]%/*}/debian-packages.sh"

# Elsewhere than on Debian as root, tests that lack one are skipped and say so.
ensure_test_packages() {
  if ((EUID == 0)) && command -v apt-get >/dev/null; then
    ensure_debian_packages git git-flow gnupg openssh-client procps shellcheck strace \
      ansible ansible-lint yamllint pebble ssh-audit curl sqlite3 rsync \
      busybox-static # which the lab needs, and which takes busybox away while it comes: not in the middle of a test
  fi
}
