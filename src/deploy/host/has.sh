#!/bin/sh
# What a clone has of a release that is to be sent: "whole", or the commits it could be sent on top of, each on a line.
#
#   has.sh PATH OBJECT
set -u
export LC_ALL=C
cd "$1" || exit 1
if git cat-file -e "$2" 2>/dev/null && git rev-list --objects --quiet "$2" --not --all 2>/dev/null; then
  echo whole
else
  # The newest first; what is behind them need not be named.
  { git rev-parse --verify --quiet HEAD; git for-each-ref --sort=-creatordate --count=200 --format='%(objectname)'; } | sort -u
fi
