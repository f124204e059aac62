# shellcheck shell=bash disable=SC2034
# Where the lab keeps what: folders, the addresses of the hosts, and the locks that let several lab commands run at once.

LAB=${TAGSHIP_LAB:-/var/cache/tagship-lab}
# A second lab beside the first needs a folder and a network of its own.
LAB_NUMBER=${TAGSHIP_LAB_NUMBER:-213}
LAB_BRIDGE=tslab$LAB_NUMBER
LAB_NETWORK=10.$LAB_NUMBER.0
LAB_GATEWAY=$LAB_NETWORK.1
LAB_REGISTRY=$LAB_GATEWAY:5000
LAB_IDENTITY=$LAB/id_ed25519

make_folders() {
  mkdir -p "$LAB"/{cache,hosts,locks}
  touch "$LAB/addresses"
  # ext4 steps over each lately deleted inode when it makes a file: 8 s for a tree where one was deleted, 0.5 s elsewhere.
  # With this flag it places a new folder by its name, so a tree made under a fresh name lands elsewhere.
  chattr +T "$LAB/cache" "$LAB/hosts" 2>/dev/null || :
}

host_folder() { echo "$LAB/hosts/$1"; }
host_root() { echo "$LAB/hosts/$1/root"; }
host_exists() { [[ -d $LAB/hosts/$1/root ]]; }
host_suite() { cat "$LAB/hosts/$1/suite"; }

host_names() {
  local root
  for root in "$LAB"/hosts/*/root; do
    [[ ! -d $root ]] || basename "${root%/root}"
  done
}

# host_number NAME: the last part of its address, given once and remembered until everything is taken down.
host_number() {
  awk -v name="$1" '$1 == name { print $2; exit }' "$LAB/addresses"
}

assign_number() { # NAME, under the lock "addresses"
  local number
  [[ -z $(host_number "$1") ]] || return 0
  for number in {11..250}; do
    grep -q " $number\$" "$LAB/addresses" || break
    ((number < 250)) || fail 1 "all addresses are taken; free them with: scripts/lab down"
  done
  echo "$1 $number" >>"$LAB/addresses"
}

# The name that systemd knows it by; with "vb-" before it, a network interface's, which has 15 letters.
host_machine() { echo "tslab$LAB_NUMBER-$(host_number "$1")"; }

host_address() { echo "$LAB_NETWORK.$(host_number "$1")"; }

# with_lock NAME COMMAND...: one lab command at a time for each name.
with_lock() {
  local name=$1
  shift
  (
    flock -w 2 9 || {
      say "waiting for another lab command ($name)"
      flock 9
    }
    "$@"
  ) 9>>"$LAB/locks/$name"
}
