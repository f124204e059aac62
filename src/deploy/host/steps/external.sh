# shellcheck shell=sh disable=SC2154
# Networks and volumes that the release uses and does not make itself: Compose finds out that one is missing when the
# containers that serve are stopped already.

check_external() {
  # A node of a swarm knows a network of it once something runs there that is in it.
  swarm=$(docker info --format '{{.Swarm.LocalNodeState}}' 2>/dev/null)
  list_external <"$scratch/config.yml" >"$scratch/external"
  while IFS='	' read -r kind made; do
    [ "$kind $swarm" != 'network active' ] || continue
    said=$(docker "$kind" inspect -- "$made" 2>&1 >/dev/null) && continue
    case $said in *[Nn]'o such '* | *' not found'*) ;; *) continue ;; esac
    hint=
    [ "$kind" = network ] || hint='bring back the one that held the data, or, for an empty one: '
    problem "the external $kind $made is not here" "${hint}docker $kind create $made"
  done <"$scratch/external"
}

# Of the normalised configuration, of either kind of Compose: "network" or "volume", and its name, by a tab. Networks only
# where a service is in them that is of no profile: v1 prints those of all.
list_external() {
  awk '
    function plain(text) { gsub(/^["\047]|["\047]$/, "", text); return text }
    function key(line) { sub(/^ *(- )?/, "", line); sub(/:( .*)?$/, "", line); return plain(line) }
    function value(line) { sub(/^ *[a-z_]+: */, "", line); return plain(line) }
    # What is no name for Docker, Compose refuses.
    function flush() {
      if (name == "") name = one
      if (outside && driver != "overlay" && name ~ /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/) {
        count += 1
        kinds[count] = kind
        keys[count] = one
        names[count] = name
      }
      one = name = driver = ""
      outside = 0
    }
    function leave() {
      if (!profiled) for (one_of in mine) used[one_of] = 1
      split("", mine)
      joined = profiled = 0
    }
    /^[^ ]/ { flush(); leave(); kind = $0 == "networks:" ? "network" : $0 == "volumes:" ? "volume" : $0 == "services:" ? "service" : ""; next }
    kind == "service" && /^  [^ ]/ { leave(); next }
    kind == "service" && /^    profiles:/ { profiled = 1 }
    kind == "service" && /^    [^ -]/ { joined = $0 ~ /^    networks:/; next }
    kind == "service" && joined && /^    - |^      - |^      [^ -]/ { mine[key($0)] = 1; next }
    kind != "network" && kind != "volume" { next }
    /^  [^ ]/ { flush(); one = key($0); next }
    /^    [^ ]/ { below = 0 }
    /^    external:/ { outside = $2 != "false"; below = $2 == ""; next }
    /^    name: / || (below && /^      name: /) { name = value($0); next }
    /^    driver: / { driver = value($0) }
    END {
      flush()
      leave()
      for (at = 1; at <= count; at += 1) {
        if (kinds[at] == "volume" || keys[at] == "default" || used[keys[at]]) print kinds[at] "\t" names[at]
      }
    }'
}
