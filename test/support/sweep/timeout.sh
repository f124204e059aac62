#!/bin/sh
# The host's timeout(1), which the runner puts in front of every step. It can be told to stand still at one step of an app:
#
#   /var/hold/APP      "MOMENT LIST/STEP"; MOMENT is begun (before the step acts), inside (it goes on), or done (after it)
#   /var/hold/APP.at   the same file, once it has come to it
#   /var/hold/APP.go   a pipe: what is written there lets it go on
case ${7:-} in
  attempt)
    app=${8%%/.git/tagship/*} app=${app##*/}
    list=${8%/*} list=${list##*/}
    step=${8##*/} step=${step#*-} step=${step%.sh}
    read -r moment where 2>/dev/null </var/hold/"$app" || where=
    [ "$where" = "$list/$step" ] || exec /usr/bin/timeout "$@"
    ;;
  *) exec /usr/bin/timeout "$@" ;;
esac
stand() { mv "/var/hold/$app" "/var/hold/$app.at" && read -r _ <"/var/hold/$app.go"; }
case $moment in
  begun) stand ;;
  inside) mv "/var/hold/$app" "/var/hold/$app.at" ;;
  done)
    /usr/bin/timeout "$@"
    ended=$?
    stand
    exit "$ended"
    ;;
  elsewhere) ;; # something of the step itself stands still
esac
exec /usr/bin/timeout "$@"
