# shellcheck shell=sh disable=SC2154
# Environment files: those that git does not have and Compose reads. Nothing they hold is ever shown.

# Beside the app's own, whatever a service names. A name made of variables cannot be followed.
list_environment_files() {
  folder=$(project_folder)
  {
    echo .env
    compose_files | while IFS= read -r file; do named_environment_files <"$file"; done
  } | while IFS= read -r file; do
    case $file in
      *'$'*) continue ;;
      /*) echo "$file" ;;
      *) [ "$folder" = . ] && echo "${file#./}" || echo "$folder/${file#./}" ;;
    esac
  done | awk '!seen[$0]++'
}

# What stands at env_file: a name, a list in brackets, or one of lines.
named_environment_files() {
  awk '
    function name(text) {
      sub(/[ \t]+#.*$/, "", text); gsub(/^[ \t]+|[ \t\r]+$/, "", text); gsub(/^["\047]|["\047]$/, "", text)
      if (text != "") print text
    }
    /^[ \t]*env_file:/ {
      depth = match($0, /[^ ]/)
      value = $0
      sub(/^[ \t]*env_file:[ \t]*/, "", value); sub(/^#.*/, "", value)
      inside = value ~ /^[ \t\r]*$/
      if (value ~ /^\[/) {
        gsub(/[][]/, "", value)
        count = split(value, names, ",")
        for (i = 1; i <= count; i++) name(names[i])
      } else if (!inside) name(value)
      next
    }
    inside && /^[ \t]*(#.*)?$/ { next }
    inside && /^ *- / && match($0, /[^ ]/) >= depth { value = $0; sub(/^ *- */, "", value); sub(/^path:/, "", value); name(value); next }
    inside && /^ *path:/ && match($0, /[^ ]/) > depth { value = $0; sub(/^ *path:/, "", value); name(value); next }
    inside && match($0, /[^ ]/) > depth { next }
    { inside = 0 }'
}

# A copy of each, its hash, and whose mode it had. What git has comes back with the checkout.
keep_environment() { # UNIT
  list_environment_files | {
    number=0
    while IFS= read -r file; do
      [ -f "$file" ] || continue
      ! git ls-files --error-unmatch -- "$file" >/dev/null 2>&1 || continue
      number=$((number + 1))
      cat "$file" >"$1/env/$number" || exit 1
      echo "$(hash_of "$1/env/$number") $(stat -L -c %a "$file") $file"
    done
  } >"$1/environment"
}

hash_of() { sha256sum <"$1" 2>/dev/null | cut -d' ' -f1; } # FILE

# The release is checked, and built, with the files it ran with.
lay_environment() { # UNIT
  [ -e "$1/environment" ] || return 0
  number=0
  while read -r _ _ file <&4; do
    number=$((number + 1))
    case $file in /* | ../*) continue ;; esac
    { mkdir -p "$(dirname "$tree/$file")" && ln -sf "$1/env/$number" "$tree/$file"; } || fail "$file could not be laid out"
  done 4<"$1/environment"
}

bring_environment() { restore_environment "$units/$1"; } # TAG
restore_present_environment() { restore_environment "$TAGSHIP_RUN/present"; }

# What stands in its place is kept, unless a release has it anyway.
restore_environment() { # UNIT
  [ -e "$1/environment" ] || return 0
  number=0
  while read -r hash mode file <&4; do
    number=$((number + 1))
    present=$([ ! -f "$file" ] || hash_of "$file")
    [ "$present" != "$hash" ] || continue
    if [ -n "$present" ] && ! is_kept "$present"; then
      kept=$(kept_files)/$(printf '%s\n' "$file" | sed 's|\.\./|_/|g')
      (umask 077 && mkdir -p "$(dirname "$kept")" && cat "$file" >"$kept") || fail "$file could not be kept, so it was not replaced"
      echo "$file had been changed; what it held is kept in $kept"
    fi
    put_environment_file "$1/env/$number" "$mode" "$file" || fail "$file could not be brought back"
    echo "$file is again what the release ran with"
  done 4<"$1/environment"
}

is_kept() { find "$units" -name environment -exec cat {} + 2>/dev/null | grep -q "^$1 "; } # HASH

# In one move, and through a link to what it names.
put_environment_file() ( # FROM MODE FILE
  umask 077
  mkdir -p "$(dirname "$3")" && to=$(readlink -f -- "$3") || exit 1
  cp "$1" "$to.tagship" && chmod "$2" "$to.tagship" && mv "$to.tagship" "$to"
)
