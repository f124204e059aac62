# shellcheck shell=sh disable=SC2154
# What Compose and commands say, without what environment files hold.

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
    # The file in the app directory is linked there. Compose may tell it more than once.
    while :; do
      case $line in
        *"$tree/"*) line=${line%%"$tree/"*}${line#*"$tree/"} ;;
        *"$around/"*) line=${line%%"$around/"*}/${line#*"$around/"} ;;
        *) break ;;
      esac
    done
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

# Compose tells an environment file by its whole path, where no ".." is left, or as it is named.
is_environment_file() { # LINE
  list_environment_files >"$TAGSHIP_RUN/environment-files"
  while IFS= read -r file; do
    case $1 in "failed to read $file: "* | "failed to read "*"/${file##*./}: "*) return 0 ;; esac
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
