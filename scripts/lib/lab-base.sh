# shellcheck shell=bash
# The pristine tree of a test Pi: a Debian with sshd, git, nginx, Docker and Compose v2, made once per suite and cached.
# The suites bookworm-bare and trixie-bare are a Debian as its installer leaves it, without all that a server needs.

LAB_BASE_RECIPE=${BASH_SOURCE[0]}
LAB_BARE_PACKAGES=(
  systemd systemd-sysv dbus dbus-user-session libpam-systemd openssh-server sudo python3 python3-apt ca-certificates
  iproute2 iputils-ping procps kmod less
)
LAB_BASE_PACKAGES=(
  "${LAB_BARE_PACKAGES[@]}" iptables git curl wget nginx-light busybox-static docker.io tini
)

# The name holds a hash of this recipe, so a change of it builds a new tree.
base_tree() { echo "$LAB/cache/base-$1-$(sha256sum <"$LAB_BASE_RECIPE" | cut -c1-12)"; }

ensure_base_tree() { # SUITE
  local tree
  tree=$(base_tree "$1")
  if [[ ! -d $tree ]]; then
    say "building the $1 tree (about half a minute, once)"
    rm -rf --one-file-system "$tree".new*
    build_base_tree "$1" "$tree.new"
    mv "$tree.new" "$tree"
  fi
  touch "$tree"
  # Trees of other recipes stay a while: another checkout may use them.
  find "$LAB/cache" -maxdepth 1 -name 'base-*' -mtime +7 -exec rm -rf --one-file-system {} +
}

build_base_tree() { # SUITE TREE
  local suite=$1 tree=$2 plugin="$2.compose" download
  if [[ $suite == *-bare ]]; then
    install_packages "${suite%-bare}" "$tree" "${LAB_BARE_PACKAGES[@]}"
    finish_tree "$tree"
    return
  fi
  unpack_compose_plugin "$plugin" &
  download=$!
  install_base_packages "$suite" "$tree"
  wait "$download" || fail 1 "could not get docker-compose from the Debian mirror"
  install -D -m 755 "$plugin" "$tree/usr/local/lib/docker/cli-plugins/docker-compose"
  rm "$plugin"
  write_docker_settings "$tree"
  systemctl --root="$tree" --quiet enable nginx.service docker.service
  finish_tree "$tree"
}

finish_tree() { # TREE
  make_user "$1"
  make_cgroups_writable "$1"
  keep_quiet_and_fast "$1"
}

install_base_packages() { # SUITE TREE
  local packages=("${LAB_BASE_PACKAGES[@]}")
  [[ $1 == bookworm ]] || packages+=(docker-cli) # in bookworm a part of docker.io
  install_packages "$1" "$2" "${packages[@]}"
}

install_packages() { # SUITE TREE PACKAGE...
  local sources options="$2.apt.conf" packages=("${@:3}")
  sources=$(debian_sources "$1")
  [[ -n $sources ]] || fail 69 "LAB UNAVAILABLE: this machine's apt sources name no Debian mirror"
  apt_fetch_options >"$options"
  # Documentation and translations would be copied for every host, and nobody reads them there.
  quietly mmdebstrap --mode=root --variant=minbase --include="${packages[*]}" \
    --aptopt="$options" --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
    --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' "$1" "$2" "$sources"
  rm "$options"
}

make_user() { # TREE
  chroot "$1" useradd --create-home --shell /bin/bash --groups "sudo,adm$(grep -q '^docker:' "$1/etc/group" && echo ,docker)" pi
  install -d -m 700 -o 1000 -g 1000 "$1/home/pi/.ssh"
  echo 'pi ALL=(ALL) NOPASSWD: ALL' >"$1/etc/sudoers.d/pi"
  chmod 440 "$1/etc/sudoers.d/pi"
}

write_docker_settings() { # TREE
  mkdir -p "$1/etc/docker"
  cat >"$1/etc/docker/daemon.json" <<END
{ "storage-driver": "overlay2", "insecure-registries": ["$LAB_REGISTRY"] }
END
}

make_cgroups_writable() { # TREE
  # For the lab alone: systemd-nspawn mounts the v1 control groups read-only, and dockerd has to write to them.
  cat >"$1/etc/systemd/system/lab-cgroups.service" <<'END'
[Unit]
Description=Writable control groups for Docker in a test host
Before=docker.service containerd.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'for m in /sys/fs/cgroup/*; do mountpoint -q "$m" && mount -o remount,bind,rw "$m" || :; done'
[Install]
WantedBy=docker.service
END
  systemctl --root="$1" --quiet enable lab-cgroups.service
}

keep_quiet_and_fast() { # TREE
  rm -f "$1"/etc/ssh/ssh_host_* "$1/etc/hostname" # each host gets its own
  : >"$1/etc/machine-id"
  systemctl --root="$1" --quiet enable systemd-networkd.service ssh.service
  # Nothing on a test host may reach for the network, or hold apt's lock, by itself.
  systemctl --root="$1" --quiet mask systemd-networkd-wait-online.service apt-daily.timer apt-daily-upgrade.timer \
    console-getty.service getty.target
}
