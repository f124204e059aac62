#!/bin/sh
# git's pre-push hook where other commands follow in it. git tells what is pushed once only, on standard input: here it is
# read, judged by tagship, and then given again to whatever follows.
#
# Sourced, by pre-push.sh or by a hook that an older tagship wrote. $@ as git gives it to the hook; tagship_main: path of tagship's main.js;
# tagship_node: the node that runs it.

tagship_script=${tagship_main:-node_modules/tagship/dist/main.js}
tagship_script=${tagship_script%/*}/pre-push.sh
# A list of refs comes through a pipe, or what stands in for one; anything else is tagship's to explain.
if ! [ -p /dev/stdin ] && ! [ -S /dev/stdin ] && ! [ -f /dev/stdin ]; then
  tagship_main=${tagship_main:-} tagship_node=${tagship_node:-} sh "$tagship_script" "$@" || exit
else
  # The dot keeps the end of the last line, which the shell would cut off.
  tagship_list=$(cat && echo .)
  tagship_list=${tagship_list%?}
  printf %s "$tagship_list" | tagship_main=${tagship_main:-} tagship_node=${tagship_node:-} sh "$tagship_script" "$@" || exit
  if [ -z "$tagship_list" ]; then
    exec </dev/null
  else
    exec <<EOF
${tagship_list%?}
EOF
  fi
fi
