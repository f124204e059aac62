#!/bin/sh
# git's commit-msg hook: lets a plain message of one of the usual types through without starting anything. Whatever it
# cannot judge by itself goes to tagship.
#
# Sourced by the hook, or started. It ends the hook only when something is refused: what follows in it is run, too.
#
# $1 the file that holds the message; tagship_main: path of tagship's main.js; tagship_node: the node that runs it.

tagship_ask() {
  tagship_main=${tagship_main:-node_modules/tagship/dist/main.js}
  # shellcheck source=src/hooks/install/find-node.sh
  [ -n "${tagship_node:-}" ] || command -v node >/dev/null || . "${tagship_main%/*}/find-node.sh"
  "${tagship_node:-node}" "$tagship_main" hook commit-msg "$@" || exit
}

# Whether the configuration says nothing of messages.
tagship_usual_rules() {
  [ -f tagship.yaml ] || return 0
  while IFS= read -r tagship_line || [ -n "$tagship_line" ]; do
    case $tagship_line in '#'*) ;; *message* | *'"'* | *'&'* | *'*'*) return 1 ;; esac
  done <tagship.yaml
}

# Whether every line of the message is as it may be, without knowing what git takes for a comment.
tagship_plain() {
  tagship_number=0
  while IFS= read -r tagship_line || [ -n "$tagship_line" ]; do
    tagship_number=$((tagship_number + 1))
    if [ "$tagship_number" = 1 ]; then
      # Fewer bytes than the characters that may be.
      [ "${#tagship_line}" -le 100 ] || return 1
      case $tagship_line in
        *': '[!' ']*) tagship_type=${tagship_line%%: *} ;;
        *) return 1 ;;
      esac
      tagship_type=${tagship_type%!}
      case $tagship_type in
        # An empty scope, or one that ends before the last bracket, is tagship's to explain.
        *'('*'('* | *')'*')') return 1 ;;
        *'('*[A-Za-z0-9]*')') tagship_type=${tagship_type%%'('*} ;;
      esac
      case $tagship_type in
        feat | fix | docs | style | refactor | perf | test | build | ci | chore | revert) ;;
        *) return 1 ;;
      esac
    elif [ "$tagship_number" = 2 ]; then
      [ -z "$tagship_line" ] || return 1
    else
      case $tagship_line in [Bb][Rr][Ee][Aa][Kk][Ii][Nn][Gg]*) return 1 ;; esac
    fi
  done <"$1"
  [ "$tagship_number" != 0 ]
}

if ! tagship_plain "$1" || ! tagship_usual_rules; then tagship_ask "$@"; fi
