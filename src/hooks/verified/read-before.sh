#!/bin/sh
# Tells a hook in which something before tagship may have read the list of what is pushed. Sourced by pre-push.sh, and only
# when that list is empty. It judges lines as READS_NOTHING and isListLost in hook-file.ts do, which doctor goes by.

# Whether the text $1 makes the shell start or read nothing.
tagship_is_plain() {
  case $1 in *[';&|<`(']*) return 1 ;; esac
}

# Whether $1, what stands behind the equals sign, is one word: behind it a command would begin.
tagship_is_value() {
  case $1 in
    *[' 	']*) ;;
    *) return 0 ;;
  esac
  case $1 in
    '"'*'"') tagship_quoted=${1#?} && tagship_quoted=${tagship_quoted%?} ;;
    "'"*"'") tagship_quoted=${1#?} && tagship_quoted=${tagship_quoted%?} ;;
    *) return 1 ;;
  esac
  case $tagship_quoted in *["\"'"]*) return 1 ;; esac
}

# Whether line $1 is a test that at most ends the hook.
tagship_is_test() {
  tagship_rest=${1#el}
  tagship_rest=${tagship_rest#if }
  tagship_rest=${tagship_rest#! }
  case ${tagship_rest##* } in
    *[!0-9]*) ;;
    *) case ${tagship_rest% *} in *' exit' | *' return') tagship_rest=${tagship_rest% *} ;; esac ;;
  esac
  case $tagship_rest in
    *'; then') tagship_rest=${tagship_rest%'; then'} ;;
    *' && exit' | *' && return' | *' || exit' | *' || return') tagship_rest=${tagship_rest% * *} ;;
  esac
  case $tagship_rest in '[ '*' ]' | 'test '*) tagship_is_plain "$tagship_rest" ;; *) return 1 ;; esac
}

# Whether line $1 of a hook has left the list alone.
tagship_reads_nothing() {
  # The last is what husky 8 wrote at the top, as it is written there.
  # shellcheck disable=SC2016
  case $1 in
    '' | '#'* | then | else | fi | '. "$(dirname -- "$0")/_/husky.sh"') return 0 ;;
  esac
  case ${1%% *} in
    set | export | unset | umask | echo | printf | cd | :) tagship_is_plain "${1%'>&2'}" ;;
    [A-Za-z_]*=*)
      case ${1%%=*} in *[!A-Za-z0-9_]*) return 1 ;; esac
      tagship_is_plain "$1" && tagship_is_value "${1#*=}"
      ;;
    *) tagship_is_test "$1" ;;
  esac
}

# Whether a command that stands before tagship in the hook $1 may have read the list. A hook that feeds tagship by itself
# knows what it does.
tagship_is_late() {
  tagship_late=
  while read -r tagship_line || [ -n "$tagship_line" ]; do
    case $tagship_line in
      # The latter asks whether tagship is there at all.
      '#'* | '[ -f '*tagship/dist/*.sh*' ] || {'*'}') ;;
      *tagship/dist/pre-push.sh* | *tagship/dist/pre-push-shared.sh* | *tagship*' hook pre-push'*)
        case $tagship_line in *[!'|']'|'[!'|']*tagship* | *tagship*'<'*) return 1 ;; esac
        [ -n "$tagship_late" ]
        return
        ;;
      *) tagship_reads_nothing "$tagship_line" || tagship_late=yes ;;
    esac
  done <"$1"
  [ -n "$tagship_late" ]
}
