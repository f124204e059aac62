# shellcheck shell=sh
# Whether the app is well, asked once: over HTTP, by a TCP connection, or by a command. Each prints why not, and fails.
# A deployment asks until it is satisfied, `status` asks once.

# Prints the status of the answer, nothing when there was none. The host asks itself: not through a proxy.
ask() { # URL [BODY-FILE ERROR-FILE HEADER-FILE]
  no_proxy=127.0.0.1,localhost,::1${no_proxy:+,$no_proxy}
  export no_proxy
  if command -v curl >/dev/null; then
    code=$(curl -q -g -sS -o "${2:-/dev/null}" -D "${4:-/dev/null}" -w '%{http_code}' --max-time 5 "$1" 2>"${3:-/dev/null}") || code=
  else
    # GNU wget keeps an error page only when told to, BusyBox does not know the option.
    code=$(timeout 6 wget -q -S -O "${2:-/dev/null}" -T 5 -t 1 "$1" 2>&1 | tee "${3:-/dev/null}" "${4:-/dev/null}" | sed -n 's/^ *HTTP\/[0-9.]* \([0-9][0-9]*\).*/\1/p' | tail -n 1)
  fi
  [ "$code" = 000 ] || printf '%s' "$code"
}

# Leaves the answer in BODY-FILE, with .error and .headers beside it. Each expectation is three words, the kind first:
#   body - TEXT (is in it)    header NAME VALUE    json PATH VALUE
answers_http() { # BODY-FILE URL STATUS EXPECTATION...
  body=$1
  : >"$body"
  : >"$body.headers"
  answer=$(ask "$2" "$body" "$body.error" "$body.headers")
  [ "$answer" = "$3" ] || {
    printf '%s\n' "${answer:-no answer}"
    return 1
  }
  shift 3
  while [ $# -gt 2 ]; do
    if wanted=$(fill_in "$3"); then expect "$1" "$2" "$wanted" || return 1; fi
    shift 3
  done
}

expect() { # KIND NAME VALUE
  case $1 in
    body)
      contains "$3" <"$body" || {
        printf '%s\n' "$answer, without the text $3"
        return 1
      }
      ;;
    header)
      found=$(header_named "$2" <"$body.headers")
      [ "$found" = "$3" ] || {
        printf '%s\n' "$answer, with $2: ${found:-(none)} and not $3"
        return 1
      }
      ;;
    json)
      said=$(head -c 65536 "$body" | json_is "$2" "$3") || {
        printf '%s\n' "$answer, but $said"
        return 1
      }
      ;;
  esac
}

contains() { # TEXT
  wanted_text=$1 LC_ALL=C awk '
    { text = text (NR > 1 ? "\n" : "") $0 }
    END { exit !index(text, ENVIRON["wanted_text"]) }'
}

# The last one of that name, as after a redirect; names are compared without regard to case (RFC 9110, section 5.1).
header_named() { # NAME
  header_name=$1 LC_ALL=C awk '
    {
      sub(/\r$/, "")
      colon = index($0, ":")
      name = substr($0, 1, colon - 1)
      gsub(/^[ \t]+/, "", name)
      if (colon && tolower(name) == tolower(ENVIRON["header_name"])) {
        found = substr($0, colon + 1)
        gsub(/^[ \t]+|[ \t]+$/, "", found)
      }
    }
    END { print found }'
}

# {tag} and {version} stand for those of the release that is asked. Fails where it has none: there is nothing to expect.
fill_in() { # TEXT
  fill_in_text=$1 fill_in_tag=${TAGSHIP_TAG:-} fill_in_version=${TAGSHIP_VERSION:-} LC_ALL=C awk '
    BEGIN {
      text = ENVIRON["fill_in_text"]
      value["{tag}"] = ENVIRON["fill_in_tag"]
      value["{version}"] = ENVIRON["fill_in_version"]
      while (match(text, /[{](tag|version)[}]/)) {
        name = substr(text, RSTART, RLENGTH)
        if (value[name] == "") exit 1
        done = done substr(text, 1, RSTART - 1) value[name]
        text = substr(text, RSTART + RLENGTH)
      }
      printf "%s", done text
    }'
}

# bash opens connections by itself and is on every Debian; curl does it too.
answers_tcp() { # HOST PORT
  if command -v bash >/dev/null; then
    # shellcheck disable=SC2016 # expanded by bash
    timeout 5 bash -c ': <"/dev/tcp/$1/$2"' connect "$1" "$2" 2>/dev/null
  else
    [ "$(timeout 6 curl -q -s -o /dev/null -w '%{time_connect}' --max-time 5 "telnet://$1:$2" </dev/null | tr -d 0.,)" != '' ]
  fi || {
    printf '%s\n' "no connection to $1:$2"
    return 1
  }
}

# The user's own; in the app directory, and with the release's variables.
answers_command() { # COMMAND
  said=$(timeout -k 2 10 sh -c "$1" </dev/null 2>&1) && return
  status=$?
  printf '%s\n' "$said" | tail -n 10 | cut -c1-500
  if [ "$status" = 124 ]; then echo "the command did not end within 10 s"; else echo "the command ended with status $status"; fi
  return 1
}
