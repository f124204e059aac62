# shellcheck shell=sh disable=SC2154
# Which environment files a release has.

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
