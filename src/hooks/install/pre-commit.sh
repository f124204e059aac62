#!/bin/sh
# git's pre-commit hook: starts nothing but a git when nothing is staged; otherwise hands over to tagship.
#
# Sourced by the hook, or started. It ends the hook only when something is refused: what follows in it is run, too.
#
# tagship_main: path of tagship's main.js; tagship_node: the node that runs it.

tagship_main=${tagship_main:-node_modules/tagship/dist/main.js}
# What a killed commit has left lies beside the index.
if [ -e "${GIT_INDEX_FILE%/*}/tagship/staged.jsonl" ] || ! git diff-index --cached --quiet HEAD -- 2>/dev/null; then
  # shellcheck source=src/hooks/install/find-node.sh
  [ -n "${tagship_node:-}" ] || command -v node >/dev/null || . "${tagship_main%/*}/find-node.sh"
  "${tagship_node:-node}" "$tagship_main" hook pre-commit "$@" || exit
fi
