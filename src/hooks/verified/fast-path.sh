#!/bin/sh
# git's pre-push hook: lets a push through without starting anything when every commit in it was verified for this
# remote with this toolchain. Whatever it cannot judge by itself goes to tagship, with the same standard input.
#
# Sourced by the hook, or started. Sourced, it ends the hook, unless others follow in it: they are run, and told the same.
#
# $1 name of the remote, $2 its address; tagship_main: path of tagship's main.js; tagship_node: the node that runs it.
# shellcheck disable=SC3013 # -ef is in POSIX since 2024 and in every sh that git runs hooks with

tagship_tab='	'

# Hands over to tagship. What was read of standard input already is given again.
tagship_ask() {
  tagship_main=${tagship_main:-node_modules/tagship/dist/main.js}
  # shellcheck source=src/hooks/install/find-node.sh
  [ -n "${tagship_node:-}" ] || command -v node >/dev/null || . "${tagship_main%/*}/find-node.sh"
  if [ -z "${tagship_lines+read}" ]; then
    exec "${tagship_node:-node}" "$tagship_main" hook pre-push "$@"
  fi
  printf '%s' "$tagship_lines" | "${tagship_node:-node}" "$tagship_main" hook pre-push "$@"
  exit $?
}

# The lines of file $1, each ended by a bar, in tagship_text.
tagship_read() {
  tagship_text=
  while IFS= read -r tagship_line || [ -n "$tagship_line" ]; do
    tagship_text="$tagship_text$tagship_line|"
  done <"$1"
}

# Whether the first program $1 on PATH is $2.
tagship_first() {
  tagship_ifs=$IFS
  IFS=:
  set -f
  for tagship_folder in $PATH; do
    [ -e "$tagship_folder/$1" ] || continue
    IFS=$tagship_ifs
    set +f
    [ "$tagship_folder/$1" = "$2" ]
    return
  done
  IFS=$tagship_ifs
  set +f
  return 1
}

# git's folder that all worktrees share, in tagship_common. Two files lead there, each a line long.
tagship_find_common() {
  tagship_common=${GIT_DIR:-.git}
  if [ -f "$tagship_common" ]; then
    IFS= read -r tagship_line <"$tagship_common" || return 1
    tagship_common=${tagship_line#gitdir: }
  fi
  if [ -f "$tagship_common/commondir" ]; then
    IFS= read -r tagship_line <"$tagship_common/commondir" || return 1
    case $tagship_line in /* | [A-Za-z]:*) tagship_common=$tagship_line ;; *) tagship_common=$tagship_common/$tagship_line ;; esac
  fi
  [ -d "$tagship_common" ]
}

# Whether all is as it was when context $1, a file, was written down. Protected refs are kept in tagship_protected.
tagship_context_holds() {
  [ -f "$tagship_verified/$1" ] || return 1
  tagship_protected=' '
  tagship_whole=
  while IFS=$tagship_tab read -r tagship_kind tagship_path tagship_value; do
    case $tagship_kind in
      text)
        [ -f "$tagship_path" ] || return 1
        tagship_read "$tagship_path"
        [ "$tagship_text" = "$tagship_value" ] || return 1
        ;;
      none) [ ! -e "$tagship_path" ] || return 1 ;;
      first) tagship_first "$tagship_path" "$tagship_value" || return 1 ;;
      same) [ "$tagship_path" -ef "$tagship_value" ] || return 1 ;;
      protected) tagship_protected="$tagship_protected$tagship_path " ;;
      end) tagship_whole=yes ;;
      *) return 1 ;;
    esac
  done <"$tagship_verified/$1"
  [ -n "$tagship_whole" ] || return 1
  tagship_held=$1
}

# Whether commit $1 was verified for remote address $2. A context that was found to hold is not looked at again.
tagship_is_verified() {
  [ "$1" != "$tagship_known" ] || return 0
  [ -f "$tagship_verified/pushes/$1" ] || return 1
  tagship_context=
  tagship_whole=
  while IFS=$tagship_tab read -r tagship_kind tagship_id tagship_url; do
    case $tagship_kind in
      'tagship 1') ;;
      for) [ "$tagship_url" != "$2" ] || tagship_context=$tagship_id ;;
      end) tagship_whole=yes ;;
      *) return 1 ;;
    esac
  done <"$tagship_verified/pushes/$1"
  if [ -z "$tagship_whole" ] || [ -z "$tagship_context" ]; then return 1; fi
  tagship_context=contexts/$tagship_context
  [ "$tagship_context" = "$tagship_held" ] || tagship_context_holds "$tagship_context" || return 1
  tagship_known=$1
}

# Whether the pushed branch is at remote $1 what it is remembered to be there. A file alone tells: refs that git has packed are
# too many to look through. One that another address of the remote has just got is remembered as what is pushed.
tagship_is_remembered() {
  tagship_tracked=$tagship_common/refs/remotes/$1/${tagship_ref#refs/heads/}
  [ -f "$tagship_tracked" ] || return 0
  IFS= read -r tagship_line <"$tagship_tracked" || return 1
  case $tagship_old in
    *[1-9a-f]*) [ "$tagship_line" = "$tagship_old" ] || [ "$tagship_line" = "$tagship_new" ] ;;
    *) return 1 ;;
  esac
}

# Tells of a list that is empty. Nothing is pushed, most often; but one that was read before looks the same.
tagship_tell_empty() {
  tagship_script=${tagship_main:-node_modules/tagship/dist/main.js}
  tagship_hook=${tagship_script%node_modules/*}.husky/pre-push
  [ -f "$tagship_hook" ] || return 0
  # shellcheck source=src/hooks/verified/read-before.sh
  . "${tagship_script%/*}/pre-push-read-before.sh"
  tagship_is_late "$tagship_hook" || return 0
  printf '%s\n' "! nothing was judged: nothing is pushed, or what stands before tagship in $tagship_hook has read what is" \
    '  next: tagship doctor --fix (it lets tagship be the first, and the others read the same)' >&2
}

# Whether other commands follow in the hook that sources this: under husky $0 is its file.
tagship_is_followed() {
  case ${0##*/} in pre-push) ;; *) return 1 ;; esac
  [ -f "$0" ] || return 1
  tagship_called=
  while read -r tagship_line || [ -n "$tagship_line" ]; do
    case $tagship_line in '' | '#'*) continue ;; esac
    [ -z "$tagship_called" ] || return 0
    case $tagship_line in
      # Whether tagship is there at all.
      '[ -f '*' ] || {'*) ;;
      *tagship/dist/pre-push.sh | *tagship/dist/pre-push.sh\') tagship_called=yes ;;
      # Something stands behind it in the same line.
      *tagship/dist/pre-push.sh*) return 0 ;;
    esac
  done <"$0"
  return 1
}

