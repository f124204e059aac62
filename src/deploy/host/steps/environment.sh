# shellcheck shell=sh disable=SC2154
# Environment files: those that git does not have and Compose reads. Nothing they hold is ever shown.

# Runs Compose where it runs or builds what speaks for itself.
told_whole() { # COMMAND...
  of_compose=
  "$@"
  ended=$?
  of_compose=yes
  return "$ended"
}

# Runs Compose, which quotes what they hold where it cannot read them.
of_compose=yes
hide_values() { # COMMAND...
  # The status has a way of its own, past those who read what is said.
  {
    ended=$(
      exec 6>&1
      { "$@" 2>&1 >&5 5>&- 6>&-; echo "$?" >&6; } | tell_without_values >&2 5>&- 6>&-
    )
  } 5>&1
  return "${ended:-1}"
}

# Of such a line the file, the number and the reason are told. A value of several lines ends with what Compose says. What is
# run or built speaks as well, and means its own files: no line of it goes missing.
tell_without_values() {
  told=
  cut_off=
  while IFS= read -r line || [ -n "$line" ]; do
    # The file in the app directory is linked there.
    case $line in *"$tree/"*) line=${line%%"$tree/"*}${line#*"$tree/"} ;; esac
    case $line in
      time=*) cut_off= ;;
      *) [ -z "$cut_off" ] || continue ;;
    esac
    case $line in
      *'variable is not set'*)
        name=$(printf '%s\n' "$line" | missing_name)
        places=$(places_in_values "$name")
        [ -z "$places" ] || line="$places: $dollar_in_value"
        ;;
      'required variable '*' is missing a value'*)
        name=${line#required variable }
        places=$(places_in_values "${name%% *}")
        [ -z "$places" ] || { line="$places: $dollar_in_value" && cut_off=$of_compose; }
        ;;
      'failed to read '*': '*)
        ! is_environment_file "$line" || { line="$(printf '%s\n' "$line" | cut_value) ($not_shown)" && cut_off=yes; }
        ;;
      'unterminated quoted value'* | 'line '*': unterminated quoted value'* | [Ii]'nvalid template: '* | \
        *'unexpected character '*' in variable name '* | 'ERROR: '*"nvironment variable name '"*)
        line="$(printf '%s\n' "$line" | cut_value) ($not_shown)"
        cut_off=$of_compose
        ;;
    esac
    # Compose says most of it several times.
    case $line in *"$not_shown)" | *"$dollar_in_value") [ "$line" != "$told" ] || continue ;; esac
    told=$line
    printf '%s\n' "$line"
  done
}
not_shown='what the environment file holds is not shown'
dollar_in_value='a dollar sign in a value stands for a variable that is not set'

# Compose tells an environment file by its whole path, or as it is named.
is_environment_file() { # LINE
  list_environment_files >"$TAGSHIP_RUN/environment-files"
  while IFS= read -r file; do
    case $1 in "failed to read $file: "* | "failed to read "*"/${file#./}: "*) return 0 ;; esac
  done <"$TAGSHIP_RUN/environment-files"
  return 1
}

cut_value() {
  sed -e 's/unterminated quoted value.*/unterminated quoted value, whose quote may begin further up/' \
    -e 's/\(nvalid template\): .*/\1, by a dollar sign in a value/' \
    -e 's/unexpected character .* in variable name.*/unexpected character in the name of a variable/' \
    -e 's/required variable .*/a dollar sign in a value stands for a variable that has to be set/' \
    -e "s/ *[\"'\`].*//"
}

# "line 2 of .env", for every line with a value that asks for this variable, where the Compose files do not: then the name may
# be part of a secret, and nobody set it on purpose.
places_in_values() { # NAME
  [ -n "$1" ] || return 0
  asks="(^|[^\$])[\$][{]?$1([^A-Za-z0-9_]|\$)"
  ! compose_files | tr '\n' '\0' | xargs -0 -r grep -qsE -e "$asks" -- || return 0
  list_environment_files | while IFS= read -r file; do
    numbers=$(grep -nE -e "$asks" -- "$file" 2>/dev/null | cut -d: -f1 | paste -sd, -)
    [ -z "$numbers" ] || printf 'line %s of %s\n' "$numbers" "$file"
  done | paste -sd';' - | sed 's/;/; /g'
}

