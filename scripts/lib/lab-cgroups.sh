# shellcheck shell=bash
# Control groups of its own for every host. In a shared group two systemds would manage each other's services.

# enter_own_cgroups MACHINE FILE: moves the calling shell there; FILE remembers the folders for remove_cgroups.
enter_own_cgroups() {
  local groups controllers path folder
  groups=$(cat /proc/self/cgroup) # all of it first: moving changes it
  while IFS=: read -r _ controllers path; do
    # Below the group we are in, so that limits set on this shell hold for the host too.
    folder=$(cgroup_mount "$controllers")${path%/}
    [[ -w $folder/cgroup.procs ]] || continue
    mkdir -p "$folder/$1"
    share_cpuset "$folder" "$folder/$1"
    echo "$folder/$1" >>"$2"
    echo "$BASHPID" >"$folder/$1/cgroup.procs"
  done <<<"$groups"
}

cgroup_mount() { # CONTROLLERS, empty for v2
  if [[ -n $1 ]]; then
    echo "/sys/fs/cgroup/${1#name=}"
  elif [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    echo /sys/fs/cgroup
  else
    echo /sys/fs/cgroup/unified
  fi
}

# A new v1 cpuset is empty, and takes no process until it has a processor and memory.
share_cpuset() { # FROM TO
  local file
  for file in cpuset.cpus cpuset.mems; do
    [[ ! -e $1/cgroup.clone_children || ! -e $1/$file ]] || cat "$1/$file" >"$2/$file"
  done
}

# remove_cgroups FILE: the kernel leaves the empty groups of a dead host behind.
remove_cgroups() {
  local folder
  [[ -e $1 ]] || return 0
  while read -r folder; do
    [[ ! -d $folder ]] || find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null || :
  done <"$1"
  rm -f "$1"
}
