# shellcheck shell=sh disable=SC2154
# The ports that a release publishes: taken by others, or open to the world.

# Whoever has a port that the release publishes must be the release before it.
check_ports() {
  while IFS='	' read -r service address port protocol _; do
    # What keeps restarting holds it at one moment, and is no container at the next.
    for try in 1 2 3; do
      [ "$try" = 1 ] || sleep 1
      is_taken "$address" "$port" "$protocol" || continue 2
      holders=$(holders_of "$port/$protocol")
      [ -z "$holders" ] || break
    done
    published="port $port, which service $service publishes, is taken by"
    if [ -n "$holders" ]; then
      printf '%s\n' "$holders" | while read -r holder name folder; do
        is_own "$holder" || problem "$published the container $name${folder:+ (started from $folder)}" "docker stop $name, or publish another port"
      done
    else
      problem "$published a process of $(user_named "$taken_by")" "sudo ss -lpn 'sport = :$port', and stop what it shows, or publish another port"
    fi
  done <"$scratch/ports"
}

# Containers, with whose they are.
holders_of() { # PORT/PROTOCOL
  docker ps --no-trunc --filter "publish=$1" --format '{{.ID}} {{.Names}} {{.Label "com.docker.compose.project.working_dir"}}'
}

is_own() { # CONTAINER
  # Of a project that is told to be another they are no less ours.
  [ -e "$scratch/own" ] || {
    (cd "$tree" && project_containers) && { [ -z "${before:-}" ] || docker ps --quiet --no-trunc --filter "label=com.docker.compose.project=$before"; }
  } >"$scratch/own" 2>/dev/null || return 0
  grep -qxF "$1" "$scratch/own"
}

user_named() { id -un "$1" 2>/dev/null || echo "user $1"; } # NUMBER

# Leaves the number of the user in taken_by.
is_taken() { # ADDRESS PORT PROTOCOL
  taken_by=$(cat /proc/net/"$3" /proc/net/"$3"6 2>/dev/null | listener_at "$1" "$2" "$3")
  case $taken_by in
    '') return 1 ;;
    # Whether it is there for IPv4 too, only a connection tells.
    '? '*) [ "$3" = tcp ] && answers_tcp "$1" "$2" >/dev/null || return 1 ;;
  esac
  taken_by=${taken_by#? }
}

# From the kernel's tables: the user who listens at a port of an address; after "? " where that is for all of IPv6, and an
# address of IPv4 is asked for. "-" is every address.
listener_at() { # ADDRESS PORT PROTOCOL
  awk -v address="$1" -v port="$2" -v protocol="$3" '
    BEGIN {
      listening = protocol == "tcp" ? "0A" : "07"
      every = address == "-" || address == "0.0.0.0" || address == "::"
      any4 = "00000000"
      any6 = any4 any4 any4 any4
      if (split(address, byte, ".") == 4) wanted = sprintf("%02X%02X%02X%02X", byte[4], byte[3], byte[2], byte[1])
      if (address == "::1") wanted = any4 any4 any4 "01000000"
      suffix = sprintf(":%04X", port)
    }
    $4 != listening || substr($2, length($2) - 4) != suffix { next }
    {
      at = substr($2, 1, length($2) - 5)
      if (every || at == wanted || at == (length(wanted) == 8 ? any4 : any6)) { print $8; found = 1; exit }
      if (length(wanted) == 8 && at == any6) perhaps = $8
    }
    END { if (!found && perhaps != "") print "? " perhaps }'
}

# The ports of the normalised configuration, of either kind of Compose: SERVICE, ADDRESS or "-", PORT, PROTOCOL and the
# port inside, by tabs. Ranges of which one is taken, and ports that Docker chooses, are left out.
list_ports() {
  awk '
    function plain(text) { gsub(/^["\047]|["\047]$/, "", text); return text }
    function value(line) { sub(/^[ -]*[a-z_]+: */, "", line); return plain(line) }
    function flush() {
      if (port ~ /^[0-9]+$/) print service "\t" (address == "" ? "-" : address) "\t" port "\t" protocol "\t" inside_port
      port = address = inside_port = ""
      protocol = "tcp"
    }
    # 127.0.0.1:8080:80/tcp, [::1]:8080:80, 8080:80
    function short(text) {
      if (text ~ /\/[a-z]+$/) { protocol = text; sub(/^.*\//, "", protocol); sub(/\/[a-z]+$/, "", text) }
      inside_port = text
      sub(/^.*:/, "", inside_port)
      if (!sub(/:[^:]*$/, "", text)) return
      port = text
      sub(/^.*:/, "", port)
      if (!sub(/:[^:]*$/, "", text)) return
      gsub(/[][]/, "", text)
      address = text
    }
    /^[^ ]/ { flush(); services = $0 == "services:"; listed = 0; next }
    !services { next }
    /^  [^ ]/ { flush(); service = $1; sub(/:$/, "", service); service = plain(service); listed = 0; next }
    /^    [^ -]/ { flush(); listed = $0 ~ /^    ports:/; next }
    !listed { next }
    /^ *- / { flush(); line = $0; sub(/^ *- /, "", line); if (line !~ /^[a-z_]+: /) { short(plain(line)); next } }
    /^[ -]*published: / { port = value($0) }
    /^[ -]*host_ip: / { address = value($0) }
    /^[ -]*protocol: / { protocol = value($0) }
    /^[ -]*target: / { inside_port = value($0) }
    END { flush() }'
}

# A firewall on the host does not see them: Docker forwards before it.
warn_of_open_ports() { # PORT...
  meant=" $* "
  while IFS='	' read -r service address port protocol inside; do
    case $address in - | 0.0.0.0 | ::) ;; *) continue ;; esac
    case $meant in *" $port "*) continue ;; esac
    suffix=
    [ "$protocol" = tcp ] || suffix=/$protocol
    warn "port $port of service $service is open to the world, past the firewall of the host: write \"127.0.0.1:$port:$inside$suffix\", or name it in preflight.public of tagship.yaml if that is meant"
  done <"$scratch/ports"
}
