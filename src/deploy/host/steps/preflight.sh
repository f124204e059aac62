# shellcheck shell=sh disable=SC2154
# Everything that would keep the release from coming up here, told at once, before anything is pulled, built or changed.
# What cannot be found out is no reason to refuse.

# COMMIT; whose containers of this project may be here: "ours", what an unsettled run of ours has "left", or of "none"; where
# images come from; the services that commands are for, with commas; ports that may be open to the world.
preflight() { # COMMIT ours|left|none build|pull|stream SERVICES PORT...
  begin_preflight "$1" "$2" 'write "name: OLD" at the top of the Compose file, and release again'
  check_strangers "$2"
  warn_of_submodules "$1"
  from=$3
  check_services "$4"
  shift 4
  check_variables
  list_ports <"$scratch/config.yml" >"$scratch/ports"
  check_ports
  check_external
  warn_of_open_ports "$@"
  [ "$from" = stream ] || check_registries "$from"
  end_preflight
}

# Of a release that was here before only what would break the way to it; with the environment files that were kept of TAG.
preflight_again() { # COMMIT ours|left|none [TAG]
  [ -z "${3:-}" ] || lay_environment "$units/$3"
  begin_preflight "$1" "$2" 'go back to a release of the project OLD'
  check_strangers left
  check_external
  end_preflight
}

begin_preflight() { # COMMIT ours|left|none WHAT-KEEPS-THE-PROJECT
  begin_problems
  # Each in a shell of its own: they move about, and end it when they fail.
  said=$(check_room "$1") || problem "$said" "move them away, or take them out of the release"
  said=$(check_folders "$1") || problem "$said" "in $PWD: sudo chown $(id -un) ${said##*: }"
  said=$(check_edits) || problem "$said" "in $PWD: git status"
  until (validate_compose) >"$scratch/said"; do
    tell_invalid || {
      sed '$d' "$scratch/said"
      end_preflight
    }
  done
  check_project "$2" "$3"
}

# Why Compose does not take the files of the release. Fails where there is nothing more to be found.
tell_invalid() {
  cause=$(sed '$d' "$scratch/said" | tail -n 1)
  absent=$(printf '%s\n' "$cause" | absent_environment_file)
  if [ -n "$absent" ]; then
    case $absent in /*) there=$absent ;; *) there=$PWD/$absent ;; esac
    problem "$absent is not here, and the Compose file names it as env_file" "create it: $there"
    stand_in_for "$absent"
    return
  fi
  missing=$(missing_variables)
  case $cause in
    *"$not_shown)" | *"$dollar_in_value") problem "Compose cannot read an environment file: $cause" "mend it in $PWD: $mend_values" ;;
    *) problem "$(tail -n 1 "$scratch/said")" "${missing:+add them to $PWD/.env, or }mend it, and release again" ;;
  esac
  return 1
}

# Compose stops at the first file that it does not find. With an empty one there it tells what else is wrong. Not through a
# link, which leads to where the app has its own.
stand_in_for() { # FILE
  case $1 in /*) return 1 ;; esac
  make_in_tree "$(dirname -- "$1")" && [ ! -e "$tree/$1" ] && [ ! -L "$tree/$1" ] && : >"$tree/$1"
}

# As Compose v2 tells it, and v1.
absent_environment_file() {
  sed -n -e 's/^env file \(.*\) not found: .*/\1/p' -e "s/^.*Couldn't find env file: //p"
}

# What is to be done about an environment file that Compose does not read as it was meant.
mend_values="a value in single quotes is taken as it is; elsewhere \$\$ is a dollar sign"

begin_problems() {
  problems=$TAGSHIP_RUN/problems
  : >"$problems"
}

problem() { # WHAT NEXT
  printf -- '- %s\n  next: %s\n' "$(one_line "$1")" "$(one_line "$2")" >>"$problems"
}

end_preflight() {
  [ -s "$problems" ] || return 0
  cat "$problems"
  count=$(grep -c '^- ' "$problems")
  [ "$count" != 1 ] || fail "one thing is in the way"
  fail "$count things are in the way"
}

# A command for a service that there is not would fail when others have run; for one of a profile that is not enabled, whose
# image nobody makes ready, it would run what is left of another release.
check_services() { # SERVICE,...
  enabled=$(list_services <"$scratch/config.yml" | cut -f 1)
  every=$(services_of_tree) || return 0
  printf '%s\n' "$1" | tr ',' '\n' | sort -u | while IFS= read -r service; do
    if [ -z "$service" ] || printf '%s\n' "$enabled" | grep -qxF -e "$service"; then continue; fi
    why='the Compose file does not have'
    ! printf '%s\n' "$every" | grep -qxF -e "$service" || why='is of a profile that is not enabled'
    problem "a command in tagship.yaml is for service $service, which $why" \
      "name one of these under commands: $(printf '%s\n' "$enabled" | sort | paste -sd' ' -)"
  done
}

# Compose puts nothing in place of a variable that is not set. What is left empty on purpose is set to be so.
check_variables() {
  unset_ones=$(missing_names | grep -v '^TAGSHIP_' | paste -sd' ' -)
  [ -z "$unset_ones" ] || problem "the Compose file uses variables that are set neither in .env nor by tagship: $unset_ones" \
    "add them to $PWD/.env, as NAME= where empty is right, or give them a default in the Compose file: \${NAME:-default}"
  # Part of a secret, perhaps, which the app would get without it.
  cut_values=$(grep -F -e "$dollar_in_value" "$scratch/compose-said")
  [ -z "$cut_values" ] || problem "$cut_values" "mend it in $PWD: $mend_values"
}

# Git lays out an empty folder, and so a build of it would go well.
warn_of_submodules() { # COMMIT
  git ls-tree -r "$1" | sed -n 's/^160000 [^	]*	//p' | while IFS= read -r folder; do
    warn "$folder is a submodule, and empty here: its files are in another repository, and no part of the release"
  done
}