# Beside the app's own, whatever a service names.
list_environment_files() {
  folder=$(project_folder)
  {
    echo .env
    compose_files | while IFS= read -r file; do named_environment_files <"$file"; done
  } | while IFS= read -r file; do
    case $file in
      /*) ;;
      *) [ "$folder" = . ] && file=${file#./} || file=$folder/${file#./} ;;
    esac
    printf '%s\n' "$file"
  done | awk '!seen[$0]++'
}

# What stands at env_file: a name, a list in brackets, or one of lines; each name plain or in quotes, or at path.
named_environment_files() {
  awk '
    # Compose reads $$ as a dollar. A name made of variables cannot be followed.
    function tell(name) {
      gsub(/[$][$]/, "\001", name)
      if (name == "" || index(name, "$")) return
      gsub(/\001/, "$", name)
      print name
    }

    # Takes what stands in quotes off the front of text. With an escape that few write, or no end in its line, it is nothing.
    function quoted(mark, read, letter) {
      text = substr(text, 2)
      while ((letter = substr(text, 1, 1)) != "") {
        text = substr(text, 2)
        if (letter == mark) {
          if (mark == "\"" || substr(text, 1, 1) != mark) return read
          text = substr(text, 2)
        } else if (letter == "\\" && mark == "\"") {
          letter = substr(text, 1, 1)
          if (letter == "t") letter = "\t"
          else if (letter !~ /["\\\/ ]/) return ""
          text = substr(text, 2)
        }
        read = read letter
      }
      return ""
    }

    # Takes a name off the front of text; in brackets or braces ENDS is what comes after it.
    function item(ends, name) {
      sub(/^[ \t]+/, "", text)
      if (sub(/^[{]/, "", text)) {
        if (!match(text, /path:/)) return
        text = substr(text, RSTART + RLENGTH)
        item("[,}]")
        sub(/^[^}]*[}]/, "", text)
        return
      }
      sub(/^path:[ \t]+/, "", text)
      if (text ~ /^["\047]/) { tell(quoted(substr(text, 1, 1))); return }
      name = text
      sub(/[ \t]+#.*$/, "", name)
      if (ends != "" && match(name, ends)) name = substr(name, 1, RSTART - 1)
      text = substr(text, length(name) + 1)
      sub(/[ \t]+$/, "", name)
      tell(name)
    }

    { sub(/\r$/, "") }
    /^[ \t]*env_file:/ {
      depth = match($0, /[^ ]/)
      text = $0
      sub(/^[ \t]*env_file:[ \t]*/, "", text)
      inside = text ~ /^(#.*)?$/
      if (sub(/^[[]/, "", text)) { do item("[],]"); while (sub(/^[^,]*,/, "", text)) }
      else if (!inside) item("")
      next
    }
    inside && /^[ \t]*(#.*)?$/ { next }
    inside && (/^ *- / && match($0, /[^ ]/) >= depth || /^ *path:/ && match($0, /[^ ]/) > depth) {
      text = $0
      sub(/^ *(- *)?/, "", text)
      item("")
      next
    }
    inside && match($0, /[^ ]/) > depth { next }
    { inside = 0 }'
}

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
      kept=$(kept_files)/$(printf '%s\n' "$file" | sed 's|\.\./|_/|g')
      (umask 077 && mkdir -p "$(dirname "$kept")" && cat <"$file" >"$kept") || fail "$file could not be kept, so it was not replaced"
      printf '%s\n' "$file had been changed; what it held is kept in $kept"
    fi
    put_environment_file "$1/env/$number" "$mode" "$file" || fail "$file could not be brought back"
    printf '%s\n' "$file is again what the release ran with"
  done 4<"$1/environment"
}

is_kept() { find "$units" -name environment -exec cat {} + 2>/dev/null | grep -q "^$1 "; } # HASH

# In one move, and through a link to what it names.
put_environment_file() ( # FROM MODE FILE
  umask 077
  mkdir -p -- "$(dirname -- "$3")" && to=$(readlink -f -- "$3") || exit 1
  cp "$1" "$to.tagship" && chmod "$2" "$to.tagship" && mv "$to.tagship" "$to"
)
