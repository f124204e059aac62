# shellcheck shell=sh disable=SC2154
# Environment files that git does not have: kept with a release, laid out for the next, brought back. Nothing they hold is shown.

# A copy of each, its hash, and whose mode it had. What git has comes back with the checkout.
keep_environment() { # UNIT
  list_environment_files | {
    number=0
    while IFS= read -r file; do
      [ -f "$file" ] || continue
      ! git --literal-pathspecs ls-files --error-unmatch -- "$file" >/dev/null 2>&1 || continue
      number=$((number + 1))
      cat <"$file" >"$1/env/$number" || exit 1
      printf '%s %s %s\n' "$(hash_of "$1/env/$number")" "$(stat -L -c %a -- "$file")" "$file"
    done
  } >"$1/environment"
}

# The next line of that list: hash, mode and file, whose name may begin or end with blanks.
next_file() {
  IFS= read -r line <&4 || return 1
  hash=${line%% *}
  line=${line#* }
  mode=${line%% *}
  file=${line#* }
}

hash_of() { sha256sum <"$1" 2>/dev/null | cut -d' ' -f1; } # FILE

# The release is checked, and built, with the files it ran with.
lay_environment() { # UNIT
  [ -e "$1/environment" ] || return 0
  number=0
  while next_file; do
    number=$((number + 1))
    case /$file/ in //* | */../*) continue ;; esac
    unfold_links "$file" || fail "$file could not be laid out"
    make_in_tree "$(dirname -- "$file")" || continue
    ln -sfn "$1/env/$number" "$tree/$file" || fail "$file could not be laid out"
  done 4<"$1/environment"
}

# A folder of which git has nothing is linked as a whole: what was laid into it would replace the file that the app runs
# with. In its place comes a folder of links.
unfold_links() { # FILE
  folder=$tree rest=$1
  while case $rest in */*) true ;; *) false ;; esac do
    folder=$folder/${rest%%/*} rest=${rest#*/}
    linked=$(readlink -- "$folder")
    case $linked in "$PWD"/*) ;; *) continue ;; esac
    rm "$folder" && mkdir "$folder" || return
    for inside in "$linked"/* "$linked"/.[!.]* "$linked"/..?*; do
      if [ -e "$inside" ] || [ -L "$inside" ]; then ln -s "$inside" "$folder/" || return; fi
    done
  done
}

# Not where a link of the release leads out of it.
make_in_tree() { # FOLDER
  [ -d "$tree/$1" ] || { make_in_tree "$(dirname -- "$1")" && mkdir "$tree/$1"; } || return
  case $(cd "$tree/$1" && pwd -P)/ in "$(cd "$tree" && pwd -P)"/*) ;; *) return 1 ;; esac
}

# Where nothing whole could be kept of what serves, at least they are, for the way back.
bring_environment() { # TAG
  [ -e "$TAGSHIP_RUN/present/environment" ] ||
    (umask 077 && mkdir -p "$TAGSHIP_RUN/present/env" && keep_environment "$TAGSHIP_RUN/present") ||
    fail "the environment files cannot be kept"
  restore_environment "$units/$1"
}
restore_present_environment() { restore_environment "$TAGSHIP_RUN/present"; }

# What stands in its place is kept, unless a release has it anyway.
restore_environment() { # UNIT
  [ -e "$1/environment" ] || return 0
  number=0
  while next_file; do
    number=$((number + 1))
    present=$([ ! -f "$file" ] || hash_of "$file")
    [ "$present" != "$hash" ] || continue
    if [ -n "$present" ] && ! is_kept "$present"; then
      keep_aside "$file" "$file" || fail "$file could not be kept, so it was not replaced"
      warn "$file had been changed; what it held is kept in $kept"
    fi
    put_environment_file "$1/env/$number" "$mode" "$file" || fail "$file could not be brought back"
    printf '%s\n' "$file is again what the release ran with"
  done 4<"$1/environment"
}

# Whether a release has a file of this content, another one than UNIT.
is_kept() { # HASH [UNIT]
  # shellcheck disable=SC2016 # expanded by the inner shell
  find "$units" -name environment -exec sh -c 'for list; do [ "$list" = "$0" ] || cat "$list"; done' "${2:-}/environment" {} + 2>/dev/null | grep -q "^$1 "
}

# Leaves in kept where it is now: what is kept there is never cleared.
keep_aside() { # CONTENT NAME
  kept=$(kept_files)/$(printf '%s\n' "$2" | sed 's|\.\./|_/|g')
  (umask 077 && mkdir -p "$(dirname "$kept")" && cat <"$1" >"$kept")
}

# A release that is deployed again runs with the files that are there now. Those it ran with before are kept, unless another
# release has them.
keep_replaced_environment() { # UNIT
  [ -e "$1/environment" ] || return 0
  number=0
  while next_file; do
    number=$((number + 1))
    ! is_kept "$hash" "$1" || continue
    keep_aside "$1/env/$number" "before~/$file" || return
    warn "${1#"$units"/} ran with another $file when it was deployed before: what that held is kept in $kept"
  done 4<"$1/environment"
}

# In one move, and through a link to what it names.
put_environment_file() ( # FROM MODE FILE
  umask 077
  mkdir -p -- "$(dirname -- "$3")" && to=$(readlink -f -- "$3") || exit 1
  cp "$1" "$to.tagship" && chmod "$2" "$to.tagship" && mv "$to.tagship" "$to"
)
