# shellcheck shell=bash
# The lab's network: one bridge, what the firewall must let through, and the cable of each host.

ensure_network() {
  if ! ip link show "$LAB_BRIDGE" >/dev/null 2>&1; then
    ip link add "$LAB_BRIDGE" type bridge forward_delay 0
    ip address add "$LAB_GATEWAY/24" dev "$LAB_BRIDGE"
    ip link set "$LAB_BRIDGE" up
  fi
  echo 1 >/proc/sys/net/ipv4/ip_forward
  each_firewall_rule add_rule
}

take_down_network() {
  each_firewall_rule delete_rule
  ip link delete "$LAB_BRIDGE" 2>/dev/null || :
}

# Hosts may reach the outside (apt), each other and the registry, whatever a firewall or a Docker engine here forbids.
each_firewall_rule() { # COMMAND
  "$1" nat POSTROUTING -s "$LAB_NETWORK.0/24" ! -d "$LAB_NETWORK.0/24" -j MASQUERADE
  "$1" filter FORWARD -i "$LAB_BRIDGE" -j ACCEPT
  "$1" filter FORWARD -o "$LAB_BRIDGE" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
  "$1" filter INPUT -i "$LAB_BRIDGE" -d "$LAB_GATEWAY" -p tcp --dport "${LAB_REGISTRY#*:}" -j ACCEPT
}

add_rule() { # TABLE CHAIN RULE...
  local table=$1 chain=$2
  shift 2
  iptables -w -t "$table" -C "$chain" "$@" 2>/dev/null || iptables -w -t "$table" -I "$chain" "$@"
}

delete_rule() { # TABLE CHAIN RULE...
  local table=$1 chain=$2
  shift 2
  while iptables -w -t "$table" -D "$chain" "$@" 2>/dev/null; do :; done
}

host_port() { echo "vb-$(host_machine "$1")"; } # the name systemd-nspawn gives it

# A disabled bridge port drops every frame both ways without a word, so open connections hang as they do behind a
# dead router. The fixed neighbour entry keeps this machine from noticing ("no route to host") by unanswered ARP.
cut_link() { # NAME
  ip neigh replace "$(host_address "$1")" lladdr "$(host_mac "$1")" nud permanent dev "$LAB_BRIDGE"
  bridge link set dev "$(host_port "$1")" state 0
}

restore_link() { # NAME
  link_is_cut "$1" || return 0
  bridge link set dev "$(host_port "$1")" state 3
  forget_neighbour "$1"
}

forget_neighbour() { ip neigh del "$(host_address "$1")" dev "$LAB_BRIDGE" 2>/dev/null || :; }

link_is_cut() { bridge -o link show dev "$(host_port "$1")" 2>/dev/null | grep -q 'state disabled'; }

host_mac() { inside "$1" cat /sys/class/net/host0/address; }