# Judges the list of refs on standard input, and ends the hook.
tagship_judge() {
  # A list of refs comes through a pipe, or what stands in for one; anything else is tagship's to explain.
  if ! [ -p /dev/stdin ] && ! [ -S /dev/stdin ] && ! [ -f /dev/stdin ]; then tagship_ask "$@"; fi
  tagship_lines=
  while IFS= read -r tagship_line || [ -n "$tagship_line" ]; do
    tagship_lines="$tagship_lines$tagship_line
"
  done
  if [ -z "$tagship_lines" ]; then
    tagship_tell_empty
    exit 0
  fi

  tagship_find_common || tagship_ask "$@"
  tagship_verified=$tagship_common/tagship/verified
  tagship_known=
  tagship_held=
  tagship_protected=
  while read -r _ tagship_new tagship_ref tagship_old tagship_more; do
    # A last word that is missing or one too many: a name with blanks in it.
    if [ -z "$tagship_old" ] || [ -n "$tagship_more" ]; then tagship_ask "$@"; fi
    case $tagship_ref in refs/heads/?*) ;; *) tagship_ask "$@" ;; esac
    case $tagship_new in
      *[!0-9a-f]*) tagship_ask "$@" ;;
      *[!0]*) if ! tagship_is_verified "$tagship_new" "$2" || ! tagship_is_remembered "$1"; then tagship_ask "$@"; fi ;;
      *)
        # A branch is deleted: there is nothing to verify, but some must stay, by the configuration that is at hand.
        tagship_known=
        [ "$tagship_held" = protected ] || tagship_context_holds protected || tagship_ask "$@"
        ;;
    esac
    case $tagship_protected in *" $tagship_ref "*) tagship_ask "$@" ;; esac
  done <<EOF
${tagship_lines%?}
EOF
  exit 0
}

if tagship_is_followed; then
  tagship_script=${tagship_main:-node_modules/tagship/dist/main.js}
  # shellcheck source=src/hooks/verified/shared-list.sh
  . "${tagship_script%/*}/pre-push-shared.sh"
else
  tagship_judge "$@"
fi
