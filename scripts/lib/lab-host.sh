# shellcheck shell=bash
# One test Pi: its tree, boot, power cut, clean stop, and what is known about it.

host_running() { running_pid "$LAB/hosts/$1/process" >/dev/null; }

# init is nspawn's child; it is the first process of its own pid namespace.
host_init() { # NAME
  local nspawn children pid
  nspawn=$(running_pid "$LAB/hosts/$1/process") || return 1
  read -ra children < <(cat "/proc/$nspawn/task/$nspawn/children" && echo)
  for pid in "${children[@]}"; do
    awk '$1 == "NSpid:" && NF > 2 && $NF == 1 { found = 1 } END { exit !found }' "/proc/$pid/status" || continue
    echo "$pid"
    return
  done
  return 1
}

# inside NAME COMMAND...: as root, without the network.
inside() {
  local init
  init=$(host_init "$1") || return 1
  shift
  nsenter --target "$init" --mount --uts --ipc --net --pid --cgroup -- "$@"
}

# over_ssh NAME COMMAND...: as user pi, with the same files a deployment uses.
over_ssh() {
  local name=$1
  shift
  ssh -F /dev/null -i "$LAB_IDENTITY" -o BatchMode=yes -o ConnectTimeout=2 -o ServerAliveInterval=5 -o LogLevel=ERROR -o StrictHostKeyChecking=yes \
    -o UserKnownHostsFile="$(host_folder "$name")/known_hosts" -o IdentitiesOnly=yes "pi@$(host_address "$name")" "$@"
}

create_host() { # NAME SUITE
  local folder tree
  folder=$(host_folder "$1")
  tree=$LAB/hosts/.$1.new.$RANDOM$RANDOM # fresh, see make_folders
  say "$1: copying the $2 tree"
  rm -rf --one-file-system "$folder" "$LAB/hosts/.$1.new."*
  mkdir -p "$folder"
  cp -a --reflink=auto "$(base_tree "$2")" "$tree"
  make_personal "$1" "$tree"
  echo "$2" >"$folder/suite"
  mv "$tree" "$folder/root"
}

make_personal() { # NAME TREE
  local address key=$2/etc/ssh/ssh_host_ed25519_key
  address=$(host_address "$1")
  echo "$1" >"$2/etc/hostname"
  printf '127.0.0.1 localhost\n127.0.1.1 %s\n::1 localhost\n' "$1" >"$2/etc/hosts"
  upstream_resolv_conf >"$2/etc/resolv.conf"
  printf '[Match]\nName=host0\n[Network]\nAddress=%s/24\nGateway=%s\n' "$address" "$LAB_GATEWAY" >"$2/etc/systemd/network/10-lab.network"
  ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$key"
  echo "$address $(cut -d' ' -f1,2 "$key.pub")" >"$(host_folder "$1")/known_hosts"
  install -m 600 -o 1000 -g 1000 "$LAB_IDENTITY.pub" "$2/home/pi/.ssh/authorized_keys"
}

# A resolver on this machine's own loopback cannot be reached from a host: take the one behind it.
upstream_resolv_conf() {
  if grep -q '^nameserver 127\.' /etc/resolv.conf && [[ -s /run/systemd/resolve/resolv.conf ]]; then
    cat /run/systemd/resolve/resolv.conf
  else
    cat /etc/resolv.conf
  fi
}

boot_host() { # NAME
  refuse_tree_in_use "$1"
  say "$1: booting"
  rm -f "$(host_folder "$1")/cut"
  remove_cgroups "$(host_folder "$1")/cgroups"
  forget_neighbour "$1" # its power may have gone while its link was cut
  (start_nspawn "$1") # a subshell, as it moves to other control groups
}

start_nspawn() { # NAME
  local folder machine unit=() env=()
  folder=$(host_folder "$1")
  machine=$(host_machine "$1")
  # Where systemd runs, nspawn asks it for a unit; elsewhere there is nobody to ask.
  if [[ ! -d /run/systemd/system ]]; then
    unit=(--keep-unit)
    enter_own_cgroups "$machine" "$folder/cgroups"
  fi
  # trixie's systemd refuses control groups v1.
  [[ $(host_suite "$1") == bookworm* ]] || env=(SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1)
  # Never --capability=all or SYSTEMD_SECCOMP=0: hosts could then set this machine's clock and swap.
  start_detached "$folder/process" "$folder/console.log" env "${env[@]}" systemd-nspawn --quiet --settings=no \
    --directory="$folder/root" --machine="$machine" --network-bridge="$LAB_BRIDGE" --boot --register=no "${unit[@]}" \
    --system-call-filter="add_key keyctl bpf" --resolv-conf=off --timezone=off --link-journal=no
}

wait_until_ready() { # NAME
  # With many apps to bring back after a power cut, on a slow machine.
  local deadline=$((SECONDS + 300))
  local probe=(timeout 20 docker info)
  [[ $(host_suite "$1") != *-bare ]] || probe=(true)
  until over_ssh "$1" "${probe[@]}" >/dev/null 2>&1 </dev/null; do
    host_running "$1" || fail 1 "$1 does not boot; see $(host_folder "$1")/console.log"
    ((SECONDS < deadline)) || fail 1 "$1 runs, but ssh or docker on it does not answer; look inside with: scripts/lab shell $1"
    sleep 0.1
  done
}

# A live process in the tree means that its nspawn was killed from outside: a second boot, or deleting it, would do damage.
refuse_tree_in_use() { # NAME
  local process tree
  tree=$(host_root "$1")
  for process in /proc/[0-9]*; do
    [[ ! $process/root -ef $tree ]] || fail 1 "$1 runs on without its systemd-nspawn; type: kill -KILL ${process#/proc/}, then try again"
  done
}

# A power cut: everything inside dies at once with init. Killing nspawn instead would leave the host running.
cut_power() { # NAME
  kill -KILL "$(host_init "$1")"
  wait_until_gone "$(host_folder "$1")/process" 20 || fail 1 "$1 does not go down; see $(host_folder "$1")/console.log"
  remove_cgroups "$(host_folder "$1")/cgroups"
}

stop_host() { # NAME
  local file
  file=$(host_folder "$1")/process
  host_running "$1" || return 0
  say "$1: stopping"
  # Containers hold the shutdown up when they are not stopped first. With the engine they come back at the next boot.
  inside "$1" timeout 30 systemctl stop docker.socket docker.service 2>/dev/null || :
  kill -TERM "$(running_pid "$file")"
  wait_until_gone "$file" 30 || cut_power "$1"
  rm -f "$file"
  remove_cgroups "$(host_folder "$1")/cgroups"
}

remove_host() { # NAME
  refuse_tree_in_use "$1"
  rm -rf --one-file-system "$(host_folder "$1")"
}

host_state() { # NAME
  if host_running "$1"; then
    echo running
  elif [[ -e $(host_folder "$1")/cut ]]; then
    echo cut
  else
    echo stopped
  fi
}

host_boot_id() { inside "$1" cat /proc/sys/kernel/random/boot_id 2>/dev/null || :; }

# host_json NAME: the line `up` promises to its callers.
host_json() {
  printf '{"name":"%s","address":"%s","user":"pi","port":22,"identity":"%s","knownHosts":"%s","suite":"%s","registry":"%s","root":"%s"}\n' \
    "$1" "$(host_address "$1")" "$LAB_IDENTITY" "$(host_folder "$1")/known_hosts" "$(host_suite "$1")" "$LAB_REGISTRY" "$(host_root "$1")"
}
